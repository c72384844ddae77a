select
    cast(run_id as varchar) as run_id,
    cast(source_id as varchar) as source_id,
    cast(table_name as varchar) as table_name,
    cast(column_name as varchar) as column_name,
    cast(company_code as varchar) as company_code,
    cast(period as varchar) as period,
    cast(source_count as bigint) as source_count,
    cast(landed_count as bigint) as landed_count,
    cast(source_sum as decimal(38, 6)) as source_sum,
    cast(landed_sum as decimal(38, 6)) as landed_sum,
    cast(is_equal as boolean) as is_equal
from {{ source('house', 'sync_totals') }}
