-- Shipped rows and the user's own; where both say something, the user's row wins.
with
layered as (
    {%- for relation, layer in [(ref('bridges'), 1), (source('house', 'rule_bridges'), 2)] %}
    select
        {%- for name in ['bridge_code', 'flow', 'from_caliber', 'via_caliber', 'to_caliber', 'account_roles', 'recognised_by', 'name_zh', 'name_en'] %}
        nullif(trim(cast({{ name }} as varchar)), '') as {{ name }},
        {%- endfor %}
        try_cast(nullif(trim(cast(sign as varchar)), '') as integer) as sign,
        {{ layer }} as layer
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        *,
        row_number() over (partition by bridge_code order by layer desc) as rank_of_layer
    from layered
)

select
    bridge_code,
    flow,
    from_caliber,
    via_caliber,
    to_caliber,
    account_roles,
    coalesce(sign, 1) as sign,
    recognised_by,
    name_zh,
    name_en
from ranked
where rank_of_layer = 1
