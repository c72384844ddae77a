{% call conform('goods_receipts') %}
with
line as (select * from {{ landed('u8', 'rdrecords01') }}),

receipt as (select * from {{ landed('u8', 'RdRecord01') }}),

arrival_line as (select * from {{ landed('u8', 'PU_ArrivalVouchs') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }}),

-- A red receipt takes goods out again; whether its figures are stored negative or not, they are negative here.
joined as (
    select
        line.*,
        receipt.cCode,
        receipt.dDate,
        receipt.cWhCode,
        receipt.cVenCode,
        receipt.cDepCode,
        receipt.cPersonCode,
        receipt.cBusType,
        receipt.cexch_name,
        receipt.iExchRate,
        receipt.cMaker,
        receipt.cHandler,
        receipt.dVeriDate,
        receipt.bIsSTQc,
        receipt.dnmaketime,
        receipt.dnmodifytime,
        coalesce(receipt.bredvouch, false) as is_red,
        case when receipt.bredvouch and line.iQuantity > 0 then -1 else 1 end as sign,
        coalesce(line.iPOsID, arrival_line.iPOsID) as order_line,
        company.company_code,
        company.currency_code as base_currency_code,
        coalesce(currency.currency_code, receipt.cexch_name, company.currency_code) as currency_code,
        coalesce(currency.is_multiplied, true) as is_multiplied,
        item.item_kind,
        item.base_uom_code,
        greatest(
            line._bb_seq, receipt._bb_seq, arrival_line._bb_seq, company.changed_seq, currency.changed_seq, item.changed_seq
        ) as newest_seq
    from line
    inner join receipt on line.source_id = receipt.source_id and line.ID = receipt.ID
    inner join company on line.source_id = company.source_id
    left join arrival_line on line.source_id = arrival_line.source_id and line.iArrsId = arrival_line.Autoid
    left join currency on receipt.source_id = currency.source_id and receipt.cexch_name = currency.currency_name
    left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
)

select
    source_id,
    ID as document_id,
    AutoID as line_id,
    cCode as document_no,
    coalesce(irowno, AutoID) as line_no,
    company_code,
    cDepCode as org_unit_code,
    cPersonCode as employee_code,
    cItemCode as project_code,
    cWhCode as warehouse_code,
    'supplier' as partner_kind,
    cVenCode as partner_code,
    cInvCode as item_code,
    case item_kind when 'service' then 'service' else 'stock' end as line_kind,
    dDate as document_date,
    case when coalesce(trim(cHandler), '') <> '' then 'closed' else 'draft' end as status,
    coalesce(bIsSTQc, false) as is_opening,
    is_red or iQuantity < 0 as is_return,
    case when is_red or iQuantity < 0 then 'return' end as red_reason,
    sign * iQuantity as quantity,
    base_uom_code as uom_code,
    sign * iQuantity as base_quantity,
    case when iOriMoney is not null or order_line is not null then currency_code else base_currency_code end as currency_code,
    case
        when currency_code = base_currency_code or (iOriMoney is null and order_line is null) then 1
        when is_multiplied then iExchRate
        else {{ ratio('1', 'iExchRate') }}
    end as exchange_rate,
    case when iOriMoney is not null then iOriCost when order_line is null then iUnitCost end as unit_price,
    iOriTaxCost as gross_unit_price,
    -- Without a price of its own the receipt takes its order's; without an order, what it cost.
    sign * case when iOriMoney is not null then iOriMoney when order_line is null then coalesce(iPrice, iAPrice) end as net_amount,
    {{ ratio('iTaxRate', '100') }} as tax_rate,
    sign * iOriTaxPrice as tax_amount,
    sign * ioriSum as gross_amount,
    cMaker as created_by,
    dnmaketime as created_at,
    cHandler as approved_by,
    dVeriDate as approved_at,
    dnmodifytime as updated_at,
    case
        when is_red or iQuantity < 0 then 'return'
        when cBusType like '%受托代销%' then 'consignment'
        when cBusType like '%委外%' then 'subcontract'
        else 'purchase'
    end as receipt_kind,
    order_line as purchase_order_line_id,
    -- The cost is an estimate until the receipt is settled with its invoice.
    sign * coalesce(iPrice, iAPrice) as cost_amount,
    dSDate is not null as is_cost_final,
    newest_seq as changed_seq
from joined
{% endcall %}
