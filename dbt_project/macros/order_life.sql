{#- What a row of its own needs of a document line that belongs to no order. -#}
{% macro own_columns(alias) -%}
    {%- for column in [
        'source_id', 'line_id', 'document_id', 'document_no', 'line_no', 'company_code', 'base_currency_code', 'event_date',
        'partner_kind', 'partner_code', 'source_partner_code', 'item_code', 'source_item_code', 'line_kind', 'org_unit_code',
        'employee_code', 'project_code', 'warehouse_code', 'uom_code', 'currency_code', 'exchange_rate', 'unit_price',
        'status', 'quantity', 'base_net_amount', 'changed_seq',
    ] -%}
    {{ alias }}.{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The life of an order line in one flow: what was ordered, delivered, accepted, invoiced and settled of it; and the
    deliveries and invoices that belong to no order. Shared by procurement_lines and sales_lines. -#}
{% macro order_life(orders, deliveries, invoices, delivered_word) -%}
order_line as (
    select *
    from {{ ref('core_document_lines') }}
    where entity = '{{ orders }}'
),

delivery as (
    select
        {{ own_columns('document') }},
        document.accepted_quantity,
        document.cost_amount,
        order_line.line_id as found_order_line_id
    from {{ ref('core_document_lines') }} as document
    left join order_line on document.source_id = order_line.source_id and document.order_line_id = order_line.line_id
    where document.entity = '{{ deliveries }}' and document.is_counted
),

{% if orders == 'sales_orders' -%}
acceptance as (
    select
        document.source_id,
        delivery.found_order_line_id as order_line_id,
        document.quantity,
        document.base_net_amount,
        document.changed_seq
    from {{ ref('core_document_lines') }} as document
    inner join delivery on document.source_id = delivery.source_id and document.stock_line_id = delivery.line_id
    where document.entity = 'acceptances' and document.is_counted
),

{% endif -%}
settlement as (
    select
        settlement.source_id,
        case settlement.level when 'document' then settlement.to_line_id else line.document_id end as document_id,
        {{ summed('settlement.to_base_amount') }} as settled_amount,
        max(settlement.changed_seq) as changed_seq
    from {{ ref('core_settlements') }} as settlement
    left join {{ ref('core_document_lines') }} as line
        on settlement.source_id = line.source_id
        -- Within the key, because a condition on one side alone would make this a loop over all pairs.
        and case when settlement.level <> 'document' then settlement.to_line_id end = line.line_id
        and line.entity = '{{ invoices }}'
    where settlement.to_entity = '{{ invoices }}' and settlement.settlement_kind in ('cash', 'prepayment', 'note')
    group by
        settlement.source_id,
        case settlement.level when 'document' then settlement.to_line_id else line.document_id end
),

settled_total as (
    select
        document.source_id,
        document.document_id,
        {{ summed('coalesce(document.base_gross_amount, document.base_net_amount)') }} as gross_amount
    from {{ ref('core_document_lines') }} as document
    inner join settlement on document.source_id = settlement.source_id and document.document_id = settlement.document_id
    where document.entity = '{{ invoices }}' and document.is_counted
    group by document.source_id, document.document_id
),

-- What was paid of an invoice is shared over its lines by their gross amounts; the rounding rest goes to the largest.
-- An invoice that is paid in full needs no sharing.
partly_settled as (
    select
        document.source_id,
        document.line_id,
        document.document_id,
        settlement.settled_amount,
        {{ rounded(
            product(
                'settlement.settled_amount',
                ratio('coalesce(document.base_gross_amount, document.base_net_amount)', 'settled_total.gross_amount'),
                10
            )
        ) }} as settled_guess,
        row_number() over (
            partition by document.source_id, document.document_id
            order by abs(coalesce(document.base_gross_amount, document.base_net_amount)) desc nulls last, document.line_id
        ) as position_by_size
    from {{ ref('core_document_lines') }} as document
    inner join settlement on document.source_id = settlement.source_id and document.document_id = settlement.document_id
    inner join settled_total
        on document.source_id = settled_total.source_id and document.document_id = settled_total.document_id
    where
        document.entity = '{{ invoices }}'
        and document.is_counted
        and settlement.settled_amount is distinct from settled_total.gross_amount
),

partial_share as (
    select
        source_id,
        line_id,
        coalesce(settled_guess, 0) + case
            when position_by_size = 1
                then coalesce(settled_amount, 0)
                    - coalesce(sum(settled_guess) over (partition by source_id, document_id), 0)
            else 0
        end as settled_share
    from partly_settled
),

invoice as (
    select
        {{ own_columns('document') }},
        document.base_gross_amount,
        document.net_amount,
        coalesce(order_line.line_id, delivery.found_order_line_id) as found_order_line_id,
        coalesce(base_currency.minor_units, 2) as base_digits,
        settlement.changed_seq as settlement_seq,
        case
            when settlement.document_id is null then 0
            when settlement.settled_amount = settled_total.gross_amount
                then coalesce(document.base_gross_amount, document.base_net_amount, 0)
            else coalesce(partial_share.settled_share, 0)
        end as settled_share,
        -- What the invoiced quantity costs at the order's price, in document currency.
        case
            when order_line.unit_price = document.unit_price and order_line.currency_code = document.currency_code
                then document.net_amount
            when order_line.currency_code = document.currency_code
                then {{ rounded(product('document.quantity', 'order_line.unit_price'), 'coalesce(currency.minor_units, 2)') }}
        end as amount_at_order_price
    from {{ ref('core_document_lines') }} as document
    left join delivery on document.source_id = delivery.source_id and document.stock_line_id = delivery.line_id
    left join order_line
        on document.source_id = order_line.source_id
        and coalesce(document.order_line_id, delivery.found_order_line_id) = order_line.line_id
    left join settlement
        on document.source_id = settlement.source_id and document.document_id = settlement.document_id
    left join settled_total
        on document.source_id = settled_total.source_id and document.document_id = settled_total.document_id
    left join partial_share on document.source_id = partial_share.source_id and document.line_id = partial_share.line_id
    left join {{ ref('core_currencies') }} as currency on document.currency_code = currency.currency_code
    left join {{ ref('core_currencies') }} as base_currency on document.base_currency_code = base_currency.currency_code
    where document.entity = '{{ invoices }}' and document.is_counted
),

delivered as (
    select
        source_id,
        found_order_line_id as order_line_id,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        cast(sum(accepted_quantity) as decimal(38, 6)) as accepted_quantity,
        {{ summed('base_net_amount') }} as net_amount,
        {{ summed('cost_amount') }} as cost_amount,
        sum(case when cost_amount is null then 1 else 0 end) as uncosted_lines,
        min(event_date) as first_date,
        max(event_date) as last_date,
        max(changed_seq) as changed_seq
    from delivery
    where found_order_line_id is not null
    group by source_id, found_order_line_id
),

invoiced as (
    select
        source_id,
        found_order_line_id as order_line_id,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        {{ summed('base_net_amount') }} as net_amount,
        {{ summed('base_gross_amount') }} as gross_amount,
        {{ summed('net_amount') }} as document_net_amount,
        {{ summed('settled_share') }} as settled_amount,
        {{ summed('net_amount') }} - {{ summed('case when net_amount is not null then coalesce(amount_at_order_price, net_amount) end') }}
            as document_variance_amount,
        {{ summed('base_net_amount') }}
        - {{ summed(
            'case when base_net_amount is null then null'
            ~ ' when amount_at_order_price is null or amount_at_order_price = net_amount then base_net_amount'
            ~ ' when exchange_rate = 1 then amount_at_order_price'
            ~ ' else coalesce(' ~ rounded(product('amount_at_order_price', 'exchange_rate', 10), 'base_digits') ~ ', base_net_amount) end'
        ) }} as variance_amount,
        max(event_date) as last_date,
        max(greatest(changed_seq, settlement_seq)) as changed_seq
    from invoice
    where found_order_line_id is not null
    group by source_id, found_order_line_id
),

{% if orders == 'sales_orders' -%}
accepted as (
    select
        source_id,
        order_line_id,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        {{ summed('base_net_amount') }} as net_amount,
        max(changed_seq) as changed_seq
    from acceptance
    where order_line_id is not null
    group by source_id, order_line_id
),

{% endif -%}
life as (
    select
        order_line.source_id,
        order_line.company_code,
        order_line.base_currency_code,
        order_line.document_no,
        order_line.line_no,
        order_line.line_id as order_line_id,
        'order' as row_kind,
        order_line.event_date as order_date,
        order_line.promised_date,
        order_line.partner_kind,
        order_line.partner_code,
        order_line.source_partner_code,
        order_line.item_code,
        order_line.source_item_code,
        order_line.line_kind,
        order_line.org_unit_code,
        order_line.employee_code,
        order_line.project_code,
        order_line.warehouse_code,
        order_line.uom_code,
        order_line.currency_code,
        order_line.exchange_rate,
        order_line.unit_price,
        order_line.status as order_status,
        cast(order_line.quantity as decimal(38, 6)) as ordered_quantity,
        delivered.quantity as delivered_quantity,
        {{ 'accepted.quantity' if orders == 'sales_orders' else 'delivered.accepted_quantity' }} as accepted_quantity,
        {{ 'accepted.net_amount' if orders == 'sales_orders' else money('null') }} as accepted_net_amount,
        invoiced.quantity as invoiced_quantity,
        {{ money('order_line.base_net_amount') }} as ordered_net_amount,
        delivered.net_amount as delivered_net_amount,
        invoiced.net_amount as invoiced_net_amount,
        {{ money('order_line.base_gross_amount') }} as ordered_gross_amount,
        invoiced.gross_amount as invoiced_gross_amount,
        {{ money('order_line.net_amount') }} as document_ordered_net_amount,
        invoiced.document_net_amount as document_invoiced_net_amount,
        invoiced.settled_amount,
        invoiced.document_variance_amount,
        case when invoiced.document_variance_amount = 0 then {{ money('0') }} else invoiced.variance_amount end as variance_amount,
        delivered.cost_amount,
        delivered.uncosted_lines,
        order_line.cancelled_quantity,
        order_line.is_delivery_complete,
        delivered.first_date as first_delivery_date,
        delivered.last_date as last_delivery_date,
        invoiced.last_date as last_invoice_date,
        greatest(
            order_line.changed_seq, delivered.changed_seq, invoiced.changed_seq{{ ', accepted.changed_seq' if orders == 'sales_orders' }}
        ) as changed_seq
    from order_line
    left join delivered on order_line.source_id = delivered.source_id and order_line.line_id = delivered.order_line_id
    left join invoiced on order_line.source_id = invoiced.source_id and order_line.line_id = invoiced.order_line_id
    {% if orders == 'sales_orders' -%}
    left join accepted on order_line.source_id = accepted.source_id and order_line.line_id = accepted.order_line_id
    {% endif -%}
    union all
    select
        source_id,
        company_code,
        base_currency_code,
        document_no,
        line_no,
        line_id,
        '{{ delivered_word }}_without_order',
        event_date,
        cast(null as date),
        partner_kind,
        partner_code,
        source_partner_code,
        item_code,
        source_item_code,
        line_kind,
        org_unit_code,
        employee_code,
        project_code,
        warehouse_code,
        uom_code,
        currency_code,
        exchange_rate,
        unit_price,
        status,
        cast(null as decimal(38, 6)),
        cast(quantity as decimal(38, 6)),
        cast(accepted_quantity as decimal(38, 6)),
        {{ money('null') }},
        cast(null as decimal(38, 6)),
        {{ money('null') }},
        {{ money('base_net_amount') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('cost_amount') }},
        case when cost_amount is null then 1 else 0 end,
        cast(null as decimal(18, 6)),
        false,
        event_date,
        event_date,
        cast(null as date),
        changed_seq
    from delivery
    where found_order_line_id is null
    union all
    select
        source_id,
        company_code,
        base_currency_code,
        document_no,
        line_no,
        line_id,
        'invoice_without_order',
        event_date,
        cast(null as date),
        partner_kind,
        partner_code,
        source_partner_code,
        item_code,
        source_item_code,
        line_kind,
        org_unit_code,
        employee_code,
        project_code,
        warehouse_code,
        uom_code,
        currency_code,
        exchange_rate,
        unit_price,
        status,
        cast(null as decimal(38, 6)),
        cast(null as decimal(38, 6)),
        cast(null as decimal(38, 6)),
        {{ money('null') }},
        cast(quantity as decimal(38, 6)),
        {{ money('null') }},
        {{ money('null') }},
        {{ money('base_net_amount') }},
        {{ money('null') }},
        {{ money('base_gross_amount') }},
        {{ money('null') }},
        {{ money('net_amount') }},
        {{ money('settled_share') }},
        {{ money('null') }},
        {{ money('null') }},
        {{ money('null') }},
        0,
        cast(null as decimal(18, 6)),
        false,
        cast(null as date),
        cast(null as date),
        event_date,
        greatest(changed_seq, settlement_seq)
    from invoice
    where found_order_line_id is null
),

-- Quantities in the direction of the order, so that returns are judged like orders.
judged as (
    select
        life.*,
        case when coalesce(ordered_quantity, 0) < 0 then -1 else 1 end * coalesce(ordered_quantity, 0) as asked,
        case when coalesce(ordered_quantity, 0) < 0 then -1 else 1 end * coalesce(delivered_quantity, 0) as got,
        case when coalesce(ordered_quantity, 0) < 0 then -1 else 1 end * coalesce(invoiced_quantity, 0) as billed
    from life
),

matched as (
    select
        judged.*,
        case
            when row_kind = '{{ delivered_word }}_without_order' then '{{ 'received' if delivered_word == 'receipt' else 'shipped' }}_not_invoiced'
            when row_kind = 'invoice_without_order' then 'invoiced_not_{{ 'received' if delivered_word == 'receipt' else 'shipped' }}'
            when order_status = 'cancelled' then 'cancelled'
            when order_status in ('draft', 'submitted') then 'draft'
            -- Services are not delivered to stock: the invoice is compared with the order.
            when line_kind in ('service', 'expense') and got = 0 and billed = 0 then 'not_{{ 'received' if delivered_word == 'receipt' else 'shipped' }}'
            when line_kind in ('service', 'expense') and got = 0 and billed < asked then 'partially_invoiced'
            when line_kind in ('service', 'expense') and got = 0 and billed > asked then 'over_invoiced'
            when got = 0 and billed = 0 then 'not_{{ 'received' if delivered_word == 'receipt' else 'shipped' }}'
            when got = 0 and billed <> 0 and coalesce(line_kind, 'stock') not in ('service', 'expense')
                then 'invoiced_not_{{ 'received' if delivered_word == 'receipt' else 'shipped' }}'
            when got > 0 and billed > got then 'over_invoiced'
            when billed = 0 and got < asked then 'partially_{{ 'received' if delivered_word == 'receipt' else 'shipped' }}'
            when billed = 0 then '{{ 'received' if delivered_word == 'receipt' else 'shipped' }}_not_invoiced'
            when billed < got then 'partially_invoiced'
            when coalesce(document_variance_amount, 0) <> 0 then 'price_mismatch'
            when got > asked then 'quantity_mismatch'
            when got < asked and got <> 0 then 'partially_{{ 'received' if delivered_word == 'receipt' else 'shipped' }}'
            else 'matched'
        end as match_status
    from judged
),

company as (select * from {{ ref('core_company_names') }}),

partner as (select * from {{ ref('core_partners') }}),

item as (select * from {{ ref('core_items') }}),

org_unit as (select * from {{ ref('core_org_units') }}),

named as (
    select
        matched.*,
        company.company_name,
        partner.partner_name,
        coalesce(partner.is_internal, false) as is_internal,
        item.item_name,
        item.category_code,
        item.category_name,
        org_unit.org_unit_name,
        coalesce(partner.is_mapped, matched.partner_code is null) and coalesce(item.is_mapped, matched.item_code is null) as is_mapped,
        greatest(
            matched.changed_seq, company.changed_seq, partner.changed_seq, item.changed_seq, org_unit.changed_seq
        ) as newest_seq
    from matched
    left join company on matched.source_id = company.source_id and matched.company_code = company.company_code
    left join partner
        on matched.source_id = partner.source_id
        and matched.partner_kind = partner.partner_kind
        and matched.source_partner_code = partner.source_partner_code
    left join item on matched.source_id = item.source_id and matched.source_item_code = item.source_item_code
    left join org_unit on matched.source_id = org_unit.source_id and matched.org_unit_code = org_unit.org_unit_code
)
{%- endmacro %}
