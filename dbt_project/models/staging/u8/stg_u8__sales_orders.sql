{% call conform('sales_orders') %}
with
line as (select * from {{ landed('u8', 'SO_SODetails') }}),

sale as (select * from {{ landed('u8', 'SO_SOMain') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }}),

joined as (
    select
        line.*,
        sale.cSOCode,
        sale.dDate,
        sale.cCusCode,
        sale.cDepCode,
        sale.cPersonCode,
        sale.cSTCode,
        sale.cexch_name,
        sale.iExchRate,
        sale.cMaker,
        sale.cVerifier,
        sale.dverifydate,
        sale.dcreatesystime,
        sale.dmodifysystime,
        coalesce(trim(line.cSCloser), '') <> '' or coalesce(trim(sale.cCloser), '') <> '' as is_closed,
        company.company_code,
        company.currency_code as base_currency_code,
        coalesce(currency.currency_code, sale.cexch_name, company.currency_code) as currency_code,
        coalesce(currency.is_multiplied, true) as is_multiplied,
        item.item_kind,
        item.base_uom_code,
        greatest(line._bb_seq, sale._bb_seq, company.changed_seq, currency.changed_seq, item.changed_seq) as newest_seq
    from line
    inner join sale on line.source_id = sale.source_id and line.ID = sale.ID
    inner join company on line.source_id = company.source_id
    left join currency on sale.source_id = currency.source_id and sale.cexch_name = currency.currency_name
    left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
)

select
    source_id,
    ID as document_id,
    iSOsID as line_id,
    cSOCode as document_no,
    coalesce(iRowNo, iSOsID) as line_no,
    company_code,
    cDepCode as org_unit_code,
    cPersonCode as employee_code,
    cItemCode as project_code,
    'customer' as partner_kind,
    cCusCode as partner_code,
    cInvCode as item_code,
    case item_kind when 'service' then 'service' else 'stock' end as line_kind,
    dDate as document_date,
    case
        when is_closed then 'closed'
        when coalesce(trim(cVerifier), '') <> '' then 'approved'
        else 'draft'
    end as status,
    iQuantity < 0 as is_return,
    coalesce(bgift, false) as is_free,
    iQuantity as quantity,
    base_uom_code as uom_code,
    iQuantity as base_quantity,
    case when is_closed and iFHQuantity is not null then greatest(iQuantity - iFHQuantity, 0) end as cancelled_quantity,
    is_closed as is_delivery_complete,
    currency_code,
    case
        when currency_code = base_currency_code then 1
        when is_multiplied then iExchRate
        else {{ ratio('1', 'iExchRate') }}
    end as exchange_rate,
    iUnitPrice as unit_price,
    iTaxUnitPrice as gross_unit_price,
    iDisCount as discount_amount,
    iMoney as net_amount,
    {{ ratio('iTaxRate', '100') }} as tax_rate,
    iTax as tax_amount,
    iSum as gross_amount,
    iNatMoney as base_net_amount,
    iNatTax as base_tax_amount,
    iNatSum as base_gross_amount,
    cMaker as created_by,
    dcreatesystime as created_at,
    cVerifier as approved_by,
    dverifydate as approved_at,
    dmodifysystime as updated_at,
    dPreDate as promised_date,
    cSTCode as channel_code,
    newest_seq as changed_seq
from joined
{% endcall %}
