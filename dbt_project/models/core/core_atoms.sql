-- Order line x delivery x acceptance x invoice line, with what is open of each. The shares of a document line sum to it
-- exactly: whole minor units, the rest to the largest remainders.
{%- set carried = [
    'source_id', 'entity', 'line_id', 'document_no', 'line_no', 'company_code', 'source_company_code', 'base_currency_code',
    'org_unit_code', 'partner_kind', 'partner_code', 'source_partner_code', 'item_code', 'line_kind', 'kind', 'is_return', 'status',
    'event_date', 'fiscal_year', 'period_no', 'currency_code', 'exchange_rate', 'uom_code', 'quantity', 'base_quantity',
    'cancelled_quantity', 'is_delivery_complete', 'order_line_id', 'stock_line_id', 'changed_seq',
] %}
with
document as (
    select
        {%- for name in carried %}
        line.{{ name }},
        {%- endfor %}
        {{ document_role('line.entity') }} as document_role,
        {{ document_flow('line.entity') }} as flow,
        coalesce(currency.minor_units, 2) as digits,
        coalesce(base_currency.minor_units, 2) as base_digits,
        coalesce(line.net_amount, 0) as net_amount,
        {{ line_gross('line') }} as gross_amount,
        coalesce(line.base_net_amount, 0) as base_net_amount,
        {{ line_gross('line', 'base_') }} as base_gross_amount,
        coalesce(line.cost_amount, 0) as cost_amount
    from {{ ref('core_document_lines') }} as line
    left join {{ ref('core_currencies') }} as currency on line.currency_code = currency.currency_code
    left join {{ ref('core_currencies') }} as base_currency on line.base_currency_code = base_currency.currency_code
    where
        line.entity in (
            'purchase_orders', 'goods_receipts', 'purchase_invoices', 'sales_orders', 'shipments', 'acceptances', 'sales_invoices'
        )
        and (line.is_counted or (line.entity in ('purchase_orders', 'sales_orders') and line.status = 'cancelled'))
),

-- Quantities in the unit of the order, where a document is written in another one.
line as (
    select
        document.*,
        coalesce(
            case
                when document.uom_code <> ordered.uom_code and ordered.base_quantity <> 0
                    then cast({{ product('document.base_quantity', ratio('ordered.quantity', 'ordered.base_quantity'), 10) }} as decimal(18, 6))
            end,
            document.quantity,
            0
        ) as counted_quantity
    from document
    left join document as ordered
        on ordered.document_role = 'order'
        and document.source_id = ordered.source_id
        and document.flow = ordered.flow
        and document.order_line_id = ordered.line_id
),

order_line as (select * from line where document_role = 'order'),

delivery as (select * from line where document_role = 'delivery'),

acceptance as (select * from line where document_role = 'acceptance'),

invoice as (select * from line where document_role = 'invoice'),

-- What the vendor itself links: a delivery and an invoice line, with the quantity that they share.
linked as (
    select
        link.source_id,
        delivery.flow,
        link.from_line_id as delivery_line_id,
        link.to_line_id as invoice_line_id,
        coalesce(delivery.order_line_id, invoice.order_line_id) as order_line_id,
        cast(sum(coalesce(link.quantity, invoice.counted_quantity)) as decimal(28, 6)) as quantity
    from {{ ref('core_document_links') }} as link
    inner join delivery
        on link.source_id = delivery.source_id and link.from_entity = delivery.entity and link.from_line_id = delivery.line_id
    inner join invoice
        on link.source_id = invoice.source_id and link.to_entity = invoice.entity and link.to_line_id = invoice.line_id
    group by
        link.source_id,
        delivery.flow,
        link.from_line_id,
        link.to_line_id,
        coalesce(delivery.order_line_id, invoice.order_line_id)
),

-- What no link covers waits on the axis of its order line, deliveries on one side and invoices on the other.
{% for side, done in [('delivery', 'delivered'), ('invoice', 'invoiced')] -%}
{{ done }}_by_link as (
    select
        source_id,
        flow,
        {{ side }}_line_id,
        sum(quantity) as quantity
    from linked
    group by source_id, flow, {{ side }}_line_id
),

{{ side }}_rest as (
    select
        {{ side }}.source_id,
        {{ side }}.flow,
        {{ side }}.line_id as {{ side }}_line_id,
        {{ side }}.order_line_id,
        {{ side }}.event_date,
        cast({{ side }}.counted_quantity - coalesce(by_link.quantity, 0) as decimal(28, 6)) as quantity,
        by_link.quantity is null as is_whole
    from {{ side }}
    left join {{ done }}_by_link as by_link
        on {{ side }}.source_id = by_link.source_id
        and {{ side }}.flow = by_link.flow
        and {{ side }}.line_id = by_link.{{ side }}_line_id
),

