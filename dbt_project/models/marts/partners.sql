select
    source_id,
    partner_kind,
    partner_code,
    source_partner_code,
    partner_name,
    tax_id,
    is_internal,
    partner_group_code,
    country_code,
    payment_terms_days,
    is_active,
    is_mapped
from {{ ref('core_partners') }}
