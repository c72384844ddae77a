with
org_unit as (select * from {{ united('org_units') }}),

company as (select * from {{ ref('core_companies') }})

select
    org_unit.source_id,
    company.company_code,
    org_unit.org_unit_code,
    org_unit.org_unit_name,
    org_unit.parent_org_unit_code,
    org_unit.manager_code,
    org_unit.changed_seq
from org_unit
left join company
    on org_unit.source_id = company.source_id and org_unit.company_code = company.source_company_code