{{ side }}_axis as (
    select
        *,
        sign(quantity) as direction,
        {{ on_axis('quantity', 'source_id, flow, order_line_id, sign(quantity)', 'event_date, ' ~ side ~ '_line_id') }}
    from {{ side }}_rest
    where order_line_id is not null and quantity <> 0
),

{{ done }}_in_all as (
    select
        source_id,
        flow,
        order_line_id,
        direction,
        max(axis_to) as total
    from {{ side }}_axis
    group by source_id, flow, order_line_id, direction
),

{% endfor -%}
found_piece as (
    select
        source_id,
        flow,
        order_line_id,
        delivery_line_id,
        invoice_line_id,
        quantity
    from linked
    union all
    -- First delivered, first invoiced.
    select
        delivery_axis.source_id,
        delivery_axis.flow,
        delivery_axis.order_line_id,
        delivery_axis.delivery_line_id,
        invoice_axis.invoice_line_id,
        delivery_axis.direction * (
            least(delivery_axis.axis_to, invoice_axis.axis_to) - greatest(delivery_axis.axis_from, invoice_axis.axis_from)
        )
    from delivery_axis
    inner join invoice_axis
        on delivery_axis.source_id = invoice_axis.source_id
        and delivery_axis.flow = invoice_axis.flow
        and delivery_axis.order_line_id = invoice_axis.order_line_id
        and delivery_axis.direction = invoice_axis.direction
        and delivery_axis.axis_from < invoice_axis.axis_to
        and invoice_axis.axis_from < delivery_axis.axis_to
    union all
    select
        delivery_axis.source_id,
        delivery_axis.flow,
        delivery_axis.order_line_id,
        delivery_axis.delivery_line_id,
        cast(null as varchar),
        delivery_axis.direction * ({{ beyond('other.total') }})
    from delivery_axis
    left join invoiced_in_all as other
        on delivery_axis.source_id = other.source_id
        and delivery_axis.flow = other.flow
        and delivery_axis.order_line_id = other.order_line_id
        and delivery_axis.direction = other.direction
    where {{ beyond('other.total') }} > 0
    union all
    select
        invoice_axis.source_id,
        invoice_axis.flow,
        invoice_axis.order_line_id,
        cast(null as varchar),
        invoice_axis.invoice_line_id,
        invoice_axis.direction * ({{ beyond('other.total') }})
    from invoice_axis
    left join delivered_in_all as other
        on invoice_axis.source_id = other.source_id
        and invoice_axis.flow = other.flow
        and invoice_axis.order_line_id = other.order_line_id
        and invoice_axis.direction = other.direction
    where {{ beyond('other.total') }} > 0
    union all
    -- Without an order, or without a quantity (a freight charge, an allowance): one piece by itself.
    select
        source_id,
        flow,
        order_line_id,
        delivery_line_id,
        cast(null as varchar),
        quantity
    from delivery_rest
    where (order_line_id is null and quantity <> 0) or (is_whole and quantity = 0)
    union all
    select
        source_id,
        flow,
        order_line_id,
        cast(null as varchar),
        invoice_line_id,
        quantity
    from invoice_rest
    where (order_line_id is null and quantity <> 0) or (is_whole and quantity = 0)
),

-- A pair that is linked for a part may meet again with its rests: it is one piece all the same.
piece as (
    select
        source_id,
        flow,
        order_line_id,
        delivery_line_id,
        invoice_line_id,
        cast(sum(quantity) as decimal(28, 6)) as quantity
    from found_piece
    group by source_id, flow, order_line_id, delivery_line_id, invoice_line_id
),

-- Acceptances cut the pieces of their shipment, first shipped, first accepted.
acceptance_axis as (
    select
        source_id,
        line_id as acceptance_line_id,
        stock_line_id as delivery_line_id,
        counted_quantity as quantity,
        {{ on_axis('counted_quantity', 'source_id, stock_line_id', 'event_date, line_id') }}
    from acceptance
    where counted_quantity <> 0
),

accepted_in_all as (
    select
        source_id,
        delivery_line_id,
        max(axis_to) as total
    from acceptance_axis
    group by source_id, delivery_line_id
),

