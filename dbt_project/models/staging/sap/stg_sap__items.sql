{% call conform('items') %}
with
material as (select * from {{ landed('sap', 'MARA') }}),

client as (select * from {{ ref('sap_clients') }}),

label as (
    select
        *,
        row_number() over (
            partition by source_id, MANDT, MATNR
            order by case when SPRAS in ('1', 'ZH') then 1 when SPRAS in ('E', 'EN') then 2 else 3 end, SPRAS
        ) as choice
    from {{ landed('sap', 'MAKT') }}
),

category as (
    select
        *,
        row_number() over (
            partition by source_id, MANDT, MATKL
            order by case when SPRAS in ('1', 'ZH') then 1 when SPRAS in ('E', 'EN') then 2 else 3 end, SPRAS
        ) as choice
    from {{ landed('sap', 'T023T') }}
)

select
    material.source_id,
    regexp_replace(material.MATNR, '^0+', '') as item_code,
    coalesce(nullif(trim(label.MAKTX), ''), regexp_replace(material.MATNR, '^0+', '')) as item_name,
    material.GROES as specification,
    material.MATKL as category_code,
    category.WGBEZ as category_name,
    case material.MTART when 'DIEN' then 'service' when 'NLAG' then 'expense' else 'goods' end as item_kind,
    material.MEINS as base_uom_code,
    coalesce(material.LVORM, '') <> 'X' as is_active,
    concat_ws('-', substr(material.ERSDA, 1, 4), substr(material.ERSDA, 5, 2), substr(material.ERSDA, 7, 2)) as created_at,
    concat_ws('-', substr(material.LAEDA, 1, 4), substr(material.LAEDA, 5, 2), substr(material.LAEDA, 7, 2)) as updated_at,
    greatest(material._bb_seq, label._bb_seq, category._bb_seq) as changed_seq
from material
inner join client on material.source_id = client.source_id and material.MANDT = client.MANDT
left join label
    on material.source_id = label.source_id
    and material.MANDT = label.MANDT
    and material.MATNR = label.MATNR
    and label.choice = 1
left join category
    on material.source_id = category.source_id
    and material.MANDT = category.MANDT
    and material.MATKL = category.MATKL
    and category.choice = 1
{% endcall %}
