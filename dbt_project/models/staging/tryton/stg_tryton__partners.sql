{% call conform('partners') %}
with
party as (select * from {{ landed('tryton', 'party_party') }}),

company as (select * from {{ landed('tryton', 'company_company') }}),

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

-- Tryton's party is supplier and customer alike: it becomes one partner for each part that it plays.
kinds as (
    select 'supplier' as partner_kind
    union all
    select 'customer' as partner_kind
    union all
    select 'other' as partner_kind
)

select
    party.source_id,
    kinds.partner_kind,
    coalesce(party.code, '*' || cast(party.id as varchar)) as partner_code,
    coalesce(party.name, party.code, '*' || cast(party.id as varchar)) as partner_name,
    tax_id.tax_id,
    company.id is not null as is_internal,
    company.id as internal_company_code,
    coalesce(party.active, true) as is_active,
    party.create_date as created_at,
    party.write_date as updated_at,
    greatest(party._bb_seq, company._bb_seq, tax_id._bb_seq) as changed_seq
from party
cross join kinds
left join company on party.source_id = company.source_id and party.id = company.party
left join tax_id on party.source_id = tax_id.source_id and party.id = tax_id.party
{% endcall %}
