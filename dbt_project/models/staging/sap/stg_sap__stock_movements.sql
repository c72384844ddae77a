{% call conform('stock_movements') %}
with
movement as (
    select *
    from {{ ref('sap_material_documents') }}
    where entity = 'stock_movements'
),

company as (select * from {{ ref('sap_companies') }})

select
    movement.source_id,
    movement.document_id,
    movement.line_id,
    regexp_replace(movement.MBLNR, '^0+', '') as document_no,
    regexp_replace(movement.ZEILE, '^0+', '') as line_no,
    movement.BUKRS as company_code,
    regexp_replace(movement.KOSTL, '^0+', '') as org_unit_code,
    case
        when coalesce(trim(movement.LGORT), '') <> '' then movement.WERKS || '/' || movement.LGORT
        else nullif(trim(movement.WERKS), '')
    end as warehouse_code,
    regexp_replace(movement.MATNR, '^0+', '') as item_code,
    movement.BKTXT as description,
    'stock' as line_kind,
    regexp_replace(movement.SAKTO, '^0+', '') as cost_account_code,
    concat_ws('-', substr(movement.BLDAT, 1, 4), substr(movement.BLDAT, 5, 2), substr(movement.BLDAT, 7, 2)) as document_date,
    concat_ws('-', substr(movement.BUDAT, 1, 4), substr(movement.BUDAT, 5, 2), substr(movement.BUDAT, 7, 2)) as posting_date,
    'closed' as status,
    -- Initial entry of stock balances: what was there when the books began.
    movement.BWART between '561' and '566' as is_opening,
    case when movement.cancelled_line_id is not null then 'error' end as red_reason,
    movement.cancelled_line_id as original_line_id,
    movement.MENGE as quantity,
    movement.MEINS as uom_code,
    movement.MENGE as base_quantity,
    coalesce(nullif(trim(movement.WAERS), ''), company.WAERS) as currency_code,
    case
        when movement.BWART in ('261', '262', '281', '282') then 'production_issue'
        when movement.BWART in ('101', '102', '131', '132', '531', '532') then 'production_receipt'
        when movement.BWART in ('541', '542', '543', '544') then 'subcontract_issue'
        when movement.BWART between '551' and '556' then 'scrap'
        when movement.BWART between '701' and '718' then 'count'
        when movement.BWART between '301' and '326' or movement.BWART between '641' and '648' or movement.BWART in ('344', '343')
            then 'transfer'
        when movement.SOBKZ = 'K' and movement.BWART in ('411', '412') then 'consignment_consumption'
        else 'adjustment'
    end as movement_kind,
    case movement.sign when 1 then 'in' else 'out' end as direction,
    case
        when coalesce(trim(movement.UMWRK), '') = '' then cast(null as varchar)
        when coalesce(trim(movement.UMLGO), '') <> '' then movement.UMWRK || '/' || movement.UMLGO
        else movement.UMWRK
    end as counter_warehouse_code,
    {{ rounded(product('movement.DMBTR', 'coalesce(company.factor, 1)'), 'coalesce(company.minor_units, 2)') }} as cost_amount,
    true as is_cost_final,
    movement.USNAM as created_by,
    concat_ws('-', substr(movement.CPUDT, 1, 4), substr(movement.CPUDT, 5, 2), substr(movement.CPUDT, 7, 2)) || ' '
    || concat_ws(':', substr(movement.CPUTM, 1, 2), substr(movement.CPUTM, 3, 2), substr(movement.CPUTM, 5, 2)) as created_at,
    greatest(movement.changed_seq, company.changed_seq) as changed_seq
from movement
left join company
    on movement.source_id = company.source_id and movement.MANDT = company.MANDT and movement.BUKRS = company.BUKRS
{% endcall %}
