{% call conform('fiscal_periods') %}
select
    source_id,
    company_code,
    fiscal_year,
    period_no,
    start_date,
    end_date,
    false as is_adjustment,
    changed_seq
from {{ ref('u8_periods') }}
{% endcall %}
