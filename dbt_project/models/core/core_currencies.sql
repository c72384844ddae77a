select
    currency_code,
    max(minor_units) as minor_units
from {{ united('currencies') }} as currency
group by currency_code
