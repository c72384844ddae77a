select
    balance.source_id,
    balance.ledger_code,
    company.company_code,
    balance.fiscal_year,
    balance.period_no,
    balance.account_code,
    balance.partner_kind,
    balance.partner_code,
    balance.org_unit_code,
    balance.project_code,
    balance.partner_code is null and balance.org_unit_code is null and balance.project_code is null as is_whole_account,
    balance.opening_amount,
    balance.debit,
    balance.credit,
    balance.closing_amount
from {{ united('account_balances') }} as balance
inner join {{ ref('core_companies') }} as company
    on balance.source_id = company.source_id and balance.company_code = company.source_company_code
