{% call conform('companies') %}
select
    source_id,
    BUKRS as company_code,
    BUTXT as company_name,
    STCEG as tax_id,
    WAERS as base_currency_code,
    LAND1 as country_code,
    1 as fiscal_year_start_month,
    true as is_active,
    changed_seq
from {{ ref('sap_companies') }}
{% endcall %}
