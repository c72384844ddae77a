{% call conform('org_units') %}
with
department as (select * from {{ landed('u8', 'Department') }}),

company as (select * from {{ ref('u8_company') }}),

above as (
    select
        own.source_id,
        own.cDepCode,
        max(parent.cDepCode) as parent_code,
        max(parent._bb_seq) as _bb_seq
    from department as own
    inner join department as parent
        on own.source_id = parent.source_id
        and own.iDepGrade = parent.iDepGrade + 1
        and substr(own.cDepCode, 1, length(parent.cDepCode)) = parent.cDepCode
    group by own.source_id, own.cDepCode
)

select
    department.source_id,
    company.company_code,
    department.cDepCode as org_unit_code,
    department.cDepName as org_unit_name,
    above.parent_code as parent_org_unit_code,
    department.cDepPerson as manager_code,
    department.dDepEndDate is null as is_active,
    greatest(department._bb_seq, above._bb_seq) as changed_seq
from department
inner join company on department.source_id = company.source_id
left join above on department.source_id = above.source_id and department.cDepCode = above.cDepCode
{% endcall %}
