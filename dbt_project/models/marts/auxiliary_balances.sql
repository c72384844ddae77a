with
{{ ledger_balances(
    ['partner_kind', 'partner_code', 'org_unit_code', 'project_code', 'item_code'],
    '(partner_code is not null or org_unit_code is not null or project_code is not null or item_code is not null)'
) }},

company as (select * from {{ ref('core_company_names') }}),

ledger as (select * from {{ ref('core_ledgers') }}),

account as (select * from {{ ref('core_accounts') }}),

-- One name per master code.
partner as (
    select
        partner_kind,
        partner_code,
        min(partner_name) as partner_name
    from {{ ref('core_partners') }}
    group by partner_kind, partner_code
),

item as (
    select
        item_code,
        min(item_name) as item_name
    from {{ ref('core_items') }}
    group by item_code
),

org_unit as (select * from {{ ref('core_org_units') }})

select
    balance.source_id,
    balance.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    balance.ledger_code,
    coalesce(ledger.is_primary, false) as is_primary_ledger,
    'posted' as posting_scope,
    balance.fiscal_year,
    balance.period_no,
    balance.period_start,
    balance.period_end,
    balance.account_code,
    account.account_name,
    account.account_type,
    account.account_role,
    account.normal_side,
    balance.partner_kind,
    balance.partner_code,
    partner.partner_name,
    balance.org_unit_code,
    org_unit.org_unit_name,
    balance.project_code,
    balance.item_code,
    item.item_name,
    balance.year_opening_amount,
    balance.opening_amount,
    balance.debit,
    balance.credit,
    balance.year_debit,
    balance.year_credit,
    balance.closing_amount,
    balance.balance_side
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
left join partner
    on balance.partner_kind = partner.partner_kind and balance.partner_code = partner.partner_code
left join item on balance.item_code = item.item_code
left join org_unit on balance.source_id = org_unit.source_id and balance.org_unit_code = org_unit.org_unit_code
