-- Rows of staging that lack a required column (missing, or not of its type): they stay out of core and stand here.
{% set entities = [] %}
{% for system, filled in var('packs').items() %}
    {% for entity in filled %}
        {% do entities.append([system, entity]) %}
    {% endfor %}
{% endfor %}
{% for system, entity in entities %}
select
    source_id,
    '{{ entity }}' as entity,
    {{ row_key(entity) }} as row_key,
    {{ missing_columns(entity) }} as missing_columns,
    changed_seq
from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
where not ({{ is_complete(entity) }})
{{ 'union all' if not loop.last }}
{% else %}
select
    cast(null as varchar) as source_id,
    cast(null as varchar) as entity,
    cast(null as varchar) as row_key,
    cast(null as varchar) as missing_columns,
    cast(null as bigint) as changed_seq
from (select 1 as nothing) as nothing
where 1 = 0
{% endfor %}
