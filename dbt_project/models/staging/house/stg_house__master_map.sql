-- Shipped rows, the user's own, and what people approved; where several say something, the last of them wins.
with
layered as (
    select
        nullif(trim(cast(entity as varchar)), '') as entity,
        nullif(trim(cast(source_id as varchar)), '') as source_id,
        nullif(trim(cast(partner_kind as varchar)), '') as partner_kind,
        nullif(trim(cast(source_code as varchar)), '') as source_code,
        nullif(trim(cast(master_code as varchar)), '') as master_code,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        nullif(trim(cast(approved_by as varchar)), '') as approved_by,
        1 as layer
    from {{ ref('master_map') }}
    union all
    select
        nullif(trim(cast(entity as varchar)), '') as entity,
        nullif(trim(cast(source_id as varchar)), '') as source_id,
        nullif(trim(cast(partner_kind as varchar)), '') as partner_kind,
        nullif(trim(cast(source_code as varchar)), '') as source_code,
        nullif(trim(cast(master_code as varchar)), '') as master_code,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        nullif(trim(cast(approved_by as varchar)), '') as approved_by,
        2 as layer
    from {{ source('house', 'rule_master_map') }}
    union all
    select
        entity,
        source_id,
        partner_kind,
        source_code,
        master_code,
        valid_from,
        valid_to,
        approved_by,
        3 as layer
    from {{ source('house', 'books_master_map') }}
),

ranked as (
    select
        *,
        row_number() over (partition by entity, source_id, partner_kind, source_code, valid_from order by layer desc) as rank_of_layer
    from layered
)

select
    entity,
    source_id,
    partner_kind,
    source_code,
    master_code,
    valid_from,
    valid_to,
    approved_by
from ranked
where rank_of_layer = 1
