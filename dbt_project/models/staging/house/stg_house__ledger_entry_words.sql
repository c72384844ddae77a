-- Shipped rows and the user's own; where both say something, the user's row wins.
with
layered as (
    {%- for relation, layer in [(ref('ledger_entry_words'), 1), (source('house', 'rule_ledger_entry_words'), 2)] %}
    select
        {%- for name in ['pattern', 'finding_class', 'entry_reason', 'name_zh', 'name_en'] %}
        nullif(trim(cast({{ name }} as varchar)), '') as {{ name }},
        {%- endfor %}
        {{ layer }} as layer
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (partition by pattern order by layer desc) as rank_of_layer
    from layered
)

select
    pattern,
    finding_class,
    entry_reason,
    name_zh,
    name_en,
    layer
from ranked
where rank_of_layer = 1
