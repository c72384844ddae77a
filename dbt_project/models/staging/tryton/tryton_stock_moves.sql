-- Stock moves with the kind of place at both ends. One receipt or shipment makes several moves (supplier -> input zone ->
-- storage); only the one that crosses the company's border is a document, see goods_receipts and shipments.
with
move as (select * from {{ landed('tryton', 'stock_move') }}),

location as (select * from {{ landed('tryton', 'stock_location') }}),

product as (select * from {{ landed('tryton', 'product_product') }}),

template as (select * from {{ landed('tryton', 'product_template') }}),

uom as (select * from {{ landed('tryton', 'product_uom') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

-- A zone stands in a warehouse a few levels up.
place as (
    select
        own.source_id,
        own.id,
        own.type as location_type,
        coalesce(
            case when own.type = 'warehouse' then own.id end,
            case when up1.type = 'warehouse' then up1.id end,
            case when up2.type = 'warehouse' then up2.id end,
            case when up3.type = 'warehouse' then up3.id end
        ) as warehouse_id,
        greatest(own._bb_seq, up1._bb_seq, up2._bb_seq, up3._bb_seq) as _bb_seq
    from location as own
    left join location as up1 on own.source_id = up1.source_id and own.parent = up1.id
    left join location as up2 on up1.source_id = up2.source_id and up1.parent = up2.id
    left join location as up3 on up2.source_id = up3.source_id and up2.parent = up3.id
),

stored as (
    select
        place.*,
        coalesce(warehouse.code, '*' || cast(place.warehouse_id as varchar)) as warehouse_code
    from place
    left join location as warehouse
        on place.source_id = warehouse.source_id and place.warehouse_id = warehouse.id
)

select
    move.source_id,
    move.id,
    move.company,
    move.quantity,
    coalesce(move.internal_quantity, move.quantity) as base_quantity,
    move.unit_price,
    move.cost_price,
    move.effective_date,
    move.planned_date,
    move.origin,
    move.shipment,
    move.create_date,
    move.write_date,
    case move.state
        when 'done' then 'closed'
        when 'cancelled' then 'cancelled'
        when 'assigned' then 'submitted'
        else 'draft'
    end as status,
    coalesce(product.code, '*' || cast(move.product as varchar)) as item_code,
    case template.type when 'service' then 'service' when 'assets' then 'asset' else 'stock' end as line_kind,
    coalesce(uom.symbol, cast(move.unit as varchar)) as uom_code,
    currency.code as currency_code,
    coalesce(currency.digits, 2) as currency_digits,
    origin_place.location_type as from_type,
    target_place.location_type as to_type,
    origin_place.warehouse_code as from_warehouse_code,
    target_place.warehouse_code as to_warehouse_code,
    greatest(
        move._bb_seq, origin_place._bb_seq, target_place._bb_seq, product._bb_seq, template._bb_seq, uom._bb_seq, currency._bb_seq
    ) as changed_seq
from move
left join stored as origin_place
    on move.source_id = origin_place.source_id and move.from_location = origin_place.id
left join stored as target_place
    on move.source_id = target_place.source_id and move.to_location = target_place.id
left join product on move.source_id = product.source_id and move.product = product.id
left join template on product.source_id = template.source_id and product.template = template.id
left join uom on move.source_id = uom.source_id and move.unit = uom.id
left join currency on move.source_id = currency.source_id and move.currency = currency.id
