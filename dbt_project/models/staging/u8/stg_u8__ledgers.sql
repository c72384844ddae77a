{% call conform('ledgers') %}
select
    source_id,
    'GL' as ledger_code,
    company_code,
    '总账' as ledger_name,
    source_id as lives_in,
    'statutory' as ledger_kind,
    'CAS' as accounting_standard,
    'U8-' || company_code as chart_code,
    currency_code,
    true as is_primary,
    true as is_active,
    changed_seq
from {{ ref('u8_company') }}
{% endcall %}
