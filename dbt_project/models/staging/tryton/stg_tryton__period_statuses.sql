{% call conform('period_statuses') %}
select
    source_id,
    company as company_code,
    'GL' as ledger_code,
    'gl' as module,
    fiscal_year,
    period_no,
    case state when 'open' then 'open' else 'closed' end as status,
    changed_at,
    changed_seq
from {{ ref('tryton_periods') }}
{% endcall %}