piece_axis as (
    select
        piece.*,
        sign(piece.quantity) as direction,
        accepted.total as accepted_total,
        {{ on_axis(
            'piece.quantity',
            'piece.source_id, piece.flow, piece.delivery_line_id',
            'case when piece.invoice_line_id is null then 1 else 0 end, piece.invoice_line_id'
        ) }}
    from piece
    inner join accepted_in_all as accepted
        on piece.source_id = accepted.source_id and piece.delivery_line_id = accepted.delivery_line_id and piece.flow = 'sales'
),

accepted_piece as (
    select
        piece.source_id,
        piece.flow,
        piece.order_line_id,
        piece.delivery_line_id,
        cast(null as varchar) as acceptance_line_id,
        piece.invoice_line_id,
        piece.quantity
    from piece
    left join accepted_in_all as accepted
        on piece.source_id = accepted.source_id
        and case when piece.flow = 'sales' then piece.delivery_line_id end = accepted.delivery_line_id
    where accepted.delivery_line_id is null
    union all
    select
        piece_axis.source_id,
        piece_axis.flow,
        piece_axis.order_line_id,
        piece_axis.delivery_line_id,
        acceptance_axis.acceptance_line_id,
        piece_axis.invoice_line_id,
        piece_axis.direction * (
            least(piece_axis.axis_to, acceptance_axis.axis_to) - greatest(piece_axis.axis_from, acceptance_axis.axis_from)
        )
    from piece_axis
    inner join acceptance_axis
        on piece_axis.source_id = acceptance_axis.source_id
        and piece_axis.delivery_line_id = acceptance_axis.delivery_line_id
        and piece_axis.axis_from < acceptance_axis.axis_to
        and acceptance_axis.axis_from < piece_axis.axis_to
    union all
    select
        source_id,
        flow,
        order_line_id,
        delivery_line_id,
        cast(null as varchar),
        invoice_line_id,
        direction * ({{ beyond('accepted_total') }})
    from piece_axis
    where {{ beyond('accepted_total') }} > 0
),

-- What was accepted beyond what was shipped, or without a shipment.
acceptance_taken as (
    select
        source_id,
        acceptance_line_id,
        sum(abs(quantity)) as quantity
    from accepted_piece
    where acceptance_line_id is not null
    group by source_id, acceptance_line_id
),

delivered_piece as (
    select *
    from accepted_piece
    union all
    select
        acceptance.source_id,
        acceptance.flow,
        delivery.order_line_id,
        cast(null as varchar),
        acceptance.line_id,
        cast(null as varchar),
        sign(acceptance.counted_quantity) * (abs(acceptance.counted_quantity) - coalesce(taken.quantity, 0))
    from acceptance
    left join acceptance_taken as taken
        on acceptance.source_id = taken.source_id and acceptance.line_id = taken.acceptance_line_id
    left join delivery on acceptance.source_id = delivery.source_id and acceptance.stock_line_id = delivery.line_id
    where taken.quantity is null or taken.quantity <> abs(acceptance.counted_quantity)
),

-- Returns do not use up the order: their part of it is nothing.
against_order as (
    select
        piece.*,
        order_line.counted_quantity as ordered,
        case
            when order_line.line_id is null then cast(0 as decimal(28, 6))
            when piece.delivery_line_id is null and piece.acceptance_line_id is not null then cast(0 as decimal(28, 6))
            when sign(piece.quantity) = sign(order_line.counted_quantity) then piece.quantity
            else cast(0 as decimal(28, 6))
        end as order_weight
    from delivered_piece as piece
    left join order_line
        on piece.source_id = order_line.source_id and piece.flow = order_line.flow and piece.order_line_id = order_line.line_id
),

used_of_order as (
    select
        source_id,
        flow,
        order_line_id,
        sum(order_weight) as quantity
    from against_order
    where order_line_id is not null
    group by source_id, flow, order_line_id
),

every_piece as (
    select
        source_id,
        flow,
        order_line_id,
        delivery_line_id,
        acceptance_line_id,
        invoice_line_id,
        quantity,
        order_weight,
        false as is_order_rest
    from against_order
    union all
    select
        order_line.source_id,
        order_line.flow,
        order_line.line_id,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        order_line.counted_quantity - coalesce(used.quantity, 0),
        order_line.counted_quantity - coalesce(used.quantity, 0),
        true
    from order_line
    left join used_of_order as used
        on order_line.source_id = used.source_id and order_line.flow = used.flow and order_line.line_id = used.order_line_id
    where used.quantity is null or used.quantity <> order_line.counted_quantity
),

