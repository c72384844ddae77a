{% call conform('shipments') %}
with
move as (select * from {{ ref('tryton_stock_moves') }}),

shipment as (
    select source_id, 'stock.shipment.out,' || cast(id as varchar) as reference_key, number, reference, customer, _bb_seq
    from {{ landed('tryton', 'stock_shipment_out') }}
    union all
    select source_id, 'stock.shipment.out.return,' || cast(id as varchar), number, reference, customer, _bb_seq
    from {{ landed('tryton', 'stock_shipment_out_return') }}
),

order_line as (
    select
        line.source_id,
        line.id,
        sale.party,
        greatest(line._bb_seq, sale._bb_seq) as _bb_seq
    from {{ landed('tryton', 'sale_line') }} as line
    inner join {{ landed('tryton', 'sale_sale') }} as sale
        on line.source_id = sale.source_id and line.sale = sale.id
),

party as (select * from {{ landed('tryton', 'party_party') }}),

company as (
    select
        company.source_id,
        company.id,
        currency.code as currency_code,
        currency.digits
    from {{ landed('tryton', 'company_company') }} as company
    left join {{ landed('tryton', 'currency_currency') }} as currency
        on company.source_id = currency.source_id and company.currency = currency.id
),

-- A shipment goes to a customer, a return comes back; the sign tells.
crossing as (
    select
        *,
        {{ product('quantity', 'unit_price', 8) }} as exact_amount,
        {{ product('base_quantity', 'cost_price', 8) }} as exact_cost,
        case when to_type = 'customer' then 1 else -1 end as sign,
        coalesce(shipment, 'stock.move,' || cast(id as varchar)) as document_id,
        case when origin like 'sale.line,%' then try_cast(substr(origin, 11) as bigint) end as sale_line_id
    from move
    where (from_type = 'customer') <> (to_type = 'customer')
)

select
    crossing.source_id,
    crossing.document_id,
    crossing.id as line_id,
    coalesce(shipment.number, '*' || cast(crossing.id as varchar)) as document_no,
    crossing.id as line_no,
    crossing.company as company_code,
    case crossing.sign when 1 then crossing.from_warehouse_code else crossing.to_warehouse_code end as warehouse_code,
    'customer' as partner_kind,
    coalesce(
        party.code,
        '*' || cast(coalesce(shipment.customer, order_line.party) as varchar)
    ) as partner_code,
    crossing.item_code,
    crossing.line_kind,
    coalesce(crossing.effective_date, crossing.planned_date, cast(crossing.create_date as date)) as document_date,
    crossing.status,
    crossing.sign = -1 as is_return,
    case when crossing.sign = -1 then 'return' end as red_reason,
    crossing.sign * crossing.quantity as quantity,
    crossing.uom_code,
    crossing.sign * crossing.base_quantity as base_quantity,
    coalesce(crossing.currency_code, company.currency_code) as currency_code,
    crossing.unit_price,
    crossing.sign * {{ rounded_half_even('crossing.exact_amount', 'crossing.currency_digits') }} as net_amount,
    case crossing.sign when 1 then 'sale' else 'return' end as shipment_kind,
    order_line.id as sales_order_line_id,
    case
        when crossing.status = 'closed'
            then crossing.sign * {{ rounded_half_even('crossing.exact_cost', 'company.digits') }}
    end as cost_amount,
    crossing.status = 'closed' as is_cost_final,
    crossing.create_date as created_at,
    crossing.write_date as updated_at,
    greatest(crossing.changed_seq, shipment._bb_seq, order_line._bb_seq, party._bb_seq) as changed_seq
from crossing
left join shipment on crossing.source_id = shipment.source_id and crossing.shipment = shipment.reference_key
left join order_line on crossing.source_id = order_line.source_id and crossing.sale_line_id = order_line.id
left join party
    on crossing.source_id = party.source_id and coalesce(shipment.customer, order_line.party) = party.id
left join company on crossing.source_id = company.source_id and crossing.company = company.id
{% endcall %}
