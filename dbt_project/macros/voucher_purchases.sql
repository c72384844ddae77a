{#- What purchases cause: receipts, estimates by the company's policy, their reversals, invoices. -#}

{#- Counted document lines of some entities with their company's ledger and policies. Asked for anew by each branch, so
    that each reads only its own rows and columns. -#}
{% macro documents(entities, condition='true', with_opening=false) -%}
(
    select
        line.*,
        ledger.ledger_code,
        ledger.chart_code,
        policy.estimate_policy,
        policy.cost_policy,
        policy.conversion_policy,
        policy.variance_policy
    from {{ ref('core_document_lines') }} as line
    left join ledger on line.company_code = ledger.company_code
    left join policy
        on line.company_code = policy.company_code
        and line.event_date >= policy.valid_from
        and line.event_date < policy.valid_until
    where
        line.is_counted
        {{ 'and not line.is_opening' if not with_opening }}
        and line.entity in ({%- for entity in entities -%} '{{ entity }}'{{ ', ' if not loop.last }} {%- endfor -%})
        and {{ condition }}
)
{%- endmacro %}

{#- Common table expressions of the purchase side:
    `receipt`: lines that an estimate may be made of; `receipt_share`: how much of each was invoiced when, exact shares of
    its estimate; `estimated`: what stands unbilled at the ends of periods; `relieved`: what invoices find estimated. -#}
{% macro purchase_shares() -%}
receipt as (
    select
        line.source_id,
        line.line_id,
        line.company_code,
        line.order_line_id,
        line.event_date,
        line.quantity,
        line.base_net_amount as estimate_amount,
        line.base_digits,
        line.estimate_policy,
        coalesce(line.kind, 'purchase') as kind,
        day.end_date as first_end
    from (
        select
            document.*,
            coalesce(currency.minor_units, 2) as base_digits
        from {{ documents(['goods_receipts'], "coalesce(line.kind, 'purchase') <> 'consignment'") }} as document
        left join {{ ref('core_currencies') }} as currency on document.base_currency_code = currency.currency_code
        where document.estimate_policy not in ('stock_change', 'none')
    ) as line
    left join day on line.company_code = day.company_code and line.event_date = day.calendar_date
    where line.base_net_amount <> 0
),

bill as (
    select
        source_id,
        line_id,
        order_line_id,
        event_date,
        quantity
    from {{ ref('core_document_lines') }}
    where entity = 'purchase_invoices' and is_counted and not is_opening
),

receipt_link as (
    select
        link.source_id,
        link.from_line_id as receipt_line_id,
        link.to_line_id as bill_line_id,
        sum(cast(link.quantity as decimal(38, 6))) as quantity
    from {{ ref('core_document_links') }} as link
    where link.from_entity = 'goods_receipts' and link.to_entity = 'purchase_invoices'
    group by link.source_id, link.from_line_id, link.to_line_id
),

-- Invoices that name an order and no receipt take the order's receipts as they came; red ones take red receipts.
unlinked_bill as (
    select
        bill.*,
        {{ running_quantity('bill.quantity', 'bill.source_id, bill.order_line_id, sign(bill.quantity)', 'bill.event_date, bill.line_id') }} as until_quantity
    from bill
    left join receipt_link
        on bill.source_id = receipt_link.source_id and bill.line_id = receipt_link.bill_line_id
    where receipt_link.bill_line_id is null and bill.order_line_id is not null and bill.quantity <> 0
),

unlinked_receipt as (
    select
        receipt.*,
        {{ running_quantity('receipt.quantity', 'receipt.source_id, receipt.order_line_id, sign(receipt.quantity)', 'receipt.event_date, receipt.line_id') }} as until_quantity
    from receipt
    left join receipt_link
        on receipt.source_id = receipt_link.source_id and receipt.line_id = receipt_link.receipt_line_id
    where receipt_link.receipt_line_id is null and receipt.order_line_id is not null and receipt.quantity <> 0
),

receipt_bill as (
    select
        source_id,
        receipt_line_id,
        bill_line_id,
        quantity
    from receipt_link
    union all
    select
        unlinked_receipt.source_id,
        unlinked_receipt.line_id as receipt_line_id,
        unlinked_bill.line_id as bill_line_id,
        sign(unlinked_receipt.quantity) * (
            least(unlinked_receipt.until_quantity, unlinked_bill.until_quantity)
            - greatest(
                unlinked_receipt.until_quantity - abs(unlinked_receipt.quantity),
                unlinked_bill.until_quantity - abs(unlinked_bill.quantity)
            )
        ) as quantity
    from unlinked_receipt
    inner join unlinked_bill
        on unlinked_receipt.source_id = unlinked_bill.source_id
        and unlinked_receipt.order_line_id = unlinked_bill.order_line_id
        and sign(unlinked_receipt.quantity) = sign(unlinked_bill.quantity)
        and unlinked_receipt.until_quantity - abs(unlinked_receipt.quantity) < unlinked_bill.until_quantity
        and unlinked_bill.until_quantity - abs(unlinked_bill.quantity) < unlinked_receipt.until_quantity
),

-- The estimate of a receipt is relieved in the proportion of quantity, the last invoice taking what is left.
receipt_share_to_date as (
    select
        receipt.source_id,
        receipt.line_id as receipt_line_id,
        receipt_bill.bill_line_id,
        receipt.company_code,
        receipt.estimate_policy,
        receipt.kind,
        receipt.estimate_amount,
        receipt.base_digits,
        receipt.quantity as received_quantity,
        receipt.event_date as received_on,
        receipt.first_end,
        bill.event_date as billed_on,
        receipt_bill.quantity,
        sum(receipt_bill.quantity) over (
            partition by receipt.source_id, receipt.line_id order by bill.event_date, receipt_bill.bill_line_id
            rows between unbounded preceding and current row
        ) as billed_quantity
    from receipt_bill
    inner join receipt
        on receipt_bill.source_id = receipt.source_id and receipt_bill.receipt_line_id = receipt.line_id
    inner join bill on receipt_bill.source_id = bill.source_id and receipt_bill.bill_line_id = bill.line_id
),

receipt_share as (
    select
        share.*,
        {{ relieved_to('billed_quantity') }} - {{ relieved_to('billed_quantity - quantity') }} as share_amount
    from receipt_share_to_date as share
),

billed as (
    select
        source_id,
        receipt_line_id,
        max(billed_on) as last_billed_on,
        sum(share_amount) as share_amount
    from receipt_share
    group by source_id, receipt_line_id
),

-- Periods at whose end a receipt is estimated: every one while it is unbilled, or the first alone.
estimated as (
    select
        due.source_id,
        due.line_id,
        due.company_code,
        due.estimate_policy,
        due.fiscal_year,
        due.period_no,
        due.end_date,
        due.next_start,
        due.next_year,
        due.next_period,
        min(due.quantity) - coalesce(sum(share.quantity), 0) as quantity,
        cast(min(due.estimate_amount) - coalesce(sum(share.share_amount), 0) as decimal(18, 4)) as estimate_amount
    from (
        select
            receipt.*,
            period.fiscal_year,
            period.period_no,
            period.end_date,
            period.next_start,
            period.next_year,
            period.next_period
        from receipt
        left join billed on receipt.source_id = billed.source_id and receipt.line_id = billed.receipt_line_id
        inner join horizon on receipt.company_code = horizon.company_code
        inner join period
            on receipt.company_code = period.company_code
            and period.end_date >= receipt.event_date
            and period.end_date <= horizon.last_day
            and (receipt.estimate_policy = 'month_start_reversal' or period.end_date = receipt.first_end)
            and (
                billed.receipt_line_id is null
                or billed.share_amount <> receipt.estimate_amount
                or period.end_date < billed.last_billed_on
            )
        where receipt.estimate_policy in ('month_start_reversal', 'on_invoice_reversal', 'on_invoice_difference')
    ) as due
    left join receipt_share as share
        on due.source_id = share.source_id and due.line_id = share.receipt_line_id and share.billed_on <= due.end_date
    group by
        due.source_id, due.line_id, due.company_code, due.estimate_policy, due.fiscal_year, due.period_no, due.end_date,
        due.next_start, due.next_year, due.next_period
    having min(due.estimate_amount) - coalesce(sum(share.share_amount), 0) <> 0
),

-- What is taken back: at the start of the next period, or with the invoice.
reversed as (
    select
        estimated.source_id,
        estimated.line_id,
        estimated.estimate_policy,
        estimated.next_start as voucher_date,
        estimated.next_year as fiscal_year,
        estimated.next_period as period_no,
        estimated.quantity,
        estimated.estimate_amount
    from estimated
    inner join horizon on estimated.company_code = horizon.company_code and estimated.next_start <= horizon.last_day
    where estimated.estimate_policy = 'month_start_reversal'
    union all
    select
        estimated.source_id,
        estimated.line_id,
        estimated.estimate_policy,
        share.billed_on as voucher_date,
        cast(null as integer) as fiscal_year,
        cast(null as integer) as period_no,
        sum(share.quantity) as quantity,
        cast(sum(share.share_amount) as decimal(18, 4)) as estimate_amount
    from estimated
    inner join receipt_share as share
        on estimated.source_id = share.source_id
        and estimated.line_id = share.receipt_line_id
        and share.billed_on > estimated.end_date
    where estimated.estimate_policy = 'on_invoice_reversal'
    group by estimated.source_id, estimated.line_id, estimated.estimate_policy, share.billed_on
),

relieved as (
    select
        source_id,
        bill_line_id,
        min(kind) as kind,
        sum(case
            when estimate_policy = 'gr_ir_realtime' then share_amount
            when estimate_policy = 'on_invoice_difference' and first_end < billed_on then share_amount
            else 0
        end) as estimate_amount,
        sum(share_amount) as received_amount
    from receipt_share
    group by source_id, bill_line_id
)
{%- endmacro %}

{% macro running_quantity(quantity, group, order) -%}
    sum(cast(abs({{ quantity }}) as decimal(38, 6))) over (
        partition by {{ group }} order by {{ order }} rows between unbounded preceding and current row
    )
{%- endmacro %}

{#- The part of an estimate that is relieved once `quantity` of what was received is billed. -#}
{% macro relieved_to(quantity) -%}
    case
        when received_quantity = 0 or received_quantity is null then
            case when {{ quantity }} = 0 then {{ line_money('0') }} else estimate_amount end
        when sign(received_quantity) * ({{ quantity }}) >= abs(received_quantity) then estimate_amount
        when sign(received_quantity) * ({{ quantity }}) <= 0 then {{ line_money('0') }}
        else {{ rounded(product('estimate_amount', ratio(quantity, 'received_quantity'), 10), 'base_digits') }}
    end
{%- endmacro %}

{#- Which share of an invoice's quantity was no longer in stock on its day; for companies whose policy splits variances. -#}
{% macro stock_coverage() -%}
stock_flow as (
    select
        line.company_code,
        line.item_code,
        line.event_date,
        sum(case
            when line.entity = 'goods_receipts' then line.base_quantity
            when line.entity = 'shipments' or line.direction = 'out' then -line.base_quantity
            else line.base_quantity
        end) as quantity
    from {{ documents(['goods_receipts', 'shipments', 'stock_movements'], 'line.item_code is not null', with_opening=true) }} as line
    where line.variance_policy = 'coverage'
    group by line.company_code, line.item_code, line.event_date
),

stock_level as (
    select
        company_code,
        item_code,
        event_date as from_date,
        coalesce(lead(event_date) over (partition by company_code, item_code order by event_date), cast('9999-12-31' as date))
            as until_date,
        sum(quantity) over (
            partition by company_code, item_code order by event_date rows between unbounded preceding and current row
        ) as on_hand
    from stock_flow
),

uncovered as (
    select
        line.source_id,
        line.line_id,
        {{ ratio('line.base_quantity - least(greatest(coalesce(stock_level.on_hand, 0), 0), line.base_quantity)', 'line.base_quantity') }} as share
    from {{ documents(['purchase_invoices'], 'line.base_quantity > 0') }} as line
    left join stock_level
        on line.company_code = stock_level.company_code
        and line.item_code = stock_level.item_code
        and line.event_date >= stock_level.from_date
        and line.event_date < stock_level.until_date
    where line.variance_policy = 'coverage'
)
{%- endmacro %}

{#- The branches of the purchase side. -#}
{% macro purchase_events() -%}
    {%- set receipt_facts = line_facts('line') -%}
    {%- do receipt_facts.update({
        'event': "'goods_receipt'", 'policy': 'line.estimate_policy',
        'cost_amount': 'line.cost_amount', 'net_amount': 'line.base_net_amount',
        'document_net_amount': 'line.net_amount',
        'estimate_amount': 'line.base_net_amount',
        'lacks_amount': "coalesce(line.base_net_amount, line.cost_amount) is null and coalesce(line.quantity, 0) <> 0 and not line.is_free",
        'lacks_rate': 'line.net_amount is not null and line.base_net_amount is null',
    }) -%}
    -- Goods received, where the receipt itself is booked.
    select
        {{ event_row(receipt_facts) }}
    from {{ documents(['goods_receipts']) }} as line
    where line.estimate_policy in ('gr_ir_realtime', 'stock_change') and coalesce(line.kind, 'purchase') <> 'consignment'
    {%- for event, facts in {'estimate': 'estimated', 'estimate_reversal': 'reversed'}.items() %}
    {%- set given = line_facts('line') -%}
    {%- set sign = '' if event == 'estimate' else '-' -%}
    {%- do given.update({
        'event': "'" ~ event ~ "'", 'policy': facts ~ '.estimate_policy',
        'voucher_date': facts ~ ('.end_date' if event == 'estimate' else '.voucher_date'),
        'fiscal_year': facts ~ '.fiscal_year', 'period_no': facts ~ '.period_no',
        'quantity': sign ~ facts ~ '.quantity', 'estimate_amount': sign ~ facts ~ '.estimate_amount',
    }) %}
    union all
    select
        {{ event_row(given) }}
    from {{ facts }}
    inner join {{ documents(['goods_receipts']) }} as line
        on {{ facts }}.source_id = line.source_id and {{ facts }}.line_id = line.line_id
    {%- endfor %}
    union all
    select
        {{ purchase_invoice_row() }}
    from {{ documents(['purchase_invoices']) }} as line
    left join converted
        on line.source_id = converted.source_id and line.entity = converted.entity and line.line_id = converted.line_id
    left join relieved on line.source_id = relieved.source_id and line.line_id = relieved.bill_line_id
    left join uncovered on line.source_id = uncovered.source_id and line.line_id = uncovered.line_id
    left join pool on line.invoice_no = pool.invoice_no
    -- Input tax that was pending on the invoice's day and is ticked in a later month; input tax transferred out again.
    union all
    {%- set period = "replace(coalesce(line.deduction_period, pool.deduction_period), '-', '')" -%}
    {%- set ticked_on = month_end("try_cast(concat(substr(" ~ period ~ ", 1, 4), '-', substr(" ~ period ~ ", 5, 2), '-01') as date)") -%}
    {%- set given = line_facts('line') -%}
    {%- do given.update({
        'event': "'input_usage'", 'policy': 'line.estimate_policy', 'input_usage': "'deduct'", 'voucher_date': ticked_on,
        'fiscal_year': 'null', 'period_no': 'null', 'deductible_tax_amount': 'line.base_tax_amount',
    }) %}
    select
        {{ event_row(given) }}
    from {{ documents(['purchase_invoices']) }} as line
    left join pool on line.invoice_no = pool.invoice_no
    inner join horizon on line.company_code = horizon.company_code
    where
        coalesce(line.input_usage, pool.input_usage) = 'deduct'
        and {{ ticked_on }} > {{ month_end('line.event_date') }}
        and {{ ticked_on }} <= horizon.last_day
    union all
    {%- set given = line_facts('line') -%}
    {%- do given.update({
        'event': "'input_transfer_out'", 'policy': 'line.estimate_policy', 'tax_amount': 'line.transferred_out_amount',
    }) %}
    select
        {{ event_row(given) }}
    from {{ documents(['purchase_invoices'], 'line.transferred_out_amount <> 0') }} as line
{%- endmacro %}

{% macro purchase_invoice_row() -%}
    {%- set tax = 'coalesce(converted.tax_amount, line.base_tax_amount, 0)' -%}
    {%- set undeducted -%}
        case
            when line.deductible_tax_amount is not null then {{ tax }} - line.deductible_tax_amount
            when {{ input_usage() }} = 'none' then {{ tax }}
            else 0
        end
    {%- endset -%}
    {%- set variance -%}
        case
            when uncovered.share is null then 0
            else {{ rounded(product('line.base_net_amount - relieved.received_amount', 'uncovered.share', 10)) }}
        end
    {%- endset -%}
    {{ invoice_event("'purchase_invoice'", 'line', 'converted', 'line.estimate_policy', {
        'input_usage': input_usage(),
        'document_kind': "coalesce(relieved.kind, 'none')",
        'deductible_tax_amount': 'case when ' ~ input_usage() ~ " = 'pending' then 0 else " ~ tax ~ ' - ' ~ undeducted ~ ' end',
        'pending_tax_amount': 'case when ' ~ input_usage() ~ " = 'pending' then " ~ tax ~ ' - ' ~ undeducted ~ ' else 0 end',
        'value_amount': 'line.base_net_amount + ' ~ undeducted,
        'estimate_amount': 'relieved.estimate_amount',
        'variance_amount': variance,
        'stock_value_amount': 'line.base_net_amount + ' ~ undeducted ~ ' - coalesce(relieved.estimate_amount, 0) - ' ~ variance,
    }) }}
{%- endmacro %}

{#- What becomes of the tax of an invoice, as far as it was known on the invoice's day: what the document says, else the
    pool of tax invoices, else what its kind allows. Tax ticked in a later month was pending until then. -#}
{% macro input_usage() -%}
    case
        when coalesce(line.input_usage, pool.input_usage) in ('none', 'refund', 'pending')
            then coalesce(line.input_usage, pool.input_usage)
        when replace(coalesce(line.deduction_period, pool.deduction_period), '-', '') > replace(substr(cast(line.event_date as varchar), 1, 7), '-', '')
            then 'pending'
        when coalesce(line.input_usage, pool.input_usage) is not null then coalesce(line.input_usage, pool.input_usage)
        when line.invoice_kind = 'ordinary' then 'none'
        else 'deduct'
    end
{%- endmacro %}
