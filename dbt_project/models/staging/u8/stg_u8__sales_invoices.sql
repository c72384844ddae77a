{% call conform('sales_invoices') %}
with
line as (select * from {{ landed('u8', 'SaleBillVouchs') }}),

invoice as (select * from {{ landed('u8', 'SaleBillVouch') }}),

shipment_line as (select * from {{ landed('u8', 'DispatchLists') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }}),

joined as (
    select
        line.*,
        invoice.cSBVCode,
        invoice.dDate,
        invoice.cVouchType,
        invoice.cCusCode,
        invoice.cDepCode,
        invoice.cPersonCode,
        invoice.cexch_name,
        invoice.iExchRate,
        invoice.bFirst,
        invoice.dGatheringDate,
        invoice.cMemo,
        invoice.cMaker,
        invoice.cChecker,
        invoice.cVerifier,
        invoice.dverifydate,
        invoice.cInvalider,
        invoice.dcreatesystime,
        invoice.dmodifysystime,
        coalesce(invoice.bReturnFlag, false) as is_red,
        case when invoice.bReturnFlag and line.iSum > 0 then -1 else 1 end as sign,
        coalesce(line.iSOsID, shipment_line.iSOsID) as order_line,
        company.company_code,
        company.currency_code as base_currency_code,
        coalesce(currency.currency_code, invoice.cexch_name, company.currency_code) as currency_code,
        coalesce(currency.is_multiplied, true) as is_multiplied,
        item.item_kind,
        item.base_uom_code,
        greatest(
            line._bb_seq, invoice._bb_seq, shipment_line._bb_seq, company.changed_seq, currency.changed_seq, item.changed_seq
        ) as newest_seq
    from line
    inner join invoice on line.source_id = invoice.source_id and line.SBVID = invoice.SBVID
    inner join company on line.source_id = company.source_id
    left join shipment_line on line.source_id = shipment_line.source_id and line.iDLsID = shipment_line.iDLsID
    left join currency on invoice.source_id = currency.source_id and invoice.cexch_name = currency.currency_name
    left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
)

select
    source_id,
    SBVID as document_id,
    AutoID as line_id,
    cSBVCode as document_no,
    coalesce(irowno, AutoID) as line_no,
    company_code,
    cDepCode as org_unit_code,
    cPersonCode as employee_code,
    cItemCode as project_code,
    cWhCode as warehouse_code,
    'customer' as partner_kind,
    cCusCode as partner_code,
    cInvCode as item_code,
    cMemo as description,
    case item_kind when 'service' then 'service' else 'stock' end as line_kind,
    dDate as document_date,
    dGatheringDate as due_date,
    case
        when coalesce(trim(cInvalider), '') <> '' then 'cancelled'
        when coalesce(trim(cChecker), '') <> '' or coalesce(trim(cVerifier), '') <> '' then 'approved'
        else 'draft'
    end as status,
    coalesce(bFirst, false) as is_opening,
    is_red or iSum < 0 as is_return,
    case when is_red or iSum < 0 then case when iQuantity = 0 then 'allowance' else 'return' end end as red_reason,
    coalesce(bgift, false) as is_free,
    sign * iQuantity as quantity,
    base_uom_code as uom_code,
    sign * iQuantity as base_quantity,
    currency_code,
    case
        when currency_code = base_currency_code then 1
        when is_multiplied then iExchRate
        else {{ ratio('1', 'iExchRate') }}
    end as exchange_rate,
    iUnitPrice as unit_price,
    iTaxUnitPrice as gross_unit_price,
    sign * iDisCount as discount_amount,
    sign * iMoney as net_amount,
    {{ ratio('iTaxRate', '100') }} as tax_rate,
    sign * iTax as tax_amount,
    sign * iSum as gross_amount,
    sign * iNatMoney as base_net_amount,
    sign * iNatTax as base_tax_amount,
    sign * iNatSum as base_gross_amount,
    cMaker as created_by,
    dcreatesystime as created_at,
    coalesce(nullif(trim(cChecker), ''), cVerifier) as approved_by,
    dverifydate as approved_at,
    dmodifysystime as updated_at,
    cSBVCode as invoice_no,
    case cVouchType when '26' then 'special' when '27' then 'ordinary' else 'none' end as invoice_kind,
    dDate as invoice_date,
    order_line as sales_order_line_id,
    iDLsID as shipment_line_id,
    newest_seq as changed_seq
from joined
{% endcall %}
