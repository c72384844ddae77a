{% call conform('items') %}
with
item as (select * from {{ landed('u8', 'Inventory') }}),

category as (select * from {{ landed('u8', 'InventoryClass') }}),

unit as (select * from {{ landed('u8', 'ComputationUnit') }})

select
    item.source_id,
    item.cInvCode as item_code,
    item.cInvName as item_name,
    item.cInvStd as specification,
    item.cInvCCode as category_code,
    category.cInvCName as category_name,
    case when item.bService then 'service' else 'goods' end as item_kind,
    coalesce(unit.cComUnitName, item.cComUnitCode) as base_uom_code,
    item.dEDate is null as is_active,
    item.dSDate as created_at,
    item.dModifyDate as updated_at,
    greatest(item._bb_seq, category._bb_seq, unit._bb_seq) as changed_seq
from item
left join category on item.source_id = category.source_id and item.cInvCCode = category.cInvCCode
left join unit on item.source_id = unit.source_id and item.cComUnitCode = unit.cComunitCode
{% endcall %}
