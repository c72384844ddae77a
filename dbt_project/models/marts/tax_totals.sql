with
entry as (
    select *
    from {{ ref('core_tax_entries') }}
    where status = 'posted'
),

company as (select * from {{ ref('core_company_names') }}),

tax_name as (
    select
        source_id,
        tax_code,
        min(tax_name) as tax_name
    from {{ ref('core_tax_codes') }}
    group by source_id, tax_code
)

select
    entry.source_id,
    entry.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    entry.fiscal_year,
    entry.period_no,
    entry.tax_code,
    tax_name.tax_name,
    coalesce(entry.tax_direction, 'none') as direction,
    entry.document_kind,
    sum(case when entry.amount_kind = 'base' then {{ money('entry.amount') }} else {{ money('0') }} end) as base_amount,
    sum(case when entry.amount_kind = 'tax' then {{ money('entry.amount') }} else {{ money('0') }} end) as tax_amount
from entry
left join company on entry.source_id = company.source_id and entry.company_code = company.company_code
left join tax_name on entry.source_id = tax_name.source_id and entry.tax_code = tax_name.tax_code
group by
    entry.source_id, entry.company_code, company.company_name, company.base_currency_code, entry.fiscal_year, entry.period_no,
    entry.tax_code, tax_name.tax_name, coalesce(entry.tax_direction, 'none'), entry.document_kind
