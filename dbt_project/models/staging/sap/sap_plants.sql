-- The company of a plant, by its valuation area.
with
plant as (select * from {{ landed('sap', 'T001W') }}),

area as (select * from {{ landed('sap', 'T001K') }})

select
    plant.source_id,
    plant.MANDT,
    plant.WERKS,
    plant.NAME1,
    area.BUKRS,
    greatest(plant._bb_seq, area._bb_seq) as changed_seq
from plant
inner join area
    on plant.source_id = area.source_id and plant.MANDT = area.MANDT and plant.BWKEY = area.BWKEY
