{% call conform('ledgers') %}
-- SAP's own book feeds the finance system where a company has one; alone it is the book.
select
    source_id,
    'FI' as ledger_code,
    BUKRS as company_code,
    'SAP FI' as ledger_name,
    source_id as lives_in,
    'source' as ledger_kind,
    KTOPL as chart_code,
    WAERS as currency_code,
    false as is_primary,
    true as is_active,
    changed_seq
from {{ ref('sap_companies') }}
{% endcall %}
