{% call conform('currencies') %}
select
    source_id,
    currency_code,
    max(minor_units) as minor_units,
    true as is_active,
    max(changed_seq) as changed_seq
from {{ ref('u8_currencies') }}
group by source_id, currency_code
{% endcall %}
