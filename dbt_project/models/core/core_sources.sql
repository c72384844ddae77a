select
    source_id,
    system,
    name_zh,
    name_en,
    is_master,
    position
from {{ ref('stg_house__sources') }}
