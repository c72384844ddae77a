select
    run_id,
    kind,
    source_id,
    started_at,
    finished_at,
    status,
    message_zh,
    message_en,
    rules_hash
from {{ ref('stg_house__sync_runs') }}