numbered as (
    select
        *,
        flow || ',' || coalesce(order_line_id, '') || ',' || coalesce(delivery_line_id, '') || ','
        || coalesce(acceptance_line_id, '') || ',' || coalesce(invoice_line_id, '') as atom_id
    from every_piece
),

-- Which part of which document line stands in which piece.
part as (
    select
        source_id,
        flow,
        atom_id,
        'order' as document_role,
        order_line_id as line_id,
        order_weight as weight
    from numbered
    where order_weight <> 0 or is_order_rest
    {%- for role in ['delivery', 'acceptance', 'invoice'] %}
    union all
    select
        source_id,
        flow,
        atom_id,
        '{{ role }}',
        {{ role }}_line_id,
        quantity
    from numbered
    where {{ role }}_line_id is not null
    {%- endfor %}
),

in_pieces as (
    select
        source_id,
        flow,
        document_role,
        line_id
    from part
    group by source_id, flow, document_role, line_id
    having count(*) > 1
),

divided as (
    select line.*
    from line
    inner join in_pieces
        on line.source_id = in_pieces.source_id
        and line.flow = in_pieces.flow
        and line.document_role = in_pieces.document_role
        and line.line_id = in_pieces.line_id
),

-- Only lines that are in several pieces have to be shared out: by weight, measure by measure.
quota as (
    {%- for measure in ['net_amount', 'gross_amount', 'base_net_amount', 'base_gross_amount', 'cost_amount'] %}
    select
        part.source_id,
        part.flow,
        part.atom_id,
        part.document_role,
        part.line_id,
        '{{ measure }}' as measure,
        divided.{{ measure }} as amount,
        {{ minor_unit('divided.base_digits' if measure.startswith('base') or measure == 'cost_amount' else 'divided.digits') }} as unit,
        cast(divided.{{ measure }} as decimal(18, 4))
        * coalesce({{ ratio('part.weight', 'divided.counted_quantity') }}, 0) as quota,
        part.weight
    from part
    inner join divided
        on part.source_id = divided.source_id
        and part.flow = divided.flow
        and part.document_role = divided.document_role
        and part.line_id = divided.line_id
    where divided.{{ measure }} <> 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

whole_units as (
    select
        *,
        cast(floor(quota / unit) as decimal(28, 0)) * unit as floor_amount,
        quota - cast(floor(quota / unit) as decimal(28, 0)) * unit as remainder
    from quota
),

ranked as (
    select
        *,
        amount - sum(floor_amount) over (partition by source_id, flow, document_role, line_id, measure) as left_over,
        row_number() over (
            partition by source_id, flow, document_role, line_id, measure
            order by remainder desc, abs(weight) desc, atom_id
        ) as position
    from whole_units
),

-- The largest remainders take a unit each; what is smaller than a unit goes to the first.
handed_out as (
    select
        *,
        cast(floor(left_over / unit) as decimal(28, 0)) as units_left,
        count(*) over (partition by source_id, flow, document_role, line_id, measure) as pieces
    from ranked
),

share as (
    select
        source_id,
        flow,
        atom_id,
        document_role,
        measure,
        cast(
            floor_amount
            + case when position <= units_left then unit else 0 end
            + case
                when position = 1 then left_over - least(greatest(units_left, 0), pieces) * unit
                else 0
            end as decimal(18, 4)
        ) as amount
    from handed_out
),

shared_out as (
    select
        source_id,
        flow,
        atom_id,
        document_role,
        {%- for measure in ['net_amount', 'gross_amount', 'base_net_amount', 'base_gross_amount', 'cost_amount'] %}
        sum(case when measure = '{{ measure }}' then amount else 0 end) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from share
    group by source_id, flow, atom_id, document_role
)

select
    numbered.source_id,
    numbered.flow,
    numbered.atom_id,
    coalesce(order_line.company_code, delivery.company_code, invoice.company_code, acceptance.company_code) as company_code,
    coalesce(order_line.base_currency_code, delivery.base_currency_code, invoice.base_currency_code, acceptance.base_currency_code)
        as base_currency_code,
    coalesce(invoice.partner_kind, delivery.partner_kind, order_line.partner_kind, acceptance.partner_kind) as partner_kind,
    coalesce(invoice.partner_code, delivery.partner_code, order_line.partner_code, acceptance.partner_code) as partner_code,
    coalesce(partner.is_internal, false) as is_internal,
    coalesce(delivery.item_code, order_line.item_code, invoice.item_code, acceptance.item_code) as item_code,
    coalesce(order_line.org_unit_code, delivery.org_unit_code, invoice.org_unit_code, acceptance.org_unit_code) as org_unit_code,
    coalesce(delivery.line_kind, order_line.line_kind, invoice.line_kind) as line_kind,
    coalesce(base_currency.minor_units, 2) as base_digits,
    numbered.order_weight <> 0 or numbered.is_order_rest as is_order_part,
    numbered.is_order_rest,
    case
        when order_line.status = 'cancelled' then 'cancelled'
        when not numbered.is_order_rest then 'none'
        when sign(numbered.quantity) <> sign(order_line.counted_quantity) then 'over_delivered'
        when order_line.is_delivery_complete or coalesce(order_line.cancelled_quantity, 0) <> 0 then 'closed_short'
        else 'open'
    end as rest_kind,
    cast(numbered.quantity as decimal(28, 6)) as quantity,
    numbered.order_line_id,
    numbered.delivery_line_id,
    numbered.acceptance_line_id,
    numbered.invoice_line_id,
    delivery.kind as delivery_kind,
    coalesce(delivery.is_return, false) as is_return,
    {%- for role, alias in [('order', 'order_line'), ('delivery', 'delivery'), ('acceptance', 'acceptance'), ('invoice', 'invoice')] %}
    {{ alias }}.document_no as {{ role }}_document_no,
    {{ alias }}.line_no as {{ role }}_line_no,
    {{ alias }}.event_date as {{ role }}_date,
    {{ alias }}.fiscal_year as {{ role }}_year,
    {{ alias }}.period_no as {{ role }}_period,
    {{ alias }}.currency_code as {{ role }}_currency_code,
    {{ alias }}.exchange_rate as {{ role }}_rate,
    {%- for measure in ['net_amount', 'gross_amount', 'base_net_amount', 'base_gross_amount'] %}
    {{ of_piece(role, alias, measure) }} as {{ role }}_{{ measure }},
    {%- endfor %}
    {%- endfor %}
    {{ of_piece('delivery', 'delivery', 'cost_amount') }} as cost_amount,
    month_start.rate as month_start_rate,
    greatest(order_line.changed_seq, delivery.changed_seq, acceptance.changed_seq, invoice.changed_seq) as changed_seq
from numbered
left join order_line
    on numbered.source_id = order_line.source_id and numbered.flow = order_line.flow and numbered.order_line_id = order_line.line_id
left join delivery
    on numbered.source_id = delivery.source_id and numbered.flow = delivery.flow and numbered.delivery_line_id = delivery.line_id
left join acceptance
    on numbered.source_id = acceptance.source_id and numbered.acceptance_line_id = acceptance.line_id
left join invoice
    on numbered.source_id = invoice.source_id and numbered.flow = invoice.flow and numbered.invoice_line_id = invoice.line_id
left join {{ ref('core_partners') }} as partner
    on coalesce(invoice.source_id, delivery.source_id, order_line.source_id) = partner.source_id
    and coalesce(invoice.partner_kind, delivery.partner_kind, order_line.partner_kind) = partner.partner_kind
    and coalesce(invoice.source_partner_code, delivery.source_partner_code, order_line.source_partner_code) = partner.source_partner_code
left join {{ ref('core_currencies') }} as base_currency
    on coalesce(order_line.base_currency_code, delivery.base_currency_code, invoice.base_currency_code, acceptance.base_currency_code)
    = base_currency.currency_code
left join {{ ref('core_exchange_rates') }} as month_start
    on month_start.rate_kind = 'month_start'
    and coalesce(delivery.source_id, order_line.source_id, invoice.source_id) = month_start.source_id
    and coalesce(delivery.source_company_code, order_line.source_company_code, invoice.source_company_code) = month_start.source_company_code
    and coalesce(delivery.currency_code, order_line.currency_code, invoice.currency_code) = month_start.from_currency_code
    and coalesce(delivery.base_currency_code, order_line.base_currency_code, invoice.base_currency_code) = month_start.to_currency_code
    and coalesce(delivery.event_date, order_line.event_date, invoice.event_date) >= month_start.valid_from
    and coalesce(delivery.event_date, order_line.event_date, invoice.event_date)
    < coalesce(month_start.valid_until, cast('9999-12-31' as date))
{%- for role in ['order', 'delivery', 'acceptance', 'invoice'] %}
left join shared_out as {{ role }}_share
    on numbered.source_id = {{ role }}_share.source_id
    and numbered.flow = {{ role }}_share.flow
    and numbered.atom_id = {{ role }}_share.atom_id
    and {{ role }}_share.document_role = '{{ role }}'
{%- endfor %}
