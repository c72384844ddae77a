-- Shipped rows and the user's own; where both say something, the user's row wins.
with
layered as (
    select
        nullif(trim(cast(caliber_code as varchar)), '') as caliber_code,
        nullif(trim(cast(flow as varchar)), '') as flow,
        nullif(trim(cast(side as varchar)), '') as side,
        nullif(trim(cast(population as varchar)), '') as population,
        nullif(trim(cast(event as varchar)), '') as event,
        nullif(trim(cast(amount_basis as varchar)), '') as amount_basis,
        nullif(trim(cast(tax_basis as varchar)), '') as tax_basis,
        nullif(trim(cast(rate_basis as varchar)), '') as rate_basis,
        nullif(trim(cast(currency_basis as varchar)), '') as currency_basis,
        nullif(trim(cast(scope as varchar)), '') as scope,
        try_cast(nullif(trim(cast(version as varchar)), '') as integer) as version,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        nullif(trim(cast(owner as varchar)), '') as owner,
        nullif(trim(cast(name_zh as varchar)), '') as name_zh,
        nullif(trim(cast(name_en as varchar)), '') as name_en,
        nullif(trim(cast(definition_zh as varchar)), '') as definition_zh,
        nullif(trim(cast(definition_en as varchar)), '') as definition_en,
        1 as layer
    from {{ ref('calibers') }}
    union all
    select
        nullif(trim(cast(caliber_code as varchar)), '') as caliber_code,
        nullif(trim(cast(flow as varchar)), '') as flow,
        nullif(trim(cast(side as varchar)), '') as side,
        nullif(trim(cast(population as varchar)), '') as population,
        nullif(trim(cast(event as varchar)), '') as event,
        nullif(trim(cast(amount_basis as varchar)), '') as amount_basis,
        nullif(trim(cast(tax_basis as varchar)), '') as tax_basis,
        nullif(trim(cast(rate_basis as varchar)), '') as rate_basis,
        nullif(trim(cast(currency_basis as varchar)), '') as currency_basis,
        nullif(trim(cast(scope as varchar)), '') as scope,
        try_cast(nullif(trim(cast(version as varchar)), '') as integer) as version,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        nullif(trim(cast(owner as varchar)), '') as owner,
        nullif(trim(cast(name_zh as varchar)), '') as name_zh,
        nullif(trim(cast(name_en as varchar)), '') as name_en,
        nullif(trim(cast(definition_zh as varchar)), '') as definition_zh,
        nullif(trim(cast(definition_en as varchar)), '') as definition_en,
        2 as layer
    from {{ source('house', 'rule_calibers') }}
),

ranked as (
    select
        *,
        row_number() over (partition by caliber_code, version order by layer desc) as rank_of_layer
    from layered
)

select
    caliber_code,
    flow,
    side,
    population,
    event,
    amount_basis,
    tax_basis,
    rate_basis,
    currency_basis,
    scope,
    version,
    valid_from,
    valid_to,
    owner,
    name_zh,
    name_en,
    definition_zh,
    definition_en
from ranked
where rank_of_layer = 1
