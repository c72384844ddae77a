-- Shipped rows and the user's own; where both say something, the user's row wins.
with
layered as (
    select
        nullif(trim(cast(company_code as varchar)), '') as company_code,
        nullif(trim(cast(source_id as varchar)), '') as source_id,
        nullif(trim(cast(ledger_code as varchar)), '') as ledger_code,
        nullif(trim(cast(reason as varchar)), '') as reason,
        1 as layer
    from {{ ref('primary_ledgers') }}
    union all
    select
        nullif(trim(cast(company_code as varchar)), '') as company_code,
        nullif(trim(cast(source_id as varchar)), '') as source_id,
        nullif(trim(cast(ledger_code as varchar)), '') as ledger_code,
        nullif(trim(cast(reason as varchar)), '') as reason,
        2 as layer
    from {{ source('house', 'rule_primary_ledgers') }}
),

ranked as (
    select
        *,
        row_number() over (partition by company_code order by layer desc) as rank_of_layer
    from layered
)

select
    company_code,
    source_id,
    ledger_code,
    reason
from ranked
where rank_of_layer = 1
