{% call conform('account_balances') %}
with
balance as (
    select
        source_id,
        fiscal_year,
        period_no,
        account_code,
        cast(null as varchar) as partner_kind,
        cast(null as varchar) as partner_code,
        cast(null as varchar) as org_unit_code,
        cast(null as varchar) as project_code,
        opening_amount,
        debit,
        credit,
        closing_amount,
        changed_seq
    from {{ ref('u8_reported_balances') }}
    where period_no > 0
    union all
    select
        source_id,
        fiscal_year,
        period_no,
        account_code,
        partner_kind,
        partner_code,
        org_unit_code,
        project_code,
        opening_amount,
        debit,
        credit,
        closing_amount,
        changed_seq
    from {{ ref('u8_auxiliary_balances') }}
),

account as (select * from {{ ref('u8_accounts') }}),

company as (select * from {{ ref('u8_company') }})

-- Accounts above others repeat the sums of those below them.
select
    balance.source_id,
    'GL' as ledger_code,
    company.company_code,
    balance.fiscal_year,
    balance.period_no,
    balance.account_code,
    balance.partner_kind,
    balance.partner_code,
    balance.org_unit_code,
    balance.project_code,
    balance.opening_amount,
    balance.debit,
    balance.credit,
    balance.closing_amount,
    greatest(balance.changed_seq, account.changed_seq) as changed_seq
from balance
inner join company on balance.source_id = company.source_id
left join account on balance.source_id = account.source_id and balance.account_code = account.account_code
where coalesce(account.is_leaf, true)
{% endcall %}
