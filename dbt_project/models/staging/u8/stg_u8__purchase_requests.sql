{% call conform('purchase_requests') %}
with
line as (select * from {{ landed('u8', 'PU_AppVouchs') }}),

request as (select * from {{ landed('u8', 'PU_AppVouch') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }})

select
    line.source_id,
    request.ID as document_id,
    line.AutoID as line_id,
    request.cCode as document_no,
    coalesce(line.ivouchrowno, line.AutoID) as line_no,
    company.company_code,
    request.cDepCode as org_unit_code,
    request.cPersonCode as employee_code,
    line.cItemCode as project_code,
    'supplier' as partner_kind,
    line.cVenCode as partner_code,
    line.cInvCode as item_code,
    case item.item_kind when 'service' then 'service' else 'stock' end as line_kind,
    request.dDate as document_date,
    case
        when coalesce(trim(line.cbCloser), '') <> '' or coalesce(trim(request.cCloser), '') <> '' then 'closed'
        when coalesce(trim(request.cVerifier), '') <> '' then 'approved'
        else 'draft'
    end as status,
    line.fQuantity as quantity,
    item.base_uom_code as uom_code,
    coalesce(currency.currency_code, line.cexch_name, company.currency_code) as currency_code,
    line.fUnitPrice as unit_price,
    line.fTaxPrice as gross_unit_price,
    line.fMoney as net_amount,
    {{ ratio('line.iPerTaxRate', '100') }} as tax_rate,
    request.cMaker as created_by,
    request.cmaketime as created_at,
    request.cVerifier as approved_by,
    request.cAuditDate as approved_at,
    request.cModifyTime as updated_at,
    line.dRequirDate as required_date,
    greatest(line._bb_seq, request._bb_seq, company.changed_seq, currency.changed_seq, item.changed_seq) as changed_seq
from line
inner join request on line.source_id = request.source_id and line.ID = request.ID
inner join company on line.source_id = company.source_id
left join currency on line.source_id = currency.source_id and line.cexch_name = currency.currency_name
left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
{% endcall %}
