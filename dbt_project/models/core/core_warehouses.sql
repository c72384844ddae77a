select
    source_id,
    company_code as source_company_code,
    warehouse_code,
    warehouse_name,
    coalesce(is_consignment, false) as is_consignment,
    changed_seq
from {{ united('warehouses') }} as warehouse
