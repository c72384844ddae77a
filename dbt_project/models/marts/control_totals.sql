-- What the sources report about themselves beside what we make of their rows: account balances, balances or open items of
-- partners, departments and projects, stock. A row that only one side has is a difference like any other.
with
company as (select * from {{ ref('core_company_names') }}),

balance as (select * from {{ ref('core_account_balances') }}),

-- Accounts: the trial balance, in the periods for which a source reports balances.
reported_period as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from balance
    where is_whole_account
    group by source_id, ledger_code, company_code, fiscal_year, period_no
),

our_period as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from {{ ref('trial_balance') }}
    group by source_id, ledger_code, company_code, fiscal_year, period_no
),

-- Some sources carry balances into periods that have not come yet; those say nothing new unless something was posted there.
account_side as (
    select
        balance.source_id,
        balance.ledger_code,
        balance.company_code,
        balance.fiscal_year,
        balance.period_no,
        balance.account_code,
        {{ money('balance.closing_amount') }} as reported_amount,
        {{ money('0') }} as our_amount
    from balance
    left join our_period
        on balance.source_id = our_period.source_id
        and balance.ledger_code = our_period.ledger_code
        and balance.company_code = our_period.company_code
        and balance.fiscal_year = our_period.fiscal_year
        and balance.period_no = our_period.period_no
    where
        balance.is_whole_account
        and balance.closing_amount is not null
        and (our_period.source_id is not null or balance.debit <> 0 or balance.credit <> 0)
    union all
    select
        ours.source_id,
        ours.ledger_code,
        ours.company_code,
        ours.fiscal_year,
        ours.period_no,
        ours.account_code,
        {{ money('0') }},
        {{ money('ours.closing_amount') }}
    from {{ ref('trial_balance') }} as ours
    inner join reported_period
        on ours.source_id = reported_period.source_id
        and ours.ledger_code = reported_period.ledger_code
        and ours.company_code = reported_period.company_code
        and ours.fiscal_year = reported_period.fiscal_year
        and ours.period_no = reported_period.period_no
    where ours.posting_scope = 'posted'
),

account_total as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        sum(reported_amount) as reported_amount,
        sum(our_amount) as our_amount
    from account_side
    group by source_id, ledger_code, company_code, fiscal_year, period_no, account_code
),

control as (
    select
        'account' as control_kind,
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        cast(null as varchar) as partner_kind,
        cast(null as varchar) as partner_code,
        cast(null as varchar) as org_unit_code,
        cast(null as varchar) as project_code,
        cast(null as varchar) as source_item_code,
        reported_amount,
        our_amount,
        cast(null as decimal(38, 6)) as reported_quantity,
        cast(null as decimal(38, 6)) as our_quantity
    from account_total
    union all
    select
        case when partner_code is null then 'auxiliary' else 'partner' end,
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
        null,
        reported_amount,
        our_amount,
        null,
        null
    from {{ ref('core_auxiliary_controls') }}
    union all
    select
        'stock',
        source_id,
        null,
        company_code,
        fiscal_year,
        period_no,
        null,
        null,
        null,
        null,
        null,
        source_item_code,
        reported_amount,
        our_amount,
        reported_quantity,
        our_quantity
    from {{ ref('core_stock_controls') }}
)

select
    control.control_kind,
    control.source_id,
    control.ledger_code,
    control.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    control.fiscal_year,
    control.period_no,
    control.account_code,
    account.account_name,
    control.partner_kind,
    control.partner_code,
    partner.partner_name,
    control.org_unit_code,
    org_unit.org_unit_name,
    control.project_code,
    control.source_item_code as item_code,
    item.item_name,
    {{ money('control.reported_amount') }} as reported_amount,
    {{ money('control.our_amount') }} as our_amount,
    {{ money('control.our_amount - control.reported_amount') }} as difference_amount,
    cast(control.reported_quantity as decimal(38, 6)) as reported_quantity,
    cast(control.our_quantity as decimal(38, 6)) as our_quantity,
    cast(control.our_quantity - control.reported_quantity as decimal(38, 6)) as difference_quantity,
    coalesce(control.our_amount - control.reported_amount, 0) = 0
    and coalesce(control.our_quantity - control.reported_quantity, 0) = 0 as is_equal
from control
left join company on control.source_id = company.source_id and control.company_code = company.company_code
left join {{ ref('core_ledgers') }} as ledger
    on control.source_id = ledger.source_id
    and control.ledger_code = ledger.ledger_code
    and control.company_code = ledger.company_code
left join {{ ref('core_accounts') }} as account
    on control.source_id = account.source_id
    and ledger.chart_code = account.chart_code
    and control.account_code = account.account_code
left join {{ ref('core_partners') }} as partner
    on control.source_id = partner.source_id
    and control.partner_kind = partner.partner_kind
    and control.partner_code = partner.source_partner_code
left join {{ ref('core_org_units') }} as org_unit
    on control.source_id = org_unit.source_id and control.org_unit_code = org_unit.org_unit_code
left join {{ ref('core_items') }} as item
    on control.source_id = item.source_id and control.source_item_code = item.source_item_code
