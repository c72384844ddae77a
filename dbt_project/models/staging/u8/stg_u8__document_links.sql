{% call conform('document_links') %}
select
    source_id,
    'goods_receipts' as from_entity,
    receipt_line as from_line_id,
    'purchase_invoices' as to_entity,
    invoice_line as to_line_id,
    quantity,
    amount,
    changed_seq
from {{ ref('u8_settled_receipts') }}
{% endcall %}
