{% call conform('tax_codes') %}
with
tax as (select * from {{ landed('tryton', 'account_tax') }})

select
    tax.source_id,
    tax.id as tax_code,
    coalesce(tax.description, tax.name) as tax_name,
    coalesce(tax.rate, 0) as tax_rate,
    true as is_deductible,
    coalesce(tax.start_date, date '1900-01-01') as valid_from,
    tax.end_date as valid_to,
    coalesce(tax.active, true) as is_active,
    tax.create_date as created_at,
    tax.write_date as updated_at,
    tax._bb_seq as changed_seq
from tax
{% endcall %}
