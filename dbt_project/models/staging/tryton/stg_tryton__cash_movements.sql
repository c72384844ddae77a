{% call conform('cash_movements') %}
select
    source_id,
    move as document_id,
    id as line_id,
    coalesce(number, '*' || cast(move as varchar)) as document_no,
    id as line_no,
    company as company_code,
    case when payable then 'supplier' else 'customer' end as partner_kind,
    partner_code,
    description,
    date as document_date,
    date as posting_date,
    case state when 'posted' then 'closed' else 'draft' end as status,
    currency_code,
    case when base_amount >= 0 then 'out' else 'in' end as direction,
    -- Money to a customer or from a supplier is a refund.
    payable <> (base_amount >= 0) as is_refund,
    'transfer' as method,
    date as value_date,
    abs(amount) as amount,
    abs(base_amount) as base_amount,
    create_date as created_at,
    write_date as updated_at,
    changed_seq
from {{ ref('tryton_payments') }}
{% endcall %}
