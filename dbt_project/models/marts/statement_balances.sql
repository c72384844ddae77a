-- The source's own balance sheet and income statement: own accounts and those of every line below. Balance sheet lines are
-- cumulative to the period's end, income lines are the period's own; credit less debit unless the line shows debit positive.
with
balance as (select * from {{ ref('trial_balance') }}),

ledger as (select * from {{ ref('core_ledgers') }}),

account as (select * from {{ ref('core_accounts') }}),

line as (select * from {{ ref('core_statement_types') }}),

summed as (
    select
        balance.source_id,
        balance.company_code,
        min(balance.company_name) as company_name,
        min(balance.company_currency_code) as company_currency_code,
        balance.ledger_code,
        balance.fiscal_year,
        balance.period_no,
        min(balance.period_end) as period_end,
        line.statement,
        line.statement_line_code,
        sum(
            case line.statement
                when 'income' then balance.credit - balance.debit
                else -balance.closing_amount
            end * case when line.is_debit_positive then -1 else 1 end
        ) as amount
    from balance
    inner join ledger
        on balance.source_id = ledger.source_id
        and balance.ledger_code = ledger.ledger_code
        and balance.company_code = ledger.company_code
    inner join account
        on balance.source_id = account.source_id
        and ledger.chart_code = account.chart_code
        and balance.account_code = account.account_code
    inner join line
        on balance.source_id = line.source_id
        and balance.company_code = line.company_code
        and account.statement_line_code = line.line_code
    where line.statement is not null
    group by
        balance.source_id, balance.company_code, balance.ledger_code, balance.fiscal_year, balance.period_no,
        line.statement, line.statement_line_code
),

-- How deep a line stands: the number of lines above it.
line_attributes as (
    select
        source_id,
        company_code,
        line_code,
        max(distance) as depth,
        max(case when distance = 0 then line_name end) as line_name,
        max(case when distance = 0 then parent_line_code end) as parent_line_code
    from line
    group by source_id, company_code, line_code
)

select
    summed.source_id,
    summed.company_code,
    summed.company_name,
    summed.company_currency_code,
    summed.ledger_code,
    summed.statement,
    summed.fiscal_year,
    summed.period_no,
    summed.period_end,
    summed.statement_line_code as line_code,
    line_attributes.line_name,
    line_attributes.parent_line_code,
    {{ money('summed.amount') }} as amount,
    line_attributes.depth
from summed
inner join line_attributes
    on summed.source_id = line_attributes.source_id
    and summed.company_code = line_attributes.company_code
    and summed.statement_line_code = line_attributes.line_code
