-- Shipped rows and the user's own; where both say something, the user's row wins.
with
layered as (
    select
        nullif(trim(cast(chart_code as varchar)), '') as chart_code,
        nullif(trim(cast(account_code as varchar)), '') as account_code,
        nullif(trim(cast(role as varchar)), '') as role,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        nullif(trim(cast(reason as varchar)), '') as reason,
        1 as layer
    from {{ ref('account_roles') }}
    union all
    select
        nullif(trim(cast(chart_code as varchar)), '') as chart_code,
        nullif(trim(cast(account_code as varchar)), '') as account_code,
        nullif(trim(cast(role as varchar)), '') as role,
        try_cast(nullif(trim(cast(valid_from as varchar)), '') as date) as valid_from,
        try_cast(nullif(trim(cast(valid_to as varchar)), '') as date) as valid_to,
        nullif(trim(cast(reason as varchar)), '') as reason,
        2 as layer
    from {{ source('house', 'rule_account_roles') }}
),

ranked as (
    select
        *,
        row_number() over (partition by chart_code, account_code, valid_from order by layer desc) as rank_of_layer
    from layered
)

select
    chart_code,
    account_code,
    role,
    valid_from,
    valid_to,
    reason
from ranked
where rank_of_layer = 1
