select
    currency_code,
    minor_units
from {{ ref('core_currencies') }}
