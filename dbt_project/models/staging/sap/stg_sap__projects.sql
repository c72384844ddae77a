{% call conform('projects') %}
with
element as (select * from {{ landed('sap', 'PRPS') }}),

client as (select * from {{ ref('sap_clients') }})

select
    element.source_id,
    element.POSID as project_code,
    element.POST1 as project_name,
    coalesce(element.LOEVM, '') <> 'X' as is_active,
    element._bb_seq as changed_seq
from element
inner join client on element.source_id = client.source_id and element.MANDT = client.MANDT
{% endcall %}
