select
    cast(run_id as varchar) as run_id,
    cast(kind as varchar) as kind,
    cast(source_id as varchar) as source_id,
    cast(started_at as timestamp) as started_at,
    cast(finished_at as timestamp) as finished_at,
    cast(status as varchar) as status,
    cast(message_zh as varchar) as message_zh,
    cast(message_en as varchar) as message_en,
    cast(rules_hash as varchar) as rules_hash
from {{ source('house', 'sync_runs') }}
