{% call conform('warehouses') %}
with
plant as (select * from {{ ref('sap_plants') }}),

location as (select * from {{ landed('sap', 'T001L') }})

-- Stock is valued by plant and lies in storage locations: both are warehouses, a location inside its plant.
select
    source_id,
    BUKRS as company_code,
    WERKS as warehouse_code,
    NAME1 as warehouse_name,
    false as is_consignment,
    changed_seq
from plant
union all
select
    location.source_id,
    plant.BUKRS,
    location.WERKS || '/' || location.LGORT,
    location.LGOBE,
    false,
    greatest(location._bb_seq, plant.changed_seq)
from location
left join plant
    on location.source_id = plant.source_id and location.MANDT = plant.MANDT and location.WERKS = plant.WERKS
{% endcall %}
