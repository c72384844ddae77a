-- One name and currency per master company of a source: several of its companies may be mapped to one.
select
    source_id,
    company_code,
    min(company_name) as company_name,
    min(base_currency_code) as base_currency_code,
    max(changed_seq) as changed_seq
from {{ ref('core_companies') }}
group by source_id, company_code
