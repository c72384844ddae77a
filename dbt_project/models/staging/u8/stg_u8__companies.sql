{% call conform('companies') %}
select
    source_id,
    company_code,
    company_name,
    tax_id,
    currency_code as base_currency_code,
    'CN' as country_code,
    1 as fiscal_year_start_month,
    true as is_active,
    changed_seq
from {{ ref('u8_company') }}
{% endcall %}
