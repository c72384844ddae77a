with
company as (select * from {{ united('companies') }}),

source as (select * from {{ ref('core_sources') }}),

configured as (select * from {{ source('house', 'settings_companies') }}),

mapping as (select * from {{ current_mappings('companies') }} as mapping)

select
    company.source_id,
    company.company_code as source_company_code,
    {{ master_code('coalesce(mapping.master_code, configured.master_code)', 'source', 'company.company_code') }} as company_code,
    company.company_name,
    company.tax_id,
    company.base_currency_code,
    company.country_code,
    company.parent_company_code,
    coalesce(company.fiscal_year_start_month, 1) as fiscal_year_start_month,
    source.is_master or coalesce(mapping.master_code, configured.master_code) is not null as is_mapped,
    company.changed_seq
from company
inner join source on company.source_id = source.source_id
left join configured
    on company.source_id = configured.source_id and company.company_code = configured.source_code
left join mapping on company.source_id = mapping.source_id and company.company_code = mapping.source_code
