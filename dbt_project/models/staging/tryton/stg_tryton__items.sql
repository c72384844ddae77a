{% call conform('items') %}
with
product as (select * from {{ landed('tryton', 'product_product') }}),

template as (select * from {{ landed('tryton', 'product_template') }}),

category as (select * from {{ landed('tryton', 'product_category') }}),

uom as (select * from {{ landed('tryton', 'product_uom') }})

select
    product.source_id,
    coalesce(product.code, '*' || cast(product.id as varchar)) as item_code,
    coalesce(template.name, product.code, '*' || cast(product.id as varchar)) as item_name,
    coalesce(category.code, cast(category.id as varchar)) as category_code,
    category.name as category_name,
    case template.type when 'service' then 'service' when 'assets' then 'asset' else 'goods' end as item_kind,
    coalesce(uom.symbol, cast(template.default_uom as varchar)) as base_uom_code,
    coalesce(product.active, true) and coalesce(template.active, true) as is_active,
    product.create_date as created_at,
    coalesce(product.write_date, template.write_date) as updated_at,
    greatest(product._bb_seq, template._bb_seq, category._bb_seq, uom._bb_seq) as changed_seq
from product
left join template on product.source_id = template.source_id and product.template = template.id
left join category on template.source_id = category.source_id and template.account_category = category.id
left join uom on template.source_id = uom.source_id and template.default_uom = uom.id
{% endcall %}
