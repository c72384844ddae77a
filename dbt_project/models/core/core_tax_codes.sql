select
    source_id,
    tax_code,
    tax_name,
    tax_rate,
    invoice_kind,
    coalesce(is_deductible, true) as is_deductible,
    valid_from,
    valid_to,
    changed_seq
from {{ united('tax_codes') }} as tax_code
