-- Balances by partner, department and project as the sources report them, beside what their ledger lines make of the same
-- combinations: where the ledger tells what cleared what, its open lines; elsewhere all lines until the period's end. Lines
-- are told apart by the dimensions that a source reports of the account, not by more.
with
balance as (select * from {{ ref('core_account_balances') }} where not is_whole_account),

clearing_ledger as (
    select
        source_id,
        ledger_code
    from {{ ref('core_journal_lines') }}
    where clearing_id is not null
    group by source_id, ledger_code
),

asked_account as (
    select
        balance.source_id,
        balance.ledger_code,
        balance.company_code,
        balance.account_code,
        count(balance.partner_code) > 0 as has_partner,
        count(balance.org_unit_code) > 0 as has_org_unit,
        count(balance.project_code) > 0 as has_project,
        count(clearing_ledger.source_id) > 0 as is_by_clearing
    from balance
    left join clearing_ledger
        on balance.source_id = clearing_ledger.source_id and balance.ledger_code = clearing_ledger.ledger_code
    group by balance.source_id, balance.ledger_code, balance.company_code, balance.account_code
),

reported_period as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from balance
    group by source_id, ledger_code, company_code, fiscal_year, period_no
),

-- A year that opens anew counts from its own opening.
opened_year as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year
    from {{ ref('core_journal_lines') }}
    where period_no = 0
    group by source_id, ledger_code, company_code, fiscal_year
),

asked_period as (
    select
        period.source_id,
        period.ledger_code,
        period.company_code,
        period.fiscal_year,
        period.period_no,
        case when opened_year.source_id is null then 0 else period.fiscal_year end as first_year
    from reported_period as period
    left join opened_year
        on period.source_id = opened_year.source_id
        and period.ledger_code = opened_year.ledger_code
        and period.company_code = opened_year.company_code
        and period.fiscal_year = opened_year.fiscal_year
),

named as (
    select
        line.source_id,
        line.ledger_code,
        line.company_code,
        line.account_code,
        line.fiscal_year,
        line.period_no,
        asked.is_by_clearing,
        case when asked.has_partner and line.source_partner_code is not null then line.partner_kind end as partner_kind,
        case when asked.has_partner then line.source_partner_code end as partner_code,
        case when asked.has_org_unit then line.org_unit_code end as org_unit_code,
        case when asked.has_project then line.project_code end as project_code,
        case when not asked.is_by_clearing or line.clearing_id is null then {{ money('line.amount') }} else {{ money('0') }} end
            as amount
    from {{ ref('core_journal_lines') }} as line
    inner join asked_account as asked
        on line.source_id = asked.source_id
        and line.ledger_code = asked.ledger_code
        and line.company_code = asked.company_code
        and line.account_code = asked.account_code
    where line.is_posted
),

monthly as (
    select
        source_id,
        ledger_code,
        company_code,
        account_code,
        fiscal_year,
        period_no,
        is_by_clearing,
        partner_kind,
        partner_code,
        org_unit_code,
        project_code,
        sum(amount) as amount
    from named
    where partner_code is not null or org_unit_code is not null or project_code is not null
    group by
        source_id, ledger_code, company_code, account_code, fiscal_year, period_no, is_by_clearing, partner_kind, partner_code,
        org_unit_code, project_code
),

side as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        partner_kind,
        partner_code,
        org_unit_code,
        project_code,
        1 as reported_count,
        {{ money('closing_amount') }} as reported_amount,
        {{ money('0') }} as our_amount
    from balance
    where closing_amount is not null
    union all
    select
        asked.source_id,
        asked.ledger_code,
        asked.company_code,
        asked.fiscal_year,
        asked.period_no,
        line.account_code,
        line.partner_kind,
        line.partner_code,
        line.org_unit_code,
        line.project_code,
        0,
        {{ money('0') }},
        line.amount
    from asked_period as asked
    inner join monthly as line
        on asked.source_id = line.source_id
        and asked.ledger_code = line.ledger_code
        and asked.company_code = line.company_code
        and asked.fiscal_year * 100 + asked.period_no >= line.fiscal_year * 100 + line.period_no
    where line.is_by_clearing or line.fiscal_year >= asked.first_year
)

select
    source_id,
    ledger_code,
    company_code,
    fiscal_year,
    period_no,
    account_code,
    partner_kind,
    partner_code,
    org_unit_code,
    project_code,
    {{ money('sum(reported_amount)') }} as reported_amount,
    {{ money('sum(our_amount)') }} as our_amount
from side
group by
    source_id, ledger_code, company_code, fiscal_year, period_no, account_code, partner_kind, partner_code, org_unit_code,
    project_code
having sum(reported_count) > 0 or sum(our_amount) <> 0
