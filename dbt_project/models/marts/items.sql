select
    source_id,
    item_code,
    source_item_code,
    item_name,
    specification,
    category_code,
    category_name,
    item_kind,
    base_uom_code,
    is_active,
    is_mapped
from {{ ref('core_items') }}
