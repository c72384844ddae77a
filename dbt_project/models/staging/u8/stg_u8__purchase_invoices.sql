{% call conform('purchase_invoices') %}
with
line as (select * from {{ landed('u8', 'PurBillVouchs') }}),

invoice as (select * from {{ landed('u8', 'PurBillVouch') }}),

receipt_line as (select * from {{ landed('u8', 'rdrecords01') }}),

settled as (
    select
        source_id,
        invoice_line,
        count(*) as receipts,
        min(receipt_line) as receipt_line,
        max(changed_seq) as changed_seq
    from {{ ref('u8_settled_receipts') }}
    group by source_id, invoice_line
),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }}),

-- Names mislead: iOriTaxPrice and iTaxPrice are tax amounts. Figures without Ori are in company currency.
joined as (
    select
        line.*,
        invoice.cPBVCode,
        invoice.dPBVDate,
        invoice.cPBVBillType,
        invoice.cVenCode,
        invoice.cDepCode,
        invoice.cPersonCode,
        invoice.cexch_name,
        invoice.cExchRate,
        invoice.bFirst,
        invoice.dGatheringDate,
        invoice.cPBVMemo,
        invoice.cPBVMaker,
        invoice.cVerifier,
        invoice.dverifydate,
        invoice.cPBVVerifier,
        invoice.cmaketime,
        invoice.cModifyTime,
        coalesce(invoice.bNegative, false) as is_red,
        case when invoice.bNegative and coalesce(line.iOriSum, line.iSum) > 0 then -1 else 1 end as sign,
        coalesce(line.iPOsID, receipt_line.iPOsID) as order_line,
        -- One receipt: the pointer; several: document_links.
        case
            when settled.receipts = 1 then settled.receipt_line
            when settled.receipts is null then line.RdsId
        end as only_receipt,
        company.company_code,
        company.currency_code as base_currency_code,
        coalesce(currency.currency_code, invoice.cexch_name, company.currency_code) as currency_code,
        coalesce(currency.is_multiplied, true) as is_multiplied,
        item.item_kind,
        item.base_uom_code,
        greatest(
            line._bb_seq, invoice._bb_seq, receipt_line._bb_seq, settled.changed_seq, company.changed_seq,
            currency.changed_seq, item.changed_seq
        ) as newest_seq
    from line
    inner join invoice on line.source_id = invoice.source_id and line.PBVID = invoice.PBVID
    inner join company on line.source_id = company.source_id
    left join receipt_line on line.source_id = receipt_line.source_id and line.RdsId = receipt_line.AutoID
    left join settled on line.source_id = settled.source_id and line.ID = settled.invoice_line
    left join currency on invoice.source_id = currency.source_id and invoice.cexch_name = currency.currency_name
    left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
)

select
    source_id,
    PBVID as document_id,
    ID as line_id,
    cPBVCode as document_no,
    coalesce(ivouchrowno, ID) as line_no,
    company_code,
    cDepCode as org_unit_code,
    cPersonCode as employee_code,
    cItemCode as project_code,
    'supplier' as partner_kind,
    cVenCode as partner_code,
    cInvCode as item_code,
    cPBVMemo as description,
    case item_kind when 'service' then 'service' else 'stock' end as line_kind,
    dPBVDate as document_date,
    dGatheringDate as due_date,
    case
        when coalesce(trim(cVerifier), '') <> '' or coalesce(trim(cPBVVerifier), '') <> '' then 'approved'
        else 'draft'
    end as status,
    coalesce(bFirst, false) as is_opening,
    is_red or iOriSum < 0 as is_return,
    case when is_red or iOriSum < 0 then case when iPBVQuantity = 0 then 'allowance' else 'return' end end as red_reason,
    sign * iPBVQuantity as quantity,
    base_uom_code as uom_code,
    sign * iPBVQuantity as base_quantity,
    currency_code,
    case
        when currency_code = base_currency_code then 1
        when is_multiplied then cExchRate
        else {{ ratio('1', 'cExchRate') }}
    end as exchange_rate,
    iOriCost as unit_price,
    iOriTaxCost as gross_unit_price,
    sign * iOriMoney as net_amount,
    {{ ratio('iTaxRate', '100') }} as tax_rate,
    sign * iOriTaxPrice as tax_amount,
    sign * iOriSum as gross_amount,
    sign * iMoney as base_net_amount,
    sign * iTaxPrice as base_tax_amount,
    sign * iSum as base_gross_amount,
    cPBVMaker as created_by,
    cmaketime as created_at,
    coalesce(nullif(trim(cVerifier), ''), cPBVVerifier) as approved_by,
    dverifydate as approved_at,
    cModifyTime as updated_at,
    cPBVCode as invoice_no,
    case cPBVBillType when '01' then 'special' when '02' then 'ordinary' else 'none' end as invoice_kind,
    dPBVDate as invoice_date,
    order_line as purchase_order_line_id,
    only_receipt as goods_receipt_line_id,
    newest_seq as changed_seq
from joined
{% endcall %}
