-- Shipped words and the user's own: where both know a word of a system, the user's rows for it count alone.
with
layered as (
    select
        upper(nullif(trim(cast(origin_system as varchar)), '')) as origin_system,
        upper(nullif(trim(cast(origin_word as varchar)), '')) as origin_word,
        nullif(trim(cast(system as varchar)), '') as system,
        nullif(trim(cast(entity as varchar)), '') as entity,
        1 as layer
    from {{ ref('origin_words') }}
    union all
    select
        upper(nullif(trim(cast(origin_system as varchar)), '')) as origin_system,
        upper(nullif(trim(cast(origin_word as varchar)), '')) as origin_word,
        nullif(trim(cast(system as varchar)), '') as system,
        nullif(trim(cast(entity as varchar)), '') as entity,
        2 as layer
    from {{ source('house', 'rule_origin_words') }}
),

ranked as (
    select
        *,
        max(layer) over (partition by origin_system, origin_word) as best_layer
    from layered
)

select distinct
    origin_system,
    origin_word,
    system,
    entity
from ranked
where layer = best_layer
