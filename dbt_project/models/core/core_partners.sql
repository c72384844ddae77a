with
partner as (select * from {{ united('partners') }}),

source as (select * from {{ ref('core_sources') }}),

mapping as (select * from {{ current_mappings('partners') }} as mapping)

select
    partner.source_id,
    partner.partner_kind,
    partner.partner_code as source_partner_code,
    {{ master_code('mapping.master_code', 'source', 'partner.partner_code') }} as partner_code,
    partner.partner_name,
    partner.tax_id,
    coalesce(partner.is_internal, false) as is_internal,
    partner.internal_company_code,
    partner.partner_group_code,
    partner.country_code,
    partner.credit_limit,
    partner.payment_terms_code,
    partner.payment_terms_days,
    coalesce(partner.is_active, true) as is_active,
    source.is_master or mapping.master_code is not null as is_mapped,
    partner.changed_seq
from partner
inner join source on partner.source_id = source.source_id
left join mapping
    on partner.source_id = mapping.source_id
    and partner.partner_code = mapping.source_code
    and partner.partner_kind = mapping.partner_kind
