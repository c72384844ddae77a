{% call conform('item_valuations') %}
with
cost as (select * from {{ landed('tryton', 'product_cost_price') }}),

product as (select * from {{ landed('tryton', 'product_product') }})

select
    cost.source_id,
    cost.company as company_code,
    coalesce(product.code, '*' || cast(cost.product as varchar)) as item_code,
    cast(coalesce(cost.write_date, cost.create_date) as date) as valid_from,
    cost.cost_price as standard_cost,
    greatest(cost._bb_seq, product._bb_seq) as changed_seq
from cost
left join product on cost.source_id = product.source_id and cost.product = product.id
where cost.cost_price is not null and cost.company is not null
{% endcall %}
