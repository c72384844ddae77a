select
    company_code,
    source_id,
    source_company_code,
    company_name,
    tax_id,
    base_currency_code,
    country_code,
    parent_company_code,
    fiscal_year_start_month,
    is_mapped
from {{ ref('core_companies') }}
