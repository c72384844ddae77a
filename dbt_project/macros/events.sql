{#- One business event per counted or pending document line, for one flow; and the payments of that flow. -#}
{% macro business_events(events, order_entity, payment_event, partner_kind) -%}
with
line as (
    select *
    from {{ ref('core_document_lines') }}
    where entity in (
        {%- for entity in events -%} '{{ entity }}'{{ ', ' if not loop.last }} {%- endfor -%}
    )
),

payment as (
    select *
    from {{ ref('core_cash_movements') }}
    where partner_kind = '{{ partner_kind }}'
),

event as (
    select
        line.source_id,
        line.company_code,
        line.base_currency_code,
        case line.entity
            {%- for entity, event in events.items() %}
            when '{{ entity }}' then '{{ event }}'
            {%- endfor %}
        end as event,
        line.event_date,
        line.fiscal_year,
        line.period_no,
        line.entity as document_entity,
        line.document_id,
        line.document_no,
        line.line_id,
        line.line_no,
        line.order_line_id,
        line.partner_kind,
        line.partner_code,
        line.source_partner_code,
        line.item_code,
        line.source_item_code,
        line.line_kind,
        line.org_unit_code,
        line.project_code,
        line.warehouse_code,
        line.status,
        line.is_counted,
        line.is_return,
        line.quantity,
        line.uom_code,
        line.base_net_amount,
        line.base_tax_amount,
        line.base_gross_amount,
        line.cost_amount,
        line.currency_code,
        line.net_amount,
        line.tax_amount,
        line.gross_amount,
        line.changed_seq
    from line
    union all
    select
        payment.source_id,
        payment.company_code,
        payment.base_currency_code,
        '{{ payment_event }}',
        payment.event_date,
        payment.fiscal_year,
        payment.period_no,
        'cash_movements',
        payment.document_id,
        payment.document_no,
        payment.line_id,
        payment.line_no,
        cast(null as varchar),
        payment.partner_kind,
        payment.partner_code,
        payment.source_partner_code,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        payment.status,
        payment.is_counted,
        payment.direction = '{{ 'in' if partner_kind == 'supplier' else 'out' }}',
        cast(null as decimal(18, 6)),
        cast(null as varchar),
        cast(null as decimal(18, 4)),
        cast(null as decimal(18, 4)),
        case when payment.direction = '{{ 'out' if partner_kind == 'supplier' else 'in' }}' then payment.base_amount else -payment.base_amount end,
        cast(null as decimal(18, 4)),
        payment.currency_code,
        cast(null as decimal(18, 4)),
        cast(null as decimal(18, 4)),
        case when payment.direction = '{{ 'out' if partner_kind == 'supplier' else 'in' }}' then payment.amount else -payment.amount end,
        payment.changed_seq
    from payment
),

orders as (
    select
        source_id,
        line_id,
        document_no,
        changed_seq
    from {{ ref('core_document_lines') }}
    where entity = '{{ order_entity }}'
),

company as (select * from {{ ref('core_company_names') }}),

partner as (select * from {{ ref('core_partners') }}),

item as (select * from {{ ref('core_items') }}),

org_unit as (select * from {{ ref('core_org_units') }}),

named as (
    select
        event.source_id,
        event.company_code,
        company.company_name,
        event.base_currency_code as company_currency_code,
        event.event,
        event.document_entity || ',' || event.line_id as event_id,
        event.event_date,
        event.fiscal_year,
        event.period_no,
        event.document_entity,
        event.document_id,
        event.document_no,
        event.line_id,
        event.line_no,
        orders.document_no as order_document_no,
        event.order_line_id,
        event.partner_kind,
        event.partner_code,
        partner.partner_name,
        coalesce(partner.is_internal, false) as is_internal,
        event.item_code,
        item.item_name,
        item.category_code,
        item.category_name,
        event.line_kind,
        event.org_unit_code,
        org_unit.org_unit_name,
        event.project_code,
        event.warehouse_code,
        event.status,
        event.is_counted,
        event.is_return,
        event.quantity,
        event.uom_code,
        event.base_net_amount as net_amount,
        event.base_tax_amount as tax_amount,
        event.base_gross_amount as gross_amount,
        event.cost_amount,
        event.currency_code as document_currency_code,
        event.net_amount as document_net_amount,
        event.tax_amount as document_tax_amount,
        event.gross_amount as document_gross_amount,
        coalesce(partner.is_mapped, event.partner_code is null) and coalesce(item.is_mapped, event.item_code is null) as is_mapped,
        greatest(
            event.changed_seq, orders.changed_seq, company.changed_seq, partner.changed_seq, item.changed_seq, org_unit.changed_seq
        ) as changed_seq
    from event
    left join orders on event.source_id = orders.source_id and event.order_line_id = orders.line_id
    left join company
        on event.source_id = company.source_id and event.company_code = company.company_code
    left join partner
        on event.source_id = partner.source_id
        and event.partner_kind = partner.partner_kind
        and event.source_partner_code = partner.source_partner_code
    left join item on event.source_id = item.source_id and event.source_item_code = item.source_item_code
    left join org_unit
        on event.source_id = org_unit.source_id and event.org_unit_code = org_unit.org_unit_code
)

select *
from named
{% if is_incremental() %}
where {{ is_new('named') }} {{ or_relabelled('named', ['source_id', 'event_id'], ['partner_code', 'item_code', 'is_mapped']) }}
{% endif %}
{%- endmacro %}

{#- Keys of the events of one flow. -#}
{% macro business_event_keys(events, partner_kind) -%}
(
    select
        source_id,
        entity || ',' || line_id as event_id
    from {{ ref('core_document_lines') }}
    where entity in (
        {%- for entity in events -%} '{{ entity }}'{{ ', ' if not loop.last }} {%- endfor -%}
    )
    union all
    select
        source_id,
        'cash_movements,' || line_id
    from {{ ref('core_cash_movements') }}
    where partner_kind = '{{ partner_kind }}'
)
{%- endmacro %}

{% macro procurement_event_names() -%}
    {{ return({'purchase_orders': 'ordered', 'goods_receipts': 'received', 'purchase_invoices': 'invoiced'}) }}
{%- endmacro %}

{% macro sales_event_names() -%}
    {{ return({'sales_orders': 'ordered', 'shipments': 'shipped', 'acceptances': 'accepted', 'sales_invoices': 'invoiced'}) }}
{%- endmacro %}
