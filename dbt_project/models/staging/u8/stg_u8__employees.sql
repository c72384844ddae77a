{% call conform('employees') %}
select
    source_id,
    cPersonCode as employee_code,
    cPersonName as employee_name,
    cDepCode as org_unit_code,
    dPInValidDate is null as is_active,
    _bb_seq as changed_seq
from {{ landed('u8', 'Person') }}
{% endcall %}
