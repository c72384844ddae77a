{% call conform('fiscal_periods') %}
select
    source_id,
    company as company_code,
    fiscal_year,
    period_no,
    start_date,
    end_date,
    is_adjustment,
    changed_seq
from {{ ref('tryton_periods') }}
{% endcall %}
