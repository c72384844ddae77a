{#- Rule tables in two layers: shipped rows and the user's own; where both say something, the user's row wins. -#}

{#- `columns` is name -> sql type word of a rule table; `key` names the columns by which a user's row replaces a shipped one. -#}
{% macro layered_rules(table, columns, key) -%}
with
layered as (
    {%- for relation, layer in [(ref(table), 1), (source('house', 'rule_' ~ table), 2)] %}
    select
        {%- for name, type in columns.items() %}
        {%- if type == 'varchar' %}
        nullif(trim(cast({{ name }} as varchar)), '') as {{ name }},
        {%- else %}
        try_cast(nullif(trim(cast({{ name }} as varchar)), '') as {{ type }}) as {{ name }},
        {%- endif %}
        {%- endfor %}
        {{ layer }} as layer
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        rank() over (partition by {{ key | join(', ') }} order by layer desc) as rank_of_layer
    from layered
)

select
    {%- for name in columns %}
    {{ name }},
    {%- endfor %}
    layer
from ranked
where rank_of_layer = 1
{%- endmacro %}
