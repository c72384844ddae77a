-- What must be in the ledger, with the flow of its document, by bridge account roles: the bridge's only word on rules.
select
    line.source_id,
    line.expected_voucher_id,
    line.line_no,
    line.event,
    case
        when line.document_entity in ('purchase_orders', 'goods_receipts', 'purchase_invoices', 'other_payables', 'payment_requests') then 'purchases'
        when line.document_entity in ('sales_orders', 'shipments', 'acceptances', 'sales_invoices', 'other_receivables', 'consignment_settlements')
            then 'sales'
        when max(line.partner_kind) over (partition by line.expected_voucher_id) = 'supplier' then 'purchases'
        when max(line.partner_kind) over (partition by line.expected_voucher_id) = 'customer' then 'sales'
        else 'other'
    end as flow,
    line.company_code,
    line.company_currency_code as base_currency_code,
    line.fiscal_year,
    line.period_no,
    line.voucher_date,
    line.account_role,
    line.account_code,
    line.amount,
    line.partner_kind,
    line.partner_code,
    coalesce(party.party_key, line.partner_code) as party_key,
    line.item_code,
    line.org_unit_code,
    line.document_entity,
    line.document_id,
    line.document_no,
    line.line_id as document_line_id,
    line.changed_seq
from {{ ref('expected_voucher_lines') }} as line
left join ({{ parties() }}) as party on line.partner_kind = party.partner_kind and line.partner_code = party.partner_code
-- What the end of a period asks for comes from the ledger itself: nothing there is bridged to a document.
where line.document_entity <> 'periods'
