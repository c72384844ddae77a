-- Shipped values, the user's own, and what people approved; where several say something, the last of them wins.
with
layered as (
    {%- for relation, layer in [(ref('value_map'), 1), (source('house', 'rule_value_map'), 2)] %}
    select
        nullif(trim(cast(value_kind as varchar)), '') as value_kind,
        nullif(trim(cast(source_id as varchar)), '') as source_id,
        nullif(trim(cast(source_value as varchar)), '') as source_value,
        nullif(trim(cast(canonical_value as varchar)), '') as canonical_value,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        {{ layer }} as layer
    from {{ relation }}
    union all
    {%- endfor %}
    select
        entity,
        source_id,
        source_code,
        master_code,
        valid_from,
        valid_to,
        3 as layer
    from {{ source('house', 'books_master_map') }}
    where entity in ('tax_codes', 'units', 'currencies')
),

ranked as (
    select
        *,
        row_number() over (partition by value_kind, source_id, source_value, valid_from order by layer desc) as rank_of_layer
    from layered
)

select
    value_kind,
    source_id,
    source_value,
    canonical_value,
    valid_from,
    valid_to
from ranked
where rank_of_layer = 1
