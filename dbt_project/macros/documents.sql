{#- How each document entity stands in core.document_lines: what is its kind, which columns link it. -#}
{% macro document_entities() -%}
    {{ return({
        'purchase_requests': {},
        'purchase_orders': {'order': 'line_id', 'promised_date': 'promised_date'},
        'goods_receipts': {'order': 'purchase_order_line_id', 'kind': 'receipt_kind', 'cost': true, 'accepted': true},
        'purchase_invoices': {'order': 'purchase_order_line_id', 'stock': 'goods_receipt_line_id', 'invoice': true, 'input': true},
        'sales_orders': {'order': 'line_id', 'promised_date': 'promised_date'},
        'shipments': {'order': 'sales_order_line_id', 'kind': 'shipment_kind', 'cost': true},
        'acceptances': {'stock': 'shipment_line_id', 'quantity': 'accepted_quantity', 'date': 'accepted_on'},
        'consignment_settlements': {'stock': 'coalesce(shipment_line_id, goods_receipt_line_id)'},
        'sales_invoices': {'order': 'sales_order_line_id', 'stock': 'shipment_line_id', 'invoice': true},
        'other_payables': {},
        'other_receivables': {},
        'expense_claims': {},
        'payment_requests': {'net': 'requested_amount'},
        'stock_movements': {'kind': 'movement_kind', 'direction': true, 'cost': true},
    }) }}
{%- endmacro %}

{#- Columns that every document entity has, in the order of core.document_lines. -#}
{% macro document_columns() -%}
    {{ return([
        'document_id', 'line_id', 'document_no', 'line_no', 'company_code', 'org_unit_code', 'employee_code', 'project_code',
        'warehouse_code', 'partner_kind', 'partner_code', 'item_code', 'description', 'line_kind', 'cost_account_code',
        'document_date', 'posting_date', 'fiscal_year', 'period_no', 'due_date', 'status', 'is_opening', 'is_return',
        'red_reason', 'original_line_id', 'is_free', 'quantity', 'uom_code', 'base_quantity', 'cancelled_quantity',
        'is_delivery_complete', 'is_finally_invoiced', 'currency_code', 'exchange_rate', 'unit_price', 'gross_unit_price',
        'list_amount', 'discount_amount', 'net_amount', 'tax_code', 'tax_rate', 'tax_amount', 'gross_amount',
        'base_net_amount', 'base_tax_amount', 'base_gross_amount', 'contract_no', 'budget_account_code', 'created_by',
        'created_at', 'approved_by', 'approved_at', 'updated_at',
    ]) }}
{%- endmacro %}

{#- All document entities in one shape. -#}
{% macro all_documents() -%}
(
    {%- for entity, shape in document_entities().items() %}
    select
        source_id,
        '{{ entity }}' as entity,
        {%- for column in document_columns() %}
        {%- if column == 'quantity' and shape.get('quantity') %}
        coalesce({{ shape['quantity'] }}, quantity) as quantity,
        {%- elif column == 'posting_date' and shape.get('date') %}
        coalesce({{ shape['date'] }}, posting_date) as posting_date,
        {%- elif column == 'net_amount' and shape.get('net') %}
        coalesce(net_amount, {{ shape['net'] }}) as net_amount,
        {%- else %}
        {{ column }},
        {%- endif %}
        {%- endfor %}
        {{ shape.get('kind', 'cast(null as varchar)') }} as kind,
        {{ 'direction' if shape.get('direction') else 'cast(null as varchar)' }} as direction,
        {{ shape.get('order', 'cast(null as varchar)') }} as order_line_id,
        {{ shape.get('stock', 'cast(null as varchar)') }} as stock_line_id,
        {{ 'cost_amount' if shape.get('cost') else 'cast(null as decimal(18,4))' }} as cost_amount,
        {{ 'is_cost_final' if shape.get('cost') else 'cast(null as boolean)' }} as is_cost_final,
        {{ 'accepted_quantity' if shape.get('accepted') else 'cast(null as decimal(18,6))' }} as accepted_quantity,
        {{ shape.get('promised_date', 'cast(null as date)') }} as promised_date,
        {%- for name in ['invoice_no', 'invoice_kind'] %}
        {{ name if shape.get('invoice') else 'cast(null as varchar)' }} as {{ name }},
        {%- endfor %}
        {%- for name, type in {
            'input_usage': 'varchar', 'deduction_period': 'varchar', 'deductible_tax_amount': 'decimal(18,4)',
            'transferred_out_amount': 'decimal(18,4)'
        }.items() %}
        {{ name if shape.get('input') else 'cast(null as ' ~ type ~ ')' }} as {{ name }},
        {%- endfor %}
        changed_seq
    from {{ united(entity) }} as lines
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}

{#- The keys of all document lines, for finding those that vanished. -#}
{% macro all_document_keys() -%}
(
    {%- for entity in document_entities() %}
    select source_id, '{{ entity }}' as entity, line_id
    from {{ united(entity) }} as lines
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)
{%- endmacro %}
