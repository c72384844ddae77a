-- Goods received and not invoiced, order line by order line and month by month: opening + received - returned + repriced
-- - reversed - invoiced - written off = closing, and what of it stands in the ledger. Liabilities are positive.
with
expected as (
    select *
    from {{ ref('core_expected_lines') }}
    where account_role = 'grni'
),

document as (
    select
        source_id,
        entity,
        line_id,
        order_line_id
    from {{ ref('core_document_lines') }}
    where entity in ('goods_receipts', 'purchase_invoices')
),

order_line as (
    select
        source_id,
        line_id,
        document_no,
        line_no
    from {{ ref('core_document_lines') }}
    where entity = 'purchase_orders'
),

match as (
    select
        match.expected_unit,
        min(unit.fiscal_year) as fiscal_year,
        min(unit.period_no) as period_no
    from {{ ref('core_voucher_matches') }} as match
    inner join {{ ref('core_voucher_units') }} as unit on match.ledger_unit = unit.unit_id and unit.side = 'ledger' and unit.is_posted
    where match.match_class = 'matched'
    group by match.expected_unit
),

movement as (
    select
        expected.source_id,
        expected.company_code,
        expected.base_currency_code,
        expected.partner_kind,
        expected.partner_code,
        coalesce(document.order_line_id, expected.document_entity || ',' || expected.document_line_id) as order_line_id,
        expected.event,
        expected.fiscal_year,
        expected.period_no,
        expected.voucher_date,
        match.fiscal_year as ledger_year,
        match.period_no as ledger_period,
        match.expected_unit is not null as is_in_ledger,
        -expected.amount as amount
    from expected
    left join document
        on expected.source_id = document.source_id
        and expected.document_entity = document.entity
        and expected.document_line_id = document.line_id
    left join match on expected.expected_voucher_id = match.expected_unit
),

-- What must be there by the month of the event, and what is there by the month of the voucher.
by_month as (
    select
        source_id,
        company_code,
        order_line_id,
        fiscal_year,
        period_no,
        sum(case when event in ('estimate', 'goods_receipt') and amount > 0 then {{ money('amount') }} else 0 end) as received,
        sum(case when event in ('estimate', 'goods_receipt') and amount < 0 then {{ money('-amount') }} else 0 end) as returned,
        sum(case when event = 'estimate_reversal' then {{ money('-amount') }} else 0 end) as estimate_reversed,
        sum(case when event = 'purchase_invoice' then {{ money('-amount') }} else 0 end) as invoiced,
        sum(case when event = 'write_off' then {{ money('-amount') }} else 0 end) as written_off,
        sum(
            case
                when event in ('estimate', 'goods_receipt', 'estimate_reversal', 'purchase_invoice', 'write_off') then 0
                else {{ money('amount') }}
            end
        ) as repriced,
        sum({{ money('amount') }}) as change,
        {{ money('0') }} as ledger_change
    from movement
    group by source_id, company_code, order_line_id, fiscal_year, period_no
    union all
    select
        source_id,
        company_code,
        order_line_id,
        ledger_year,
        ledger_period,
        {{ money('0') }},
        {{ money('0') }},
        {{ money('0') }},
        {{ money('0') }},
        {{ money('0') }},
        {{ money('0') }},
        {{ money('0') }},
        sum({{ money('amount') }})
    from movement
    where is_in_ledger
    group by source_id, company_code, order_line_id, ledger_year, ledger_period
),

period as (
    select
        company_code,
        fiscal_year,
        period_no,
        max(end_date) as end_date
    from {{ ref('core_periods') }}
    where period_no between 1 and 12
    group by company_code, fiscal_year, period_no
),

line as (
    select
        source_id,
        company_code,
        order_line_id,
        min(base_currency_code) as base_currency_code,
        min(partner_kind) as partner_kind,
        min(partner_code) as partner_code,
        min(fiscal_year * 100 + period_no) as first_period,
        min(voucher_date) as first_date,
        sum({{ money('amount') }}) as rest,
        max(fiscal_year * 100 + period_no) as last_period
    from movement
    group by source_id, company_code, order_line_id
),

as_of as (select max(as_of) as as_of_date from {{ source('house', 'run_context') }}),

-- Every month from the first to the one in which nothing is left.
month as (
    select
        line.*,
        period.fiscal_year,
        period.period_no,
        period.end_date
    from line
    cross join as_of
    inner join period
        on line.company_code = period.company_code
        and period.fiscal_year * 100 + period.period_no >= line.first_period
        and (line.rest <> 0 or period.fiscal_year * 100 + period.period_no <= line.last_period)
        and (period.end_date <= {{ month_end('as_of.as_of_date') }} or period.fiscal_year * 100 + period.period_no <= line.last_period)
),

summed as (
    select
        source_id,
        company_code,
        order_line_id,
        fiscal_year,
        period_no,
        {%- for name in ['received', 'returned', 'repriced', 'estimate_reversed', 'invoiced', 'written_off', 'change', 'ledger_change'] %}
        sum({{ name }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from by_month
    group by source_id, company_code, order_line_id, fiscal_year, period_no
),

running as (
    select
        month.*,
        {%- for name in ['received', 'returned', 'repriced', 'estimate_reversed', 'invoiced', 'written_off', 'change'] %}
        coalesce(summed.{{ name }}, 0) as {{ name }},
        {%- endfor %}
        sum(coalesce(summed.change, 0)) over (
            partition by month.source_id, month.company_code, month.order_line_id
            order by month.fiscal_year, month.period_no
            rows between unbounded preceding and current row
        ) as closing,
        sum(coalesce(summed.ledger_change, 0)) over (
            partition by month.source_id, month.company_code, month.order_line_id
            order by month.fiscal_year, month.period_no
            rows between unbounded preceding and current row
        ) as ledger_closing
    from month
    left join summed
        on month.source_id = summed.source_id
        and month.company_code = summed.company_code
        and month.order_line_id = summed.order_line_id
        and month.fiscal_year = summed.fiscal_year
        and month.period_no = summed.period_no
)

select
    running.source_id,
    running.company_code,
    running.base_currency_code as company_currency_code,
    running.order_line_id,
    order_line.document_no,
    order_line.line_no,
    running.partner_kind,
    running.partner_code,
    running.fiscal_year,
    running.period_no,
    {{ money('running.closing - running.change') }} as opening,
    {{ money('running.received') }} as received,
    {{ money('running.returned') }} as returned,
    {{ money('running.repriced') }} as repriced,
    {{ money('running.estimate_reversed') }} as estimate_reversed,
    {{ money('running.invoiced') }} as invoiced,
    {{ money('running.written_off') }} as written_off,
    {{ money('running.closing') }} as closing,
    {{ money('running.ledger_closing') }} as ledger_closing,
    cast({{ days_between('running.first_date', 'running.end_date') }} as integer) as age_days
from running
left join order_line on running.source_id = order_line.source_id and running.order_line_id = order_line.line_id
