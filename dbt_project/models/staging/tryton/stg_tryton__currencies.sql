{% call conform('currencies') %}
with
currency as (select * from {{ landed('tryton', 'currency_currency') }})

select
    currency.source_id,
    currency.code as currency_code,
    currency.digits as minor_units,
    coalesce(currency.active, true) as is_active,
    currency._bb_seq as changed_seq
from currency
{% endcall %}
