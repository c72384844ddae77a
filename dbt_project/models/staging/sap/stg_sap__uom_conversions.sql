{% call conform('uom_conversions') %}
with
conversion as (select * from {{ landed('sap', 'MARM') }}),

material as (select * from {{ landed('sap', 'MARA') }})

select
    conversion.source_id,
    regexp_replace(conversion.MATNR, '^0+', '') as item_code,
    conversion.MEINH as from_uom_code,
    material.MEINS as to_uom_code,
    conversion.UMREZ as numerator,
    conversion.UMREN as denominator,
    greatest(conversion._bb_seq, material._bb_seq) as changed_seq
from conversion
inner join material
    on conversion.source_id = material.source_id and conversion.MANDT = material.MANDT and conversion.MATNR = material.MATNR
where conversion.MEINH <> material.MEINS
{% endcall %}
