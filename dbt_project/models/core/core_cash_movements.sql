with
movement as (select * from {{ united('cash_movements') }}),

source as (select * from {{ ref('core_sources') }}),

company as (select * from {{ ref('core_companies') }}),

partner_mapping as (select * from {{ ref('core_master_codes') }} where entity = 'partners'),

calendar as (select * from {{ ref('core_calendar') }})

select
    movement.source_id,
    movement.document_id,
    movement.line_id,
    movement.document_no,
    movement.line_no,
    coalesce(
        company.company_code,
        case when source.is_master then movement.company_code else movement.source_id || ':' || movement.company_code end
    ) as company_code,
    movement.company_code as source_company_code,
    company.base_currency_code,
    movement.partner_kind,
    {{ master_code('partner_mapping.master_code', 'source', 'movement.partner_code') }} as partner_code,
    movement.partner_code as source_partner_code,
    movement.description,
    coalesce(movement.value_date, movement.posting_date, movement.document_date) as event_date,
    coalesce(
        movement.fiscal_year,
        calendar.fiscal_year,
        cast(extract(year from coalesce(movement.value_date, movement.posting_date, movement.document_date)) as integer)
    ) as fiscal_year,
    coalesce(
        movement.period_no,
        calendar.period_no,
        cast(extract(month from coalesce(movement.value_date, movement.posting_date, movement.document_date)) as integer)
    ) as period_no,
    movement.status,
    movement.status in ('approved', 'closed') as is_counted,
    movement.direction,
    coalesce(movement.is_refund, false) as is_refund,
    coalesce(movement.is_prepayment, false) as is_prepayment,
    movement.method,
    movement.settlement_no,
    movement.bank_account_code,
    movement.currency_code,
    movement.exchange_rate,
    movement.amount,
    coalesce(movement.base_amount, movement.amount) as base_amount,
    movement.bank_charge_amount,
    movement.changed_seq
from movement
inner join source on movement.source_id = source.source_id
left join company
    on movement.source_id = company.source_id and movement.company_code = company.source_company_code
left join partner_mapping
    on {{ is_mapping_of('partner_mapping', 'movement', 'movement.partner_code', 'coalesce(movement.value_date, movement.posting_date, movement.document_date)') }}
    and movement.partner_kind = partner_mapping.partner_kind
left join calendar
    on movement.source_id = calendar.source_id
    and movement.company_code = calendar.source_company_code
    and coalesce(movement.value_date, movement.posting_date, movement.document_date) = calendar.calendar_date
