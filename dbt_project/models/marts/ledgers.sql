select
    ledger_code,
    company_code,
    source_id,
    ledger_name,
    lives_in,
    ledger_kind,
    accounting_standard,
    chart_code,
    currency_code,
    is_primary
from {{ ref('core_ledgers') }}
