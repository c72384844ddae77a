with
item as (select * from {{ united('items') }}),

source as (select * from {{ ref('core_sources') }}),

mapping as (select * from {{ current_mappings('items') }} as mapping)

select
    item.source_id,
    item.item_code as source_item_code,
    {{ master_code('mapping.master_code', 'source', 'item.item_code') }} as item_code,
    item.item_name,
    item.specification,
    item.category_code,
    item.category_name,
    item.item_kind,
    item.base_uom_code,
    item.tax_code,
    coalesce(item.is_active, true) as is_active,
    source.is_master or mapping.master_code is not null as is_mapped,
    item.changed_seq
from item
inner join source on item.source_id = source.source_id
left join mapping on item.source_id = mapping.source_id and item.item_code = mapping.source_code
