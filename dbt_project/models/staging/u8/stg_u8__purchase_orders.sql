{% call conform('purchase_orders') %}
with
line as (select * from {{ landed('u8', 'PO_Podetails') }}),

purchase as (select * from {{ landed('u8', 'PO_Pomain') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }}),

joined as (
    select
        line.*,
        purchase.cPOID,
        purchase.dPODate,
        purchase.cVenCode,
        purchase.cDepCode,
        purchase.cPersonCode,
        purchase.cexch_name,
        purchase.nflat,
        purchase.cMaker,
        purchase.cVerifier,
        purchase.cAuditDate,
        purchase.cmaketime,
        purchase.cModifyTime,
        company.company_code,
        company.currency_code as base_currency_code,
        coalesce(currency.currency_code, purchase.cexch_name, company.currency_code) as currency_code,
        coalesce(currency.is_multiplied, true) as is_multiplied,
        item.item_kind,
        item.base_uom_code,
        coalesce(trim(line.cbCloser), '') <> '' or coalesce(trim(purchase.cCloser), '') <> '' as is_closed,
        greatest(line._bb_seq, purchase._bb_seq, company.changed_seq, currency.changed_seq, item.changed_seq) as newest_seq
    from line
    inner join purchase on line.source_id = purchase.source_id and line.POID = purchase.POID
    inner join company on line.source_id = company.source_id
    left join currency on purchase.source_id = currency.source_id and purchase.cexch_name = currency.currency_name
    left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
)

select
    source_id,
    POID as document_id,
    ID as line_id,
    cPOID as document_no,
    coalesce(ivouchrowno, ID) as line_no,
    company_code,
    cDepCode as org_unit_code,
    cPersonCode as employee_code,
    cItemCode as project_code,
    'supplier' as partner_kind,
    cVenCode as partner_code,
    cInvCode as item_code,
    case item_kind when 'service' then 'service' else 'stock' end as line_kind,
    dPODate as document_date,
    case
        when is_closed then 'closed'
        when coalesce(trim(cVerifier), '') <> '' then 'approved'
        else 'draft'
    end as status,
    iQuantity < 0 as is_return,
    iQuantity as quantity,
    base_uom_code as uom_code,
    iQuantity as base_quantity,
    -- What a line closed short will not get any more.
    case
        when is_closed and coalesce(iReceivedQTY, iArrQTY) is not null
            then greatest(iQuantity - coalesce(iReceivedQTY, iArrQTY), 0)
    end as cancelled_quantity,
    is_closed as is_delivery_complete,
    currency_code,
    case
        when currency_code = base_currency_code then 1
        when is_multiplied then nflat
        else {{ ratio('1', 'nflat') }}
    end as exchange_rate,
    iUnitPrice as unit_price,
    iTaxPrice as gross_unit_price,
    iDisCount as discount_amount,
    iMoney as net_amount,
    {{ ratio('iPerTaxRate', '100') }} as tax_rate,
    iTax as tax_amount,
    iSum as gross_amount,
    iNatMoney as base_net_amount,
    iNatTax as base_tax_amount,
    iNatSum as base_gross_amount,
    cMaker as created_by,
    cmaketime as created_at,
    cVerifier as approved_by,
    cAuditDate as approved_at,
    cModifyTime as updated_at,
    dArriveDate as promised_date,
    iAppIds as request_line_id,
    newest_seq as changed_seq
from joined
{% endcall %}
