{% call conform('warehouses') %}
with
warehouse as (select * from {{ landed('u8', 'Warehouse') }}),

company as (select * from {{ ref('u8_company') }})

select
    warehouse.source_id,
    company.company_code,
    warehouse.cWhCode as warehouse_code,
    warehouse.cWhName as warehouse_name,
    coalesce(warehouse.bProxyWh, false) as is_consignment,
    warehouse.dWhEndDate is null as is_active,
    warehouse._bb_seq as changed_seq
from warehouse
inner join company on warehouse.source_id = company.source_id
{% endcall %}
