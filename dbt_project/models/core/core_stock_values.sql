-- What happened to the stock of an item in a period, in pieces and in money, as far as documents or ledger tell it. Where a
-- source's ledger names items, that is their value; elsewhere documents are: what was issued or made at its cost, what was
-- received at its order's price until an invoice settles it at what it costs. Goods of suppliers are nobody's value.
with
reporting_company as (
    select
        source_id,
        company_code
    from {{ ref('core_stock_balances') }}
    group by source_id, company_code
),

line as (
    select document.*
    from {{ ref('core_document_lines') }} as document
    inner join reporting_company
        on document.source_id = reporting_company.source_id and document.company_code = reporting_company.company_code
    where
        document.is_counted
        and coalesce(document.line_kind, 'stock') = 'stock'
        and document.source_item_code is not null
        and not (document.entity = 'goods_receipts' and document.kind is not distinct from 'consignment')
),

moved as (
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no,
        cast(base_quantity as decimal(38, 6)) * case
            when entity = 'goods_receipts' then 1
            when entity = 'shipments' then -1
            when direction = 'in' then 1
            else -1
        end as quantity,
        case
            when entity = 'goods_receipts' then base_net_amount
            when not coalesce(is_cost_final, false) then cast(null as decimal(18, 4))
            when entity = 'shipments' then -cost_amount
            when direction = 'in' then cost_amount
            else -cost_amount
        end as amount
    from line
    where entity in ('goods_receipts', 'shipments', 'stock_movements')
),

-- An invoice takes the estimate of what it settles out and brings the cost in: the last one what is left of the estimate.
settled_share as (
    select
        receipt.source_id,
        receipt.company_code,
        receipt.source_item_code,
        invoice.fiscal_year,
        invoice.period_no,
        link.amount,
        receipt.base_net_amount,
        {{ rounded(
            product(
                'receipt.base_net_amount',
                ratio(
                    'sum(link.quantity) over (partition by link.source_id, link.from_line_id order by invoice.event_date, '
                    ~ 'link.to_line_id rows between unbounded preceding and current row)',
                    'receipt.quantity'
                ),
                10
            )
        ) }} as estimate_until,
        row_number() over (
            partition by link.source_id, link.from_line_id order by invoice.event_date, link.to_line_id
        ) as position,
        link.from_line_id
    from {{ ref('core_document_links') }} as link
    inner join line as receipt
        on link.source_id = receipt.source_id and link.from_line_id = receipt.line_id and receipt.entity = 'goods_receipts'
    inner join {{ ref('core_document_lines') }} as invoice
        on link.source_id = invoice.source_id and link.to_line_id = invoice.line_id and invoice.entity = 'purchase_invoices'
    where link.from_entity = 'goods_receipts' and link.to_entity = 'purchase_invoices' and invoice.is_counted
),

settled as (
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no,
        amount - estimate_until + coalesce(
            lag(estimate_until) over (partition by source_id, from_line_id order by position), 0
        ) as amount
    from settled_share
),

booked as (
    select
        journal.source_id,
        journal.company_code,
        journal.source_item_code,
        journal.fiscal_year,
        journal.period_no,
        journal.amount
    from {{ ref('core_journal_lines') }} as journal
    inner join reporting_company
        on journal.source_id = reporting_company.source_id and journal.company_code = reporting_company.company_code
    where journal.is_posted and journal.source_item_code is not null and journal.account_role = 'inventory'
),

valuing_ledger as (
    select
        source_id,
        company_code,
        true as is_by_ledger
    from booked
    group by source_id, company_code
),

part as (
    select
        moved.source_id,
        moved.company_code,
        moved.source_item_code,
        moved.fiscal_year,
        moved.period_no,
        moved.quantity,
        case when valuing_ledger.is_by_ledger then {{ money('0') }} else {{ money('moved.amount') }} end as amount,
        case when valuing_ledger.is_by_ledger is null and moved.amount is null then 1 else 0 end as unknown_count
    from moved
    left join valuing_ledger
        on moved.source_id = valuing_ledger.source_id and moved.company_code = valuing_ledger.company_code
    union all
    select
        settled.source_id,
        settled.company_code,
        settled.source_item_code,
        settled.fiscal_year,
        settled.period_no,
        cast(0 as decimal(38, 6)),
        {{ money('settled.amount') }},
        case when settled.amount is null then 1 else 0 end
    from settled
    left join valuing_ledger
        on settled.source_id = valuing_ledger.source_id and settled.company_code = valuing_ledger.company_code
    where valuing_ledger.source_id is null
    union all
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no,
        cast(0 as decimal(38, 6)),
        {{ money('amount') }},
        0
    from booked
)

select
    source_id,
    company_code,
    source_item_code,
    fiscal_year,
    period_no,
    cast(sum(quantity) as decimal(38, 6)) as quantity,
    {{ money('sum(amount)') }} as amount,
    cast(sum(unknown_count) as integer) as unknown_count
from part
group by source_id, company_code, source_item_code, fiscal_year, period_no
