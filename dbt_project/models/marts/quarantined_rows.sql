select
    source_id,
    table_name,
    key,
    reason,
    reason_zh,
    reason_en,
    raw_record,
    first_seen_at,
    state,
    run_id
from {{ ref('stg_house__quarantined_rows') }}
