select
    sales.source_id,
    sales.id,
    sales.day,
    customers.name as customer_name,
    cast(sales.amount as decimal(18, 4)) as amount,
    sales._bb_seq as changed_seq
from {{ landed('shop', 'sales') }} as sales
left join {{ landed('shop', 'customers') }} as customers
    on sales.source_id = customers.source_id and sales.customer = customers.id
