{% call conform('purchase_requests') %}
with
request as (select * from {{ landed('sap', 'EBAN') }}),

plant as (select * from {{ ref('sap_plants') }}),

company as (select * from {{ ref('sap_companies') }}),

shift as (select * from {{ ref('sap_currency_shifts') }})

select
    request.source_id,
    request.BANFN as document_id,
    request.BANFN || '/' || request.BNFPO as line_id,
    regexp_replace(request.BANFN, '^0+', '') as document_no,
    regexp_replace(request.BNFPO, '^0+', '') as line_no,
    plant.BUKRS as company_code,
    request.WERKS as warehouse_code,
    regexp_replace(request.MATNR, '^0+', '') as item_code,
    request.TXZ01 as description,
    case when coalesce(trim(request.MATNR), '') = '' then 'expense' else 'stock' end as line_kind,
    concat_ws('-', substr(request.BADAT, 1, 4), substr(request.BADAT, 5, 2), substr(request.BADAT, 7, 2)) as document_date,
    case
        when request.LOEKZ = 'X' then 'cancelled'
        when request.EBAKZ = 'X' then 'closed'
        when trim(request.FRGKZ) not in ('', '2') then 'submitted'
        else 'approved'
    end as status,
    request.MENGE as quantity,
    request.MEINS as uom_code,
    coalesce(nullif(trim(request.WAERS), ''), company.WAERS) as currency_code,
    {{ ratio(product('request.PREIS', 'coalesce(shift.factor, 1)'), 'coalesce(nullif(request.PEINH, 0), 1)') }} as unit_price,
    request.ERNAM as created_by,
    concat_ws('-', substr(request.LFDAT, 1, 4), substr(request.LFDAT, 5, 2), substr(request.LFDAT, 7, 2)) as required_date,
    greatest(request._bb_seq, plant.changed_seq, company.changed_seq, shift.changed_seq) as changed_seq
from request
inner join plant
    on request.source_id = plant.source_id and request.MANDT = plant.MANDT and request.WERKS = plant.WERKS
inner join company on plant.source_id = company.source_id and plant.MANDT = company.MANDT and plant.BUKRS = company.BUKRS
left join shift
    on request.source_id = shift.source_id
    and coalesce(nullif(trim(request.WAERS), ''), company.WAERS) = shift.currency_code
{% endcall %}
