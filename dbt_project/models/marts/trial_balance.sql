with
{{ ledger_balances([]) }},

company as (select * from {{ ref('core_companies') }}),

ledger as (select * from {{ ref('core_ledgers') }}),

account as (select * from {{ ref('core_accounts') }}),

-- The finance system's own closing figures, whole accounts only.
reported as (
    select
        source_id,
        ledger_code,
        company_code,
        account_code,
        fiscal_year,
        period_no,
        sum({{ money('closing_amount') }}) as closing_amount
    from {{ ref('core_account_balances') }}
    where partner_code is null
    group by source_id, ledger_code, company_code, account_code, fiscal_year, period_no
)

select
    balance.source_id,
    balance.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    balance.ledger_code,
    coalesce(ledger.is_primary, false) as is_primary_ledger,
    balance.posting_scope,
    balance.fiscal_year,
    balance.period_no,
    balance.period_start,
    balance.period_end,
    balance.account_code,
    account.account_name,
    account.account_type,
    account.account_role,
    account.normal_side,
    balance.year_opening_amount,
    balance.opening_amount,
    balance.debit,
    balance.credit,
    balance.year_debit,
    balance.year_credit,
    balance.closing_amount,
    balance.balance_side,
    reported.closing_amount as reported_closing_amount,
    {{ money('balance.closing_amount - reported.closing_amount') }} as difference_amount
from balance
left join company on balance.source_id = company.source_id and balance.company_code = company.company_code
left join ledger
    on balance.source_id = ledger.source_id
    and balance.ledger_code = ledger.ledger_code
    and balance.company_code = ledger.company_code
left join account
    on balance.source_id = account.source_id
    and balance.chart_code = account.chart_code
    and balance.account_code = account.account_code
left join reported
    on balance.posting_scope = 'posted'
    and balance.source_id = reported.source_id
    and balance.ledger_code = reported.ledger_code
    and balance.company_code = reported.company_code
    and balance.account_code = reported.account_code
    and balance.fiscal_year = reported.fiscal_year
    and balance.period_no = reported.period_no
