select
    run_id,
    source_id,
    table_name,
    column_name,
    company_code,
    period,
    source_count,
    landed_count,
    source_sum,
    landed_sum,
    is_equal
from {{ ref('stg_house__sync_totals') }}
