{% call conform('purchase_orders') %}
with
line as (
    select
        *,
        {{ product('quantity', 'unit_price', 8) }} as exact_amount
    from {{ landed('tryton', 'purchase_line') }}
),

purchase as (select * from {{ landed('tryton', 'purchase_purchase') }}),

party as (select * from {{ landed('tryton', 'party_party') }}),

product as (select * from {{ landed('tryton', 'product_product') }}),

template as (select * from {{ landed('tryton', 'product_template') }}),

uom as (select * from {{ landed('tryton', 'product_uom') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

warehouse as (select * from {{ landed('tryton', 'stock_location') }}),

employee as (select * from {{ landed('tryton', 'res_user') }})

select
    line.source_id,
    purchase.id as document_id,
    line.id as line_id,
    coalesce(purchase.number, '*' || cast(purchase.id as varchar)) as document_no,
    coalesce(line.sequence, line.id) as line_no,
    purchase.company as company_code,
    coalesce(warehouse.code, cast(purchase.warehouse as varchar)) as warehouse_code,
    'supplier' as partner_kind,
    coalesce(party.code, '*' || cast(purchase.party as varchar)) as partner_code,
    case when line.product is not null then coalesce(product.code, '*' || cast(line.product as varchar)) end as item_code,
    line.description,
    case template.type when 'service' then 'service' when 'goods' then 'stock' when 'assets' then 'asset' else 'expense' end
        as line_kind,
    coalesce(purchase.purchase_date, cast(purchase.create_date as date)) as document_date,
    case purchase.state
        when 'draft' then 'draft'
        when 'quotation' then 'submitted'
        when 'done' then 'closed'
        when 'cancelled' then 'cancelled'
        else 'approved'
    end as status,
    line.quantity < 0 as is_return,
    line.quantity,
    coalesce(uom.symbol, cast(line.unit as varchar)) as uom_code,
    coalesce(currency.code, '*' || cast(purchase.currency as varchar)) as currency_code,
    line.unit_price,
    {{ rounded_half_even('line.exact_amount', 'currency.digits') }} as net_amount,
    coalesce(line.delivery_date_store, purchase.delivery_date) as promised_date,
    coalesce(employee.login, cast(purchase.create_uid as varchar)) as created_by,
    line.create_date as created_at,
    coalesce(line.write_date, purchase.write_date) as updated_at,
    greatest(
        line._bb_seq, purchase._bb_seq, party._bb_seq, product._bb_seq, template._bb_seq, uom._bb_seq, currency._bb_seq,
        warehouse._bb_seq, employee._bb_seq
    ) as changed_seq
from line
inner join purchase on line.source_id = purchase.source_id and line.purchase = purchase.id
left join party on purchase.source_id = party.source_id and purchase.party = party.id
left join product on line.source_id = product.source_id and line.product = product.id
left join template on product.source_id = template.source_id and product.template = template.id
left join uom on line.source_id = uom.source_id and line.unit = uom.id
left join currency on purchase.source_id = currency.source_id and purchase.currency = currency.id
left join warehouse on purchase.source_id = warehouse.source_id and purchase.warehouse = warehouse.id
left join employee on purchase.source_id = employee.source_id and purchase.create_uid = employee.id
where line.type = 'line'
{% endcall %}
