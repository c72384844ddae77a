with
movement as (select * from {{ ref('core_open_item_rows') }}),

company as (select * from {{ ref('core_company_names') }})

select
    movement.source_id,
    movement.company_code,
    company.company_name,
    movement.base_currency_code as company_currency_code,
    movement.open_item_id,
    movement.movement_id,
    movement.movement_date,
    {{ instant_of('movement.changed_seq') }} as known_from,
    movement.movement_kind,
    movement.item_kind,
    movement.is_beginning,
    movement.side,
    movement.account_code,
    movement.partner_kind,
    movement.partner_code,
    movement.document_entity,
    movement.document_id,
    movement.document_no,
    movement.document_date,
    movement.due_date,
    movement.currency_code as document_currency_code,
    movement.is_posted,
    movement.amount,
    movement.document_amount,
    movement.changed_seq
from movement
left join company
    on movement.source_id = company.source_id and movement.company_code = company.company_code
