{% call conform('stock_movements') %}
with
move as (select * from {{ ref('tryton_stock_moves') }}),

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

-- Neither supplier nor customer, and not inside one warehouse (input zone -> storage is the second leg of a receipt).
inner_moves as (
    select *
    from move
    where
        from_type not in ('supplier', 'customer')
        and to_type not in ('supplier', 'customer')
        and coalesce(from_warehouse_code, '') <> coalesce(to_warehouse_code, '')
),

-- A transfer is two rows, one out and one in.
directed as (
    select
        *,
        'out' as direction,
        from_warehouse_code as warehouse_code,
        to_warehouse_code as counter_warehouse_code,
        to_type as counter_type
    from inner_moves
    where from_warehouse_code is not null
    union all
    select
        *,
        'in' as direction,
        to_warehouse_code as warehouse_code,
        from_warehouse_code as counter_warehouse_code,
        from_type as counter_type
    from inner_moves
    where to_warehouse_code is not null
)

select
    directed.source_id,
    'stock.move,' || cast(directed.id as varchar) as document_id,
    cast(directed.id as varchar) || '/' || directed.direction as line_id,
    '*' || cast(directed.id as varchar) as document_no,
    directed.id as line_no,
    directed.company as company_code,
    directed.warehouse_code,
    directed.item_code,
    directed.line_kind,
    coalesce(directed.effective_date, directed.planned_date, cast(directed.create_date as date)) as document_date,
    directed.status,
    directed.quantity,
    directed.uom_code,
    directed.base_quantity,
    company.currency_code,
    case
        when directed.counter_type = 'lost_found' and directed.origin like 'stock.inventory.line,%' then 'count'
        when directed.counter_type = 'lost_found' then 'adjustment'
        when directed.counter_type = 'production' and directed.direction = 'out' then 'production_issue'
        when directed.counter_type = 'production' then 'production_receipt'
        else 'transfer'
    end as movement_kind,
    directed.direction,
    directed.counter_warehouse_code,
    {{ rounded_half_even(product('directed.base_quantity', 'directed.cost_price', 8), 'company.digits') }} as cost_amount,
    directed.status = 'closed' as is_cost_final,
    directed.create_date as created_at,
    directed.write_date as updated_at,
    directed.changed_seq
from directed
left join company on directed.source_id = company.source_id and directed.company = company.id
{% endcall %}
