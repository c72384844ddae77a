select
    cast(source_id as varchar) as source_id,
    cast(table_name as varchar) as table_name,
    cast(key as varchar) as key,
    cast(reason as varchar) as reason,
    cast(reason_zh as varchar) as reason_zh,
    cast(reason_en as varchar) as reason_en,
    cast(raw_record as varchar) as raw_record,
    cast(first_seen_at as timestamp) as first_seen_at,
    cast(state as varchar) as state,
    cast(run_id as varchar) as run_id
from {{ source('house', 'quarantined_rows') }}
