{% call conform('companies') %}
with
company as (select * from {{ landed('tryton', 'company_company') }}),

party as (select * from {{ landed('tryton', 'party_party') }}),

tax_id as (
    select
        source_id,
        party,
        min(code) as tax_id,
        max(_bb_seq) as _bb_seq
    from {{ landed('tryton', 'party_identifier') }}
    where type like '%vat%' or type like 'cn_%'
    group by source_id, party
),

currency as (select * from {{ landed('tryton', 'currency_currency') }})

select
    company.source_id,
    company.id as company_code,
    coalesce(party.name, '*' || cast(company.id as varchar)) as company_name,
    tax_id.tax_id,
    coalesce(currency.code, '*' || cast(company.currency as varchar)) as base_currency_code,
    1 as fiscal_year_start_month,
    true as is_active,
    company.create_date as created_at,
    company.write_date as updated_at,
    greatest(company._bb_seq, party._bb_seq, currency._bb_seq, tax_id._bb_seq) as changed_seq
from company
left join party on company.source_id = party.source_id and company.party = party.id
left join currency on company.source_id = currency.source_id and company.currency = currency.id
left join tax_id on company.source_id = tax_id.source_id and company.party = tax_id.party
{% endcall %}
