{% call conform('projects') %}
with
project as (
    select source_id, citemcode, citemname, bclose, _bb_seq from {{ landed('u8', 'fitemss00') }}
    union all
    select source_id, citemcode, citemname, bclose, _bb_seq from {{ landed('u8', 'fitemss97') }}
)

-- A code in both classes is one project.
select
    source_id,
    citemcode as project_code,
    max(citemname) as project_name,
    case when max(case when bclose then 1 else 0 end) = 1 then 'closed' else 'approved' end as status,
    max(case when bclose then 1 else 0 end) = 0 as is_active,
    max(_bb_seq) as changed_seq
from project
group by source_id, citemcode
{% endcall %}
