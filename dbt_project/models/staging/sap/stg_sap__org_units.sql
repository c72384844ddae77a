{% call conform('org_units') %}
with
center as (
    select
        *,
        row_number() over (partition by source_id, MANDT, KOSTL order by DATBI desc, KOKRS) as newest
    from {{ landed('sap', 'CSKS') }}
),

client as (select * from {{ ref('sap_clients') }}),

label as (
    select
        *,
        row_number() over (
            partition by source_id, MANDT, KOKRS, KOSTL
            order by case when SPRAS in ('1', 'ZH') then 1 when SPRAS in ('E', 'EN') then 2 else 3 end, SPRAS, DATBI desc
        ) as choice
    from {{ landed('sap', 'CSKT') }}
)

select
    center.source_id,
    center.BUKRS as company_code,
    regexp_replace(center.KOSTL, '^0+', '') as org_unit_code,
    coalesce(nullif(trim(label.LTEXT), ''), label.KTEXT) as org_unit_name,
    center.VERAK as manager_code,
    true as is_active,
    greatest(center._bb_seq, label._bb_seq) as changed_seq
from center
inner join client on center.source_id = client.source_id and center.MANDT = client.MANDT
left join label
    on center.source_id = label.source_id
    and center.MANDT = label.MANDT
    and center.KOKRS = label.KOKRS
    and center.KOSTL = label.KOSTL
    and label.choice = 1
where center.newest = 1
{% endcall %}
