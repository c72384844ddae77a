select
    source_id,
    company_code,
    org_unit_code,
    org_unit_name,
    parent_org_unit_code
from {{ ref('core_org_units') }}
