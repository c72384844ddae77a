{% call conform('goods_receipts') %}
with
move as (select * from {{ ref('tryton_stock_moves') }}),

shipment as (
    select source_id, 'stock.shipment.in,' || cast(id as varchar) as reference_key, number, reference, supplier, _bb_seq
    from {{ landed('tryton', 'stock_shipment_in') }}
    union all
    select source_id, 'stock.shipment.in.return,' || cast(id as varchar), number, reference, supplier, _bb_seq
    from {{ landed('tryton', 'stock_shipment_in_return') }}
),

order_line as (
    select
        line.source_id,
        line.id,
        purchase.party,
        greatest(line._bb_seq, purchase._bb_seq) as _bb_seq
    from {{ landed('tryton', 'purchase_line') }} as line
    inner join {{ landed('tryton', 'purchase_purchase') }} as purchase
        on line.source_id = purchase.source_id and line.purchase = purchase.id
),

party as (select * from {{ landed('tryton', 'party_party') }}),

-- What Tryton itself debited to stock accounts for the move.
booked as (
    select
        entry.source_id,
        try_cast(substr(entry.origin, 12) as bigint) as stock_move_id,
        sum(line.debit - line.credit) as cost_amount,
        max(greatest(entry._bb_seq, line._bb_seq)) as _bb_seq
    from {{ landed('tryton', 'account_move') }} as entry
    inner join {{ landed('tryton', 'account_move_line') }} as line
        on entry.source_id = line.source_id and entry.id = line.move
    inner join {{ landed('tryton', 'account_account') }} as account
        on line.source_id = account.source_id and line.account = account.id
    inner join {{ landed('tryton', 'account_account_type') }} as account_type
        on account.source_id = account_type.source_id and account.type = account_type.id
    where entry.origin like 'stock.move,%' and account_type.stock and account_type.statement = 'balance'
    group by entry.source_id, try_cast(substr(entry.origin, 12) as bigint)
),

-- Stock entries or lines of them that are gone or were different once: their receipts have changed.
entry_version as (
    select source_id, id, origin, cast(null as bigint) as _bb_seq
    from {{ landed('tryton', 'account_move') }}
    union all
    select source_id, id, origin, _bb_seq
    from {{ landed_past('tryton', 'account_move') }}
),

past_entry as (
    select
        entry_version.source_id,
        try_cast(substr(entry_version.origin, 12) as bigint) as stock_move_id,
        max(coalesce(line._bb_seq, entry_version._bb_seq)) as _bb_seq
    from entry_version
    left join {{ landed_past('tryton', 'account_move_line') }} as line
        on entry_version.source_id = line.source_id and entry_version.id = line.move
    where entry_version.origin like 'stock.move,%' and coalesce(line._bb_seq, entry_version._bb_seq) is not null
    group by entry_version.source_id, try_cast(substr(entry_version.origin, 12) as bigint)
),

-- A receipt comes from a supplier, a return goes back; the sign tells.
crossing as (
    select
        *,
        {{ product('quantity', 'unit_price', 8) }} as exact_amount,
        case when from_type = 'supplier' then 1 else -1 end as sign,
        coalesce(shipment, 'stock.move,' || cast(id as varchar)) as document_id,
        case when origin like 'purchase.line,%' then try_cast(substr(origin, 15) as bigint) end as purchase_line_id
    from move
    where (from_type = 'supplier') <> (to_type = 'supplier')
)

select
    crossing.source_id,
    crossing.document_id,
    crossing.id as line_id,
    coalesce(shipment.number, '*' || cast(crossing.id as varchar)) as document_no,
    crossing.id as line_no,
    crossing.company as company_code,
    case crossing.sign when 1 then crossing.to_warehouse_code else crossing.from_warehouse_code end as warehouse_code,
    'supplier' as partner_kind,
    coalesce(
        party.code,
        '*' || cast(coalesce(shipment.supplier, order_line.party) as varchar)
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
    coalesce(crossing.currency_code, company_currency.code) as currency_code,
    crossing.unit_price,
    crossing.sign * {{ rounded_half_even('crossing.exact_amount', 'crossing.currency_digits') }} as net_amount,
    case crossing.sign when 1 then 'purchase' else 'return' end as receipt_kind,
    order_line.id as purchase_order_line_id,
    booked.cost_amount,
    booked.cost_amount is not null as is_cost_final,
    crossing.create_date as created_at,
    crossing.write_date as updated_at,
    greatest(
        crossing.changed_seq, shipment._bb_seq, order_line._bb_seq, party._bb_seq, booked._bb_seq, past_entry._bb_seq
    ) as changed_seq
from crossing
left join shipment on crossing.source_id = shipment.source_id and crossing.shipment = shipment.reference_key
left join order_line on crossing.source_id = order_line.source_id and crossing.purchase_line_id = order_line.id
left join party
    on crossing.source_id = party.source_id and coalesce(shipment.supplier, order_line.party) = party.id
left join booked
    on crossing.source_id = booked.source_id and crossing.id = booked.stock_move_id
left join past_entry
    on crossing.source_id = past_entry.source_id and crossing.id = past_entry.stock_move_id
left join {{ landed('tryton', 'company_company') }} as company
    on crossing.source_id = company.source_id and crossing.company = company.id
left join {{ landed('tryton', 'currency_currency') }} as company_currency
    on company.source_id = company_currency.source_id and company.currency = company_currency.id
{% endcall %}
