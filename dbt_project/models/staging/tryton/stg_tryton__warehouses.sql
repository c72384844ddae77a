{% call conform('warehouses') %}
with
location as (select * from {{ landed('tryton', 'stock_location') }})

select
    location.source_id,
    coalesce(location.code, '*' || cast(location.id as varchar)) as warehouse_code,
    location.name as warehouse_name,
    false as is_consignment,
    location.create_date as created_at,
    location.write_date as updated_at,
    location._bb_seq as changed_seq
from location
where location.type = 'warehouse'
{% endcall %}
