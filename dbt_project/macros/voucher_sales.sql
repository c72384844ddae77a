{#- What sales cause: goods that leave, their cost when it is recognised, invoices. -#}

{#- Common table expression `shipped_cost`: the cost of invoice lines by the shipments they bill, exact shares. -#}
{% macro sales_shares() -%}
shipment_link as (
    select
        link.source_id,
        link.from_line_id as shipment_line_id,
        link.to_line_id as bill_line_id,
        sum(cast(link.quantity as decimal(38, 6))) as quantity
    from {{ ref('core_document_links') }} as link
    where link.from_entity = 'shipments' and link.to_entity = 'sales_invoices'
    group by link.source_id, link.from_line_id, link.to_line_id
),

shipment_share_to_date as (
    select
        shipment.source_id,
        shipment_link.bill_line_id,
        shipment.kind,
        shipment.cost_amount as estimate_amount,
        shipment.quantity as received_quantity,
        coalesce(currency.minor_units, 2) as base_digits,
        shipment_link.quantity,
        sum(shipment_link.quantity) over (
            partition by shipment.source_id, shipment.line_id order by bill.event_date, bill.line_id
            rows between unbounded preceding and current row
        ) as billed_quantity
    from {{ documents(['shipments']) }} as shipment
    inner join shipment_link
        on shipment.source_id = shipment_link.source_id and shipment.line_id = shipment_link.shipment_line_id
    inner join {{ documents(['sales_invoices']) }} as bill
        on shipment_link.source_id = bill.source_id and shipment_link.bill_line_id = bill.line_id
    left join {{ ref('core_currencies') }} as currency on shipment.base_currency_code = currency.currency_code
    where shipment.cost_policy = 'invoice' or shipment.kind = 'consignment'
),

-- The year of what a red or corrective line refers to.
original as (
    select
        later.source_id,
        later.line_id,
        earlier.fiscal_year
    from {{ ref('core_document_lines') }} as later
    inner join {{ ref('core_document_lines') }} as earlier
        on later.source_id = earlier.source_id
        and later.entity = earlier.entity
        and later.original_line_id = earlier.line_id
    where later.entity = 'sales_invoices' and later.original_line_id is not null
),

shipped_cost as (
    select
        source_id,
        bill_line_id,
        min(kind) as kind,
        sum({{ relieved_to('billed_quantity') }} - {{ relieved_to('billed_quantity - quantity') }}) as cost_amount,
        max(case when estimate_amount is null then 1 else 0 end) as lacks_cost
    from shipment_share_to_date
    group by source_id, bill_line_id
)
{%- endmacro %}

{#- The branches of the sales side and of other movements of stock. -#}
{% macro sales_events() -%}
    -- Goods that leave, unless their cost waits for the end of the period.
    select
        {{ cost_event("'shipment'", 'line', 'line.cost_policy', 'line.cost_amount') }}
    from {{ documents(['shipments']) }} as line
    where line.cost_policy <> 'period_end' or line.kind in ('consignment', 'sample')
    union all
    {%- set given = line_facts('line') -%}
    {%- do given.update({
        'event': "'cost_of_sales'", 'policy': 'line.cost_policy', 'document_kind': 'shipped_cost.kind',
        'cost_amount': 'shipped_cost.cost_amount', 'lacks_amount': 'shipped_cost.lacks_cost = 1',
    }) %}
    select
        {{ event_row(given) }}
    from {{ documents(['sales_invoices']) }} as line
    inner join shipped_cost on line.source_id = shipped_cost.source_id and line.line_id = shipped_cost.bill_line_id
    union all
    {%- set given = line_facts('line') -%}
    {%- do given.update({
        'event': "'cost_of_sales'", 'policy': 'line.cost_policy', 'voucher_date': 'day.end_date',
        'cost_amount': 'line.cost_amount',
        'lacks_amount': 'line.cost_amount is null and coalesce(line.quantity, 0) <> 0 and not line.is_free',
    }) %}
    select
        {{ event_row(given) }}
    from {{ documents(['shipments']) }} as line
    inner join day on line.company_code = day.company_code and line.event_date = day.calendar_date
    inner join horizon on line.company_code = horizon.company_code and day.end_date <= horizon.last_day
    where line.cost_policy = 'period_end' and coalesce(line.kind, 'sale') not in ('consignment', 'sample')
    union all
    select
        {{ invoice_event("'sales_invoice'", 'line', 'converted', 'line.cost_policy', {
            'is_prior_year': "case when original.fiscal_year < line.fiscal_year then 'true' else 'false' end",
        }) }}
    from {{ documents(['sales_invoices']) }} as line
    left join original on line.source_id = original.source_id and line.line_id = original.line_id
    left join converted
        on line.source_id = converted.source_id and line.entity = converted.entity and line.line_id = converted.line_id
    union all
    select
        {{ cost_event(
            "'stock_adjustment'", 'line', 'line.cost_policy',
            "case line.direction when 'out' then -line.cost_amount else line.cost_amount end"
        ) }}
    from {{ documents(['stock_movements']) }} as line
    {%- for entity, event in {
        'other_payables': 'other_payable', 'other_receivables': 'other_receivable', 'expense_claims': 'expense_claim',
    }.items() %}
    union all
    select
        {{ invoice_event("'" ~ event ~ "'", 'line', 'line', 'line.estimate_policy', {
            'tax_amount': 'coalesce(line.base_tax_amount, 0)',
            'gross_amount': 'coalesce(line.base_gross_amount, line.base_net_amount + coalesce(line.base_tax_amount, 0))',
            'rounding_amount': 'coalesce(line.base_gross_amount - line.base_net_amount - coalesce(line.base_tax_amount, 0), 0)',
        }) }}
    from {{ documents([entity]) }} as line
    {%- endfor %}
{%- endmacro %}
