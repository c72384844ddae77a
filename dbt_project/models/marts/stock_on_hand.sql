with
period as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        max(end_date) as end_date
    from {{ ref('core_periods') }}
    where not is_adjustment
    group by source_id, company_code, fiscal_year, period_no
),

moved as (
    select
        source_id,
        company_code,
        warehouse_code,
        item_code,
        fiscal_year,
        period_no,
        sum(
            cast(base_quantity as decimal(38, 6)) * case
                when entity = 'goods_receipts' then 1
                when entity = 'shipments' then -1
                when direction = 'in' then 1
                else -1
            end
        ) as quantity
    from {{ ref('core_document_lines') }}
    where
        entity in ('goods_receipts', 'shipments', 'stock_movements')
        and is_counted
        and coalesce(line_kind, 'stock') = 'stock'
        and item_code is not null
    group by source_id, company_code, warehouse_code, item_code, fiscal_year, period_no
),

last_used as (
    select
        source_id,
        company_code,
        max(fiscal_year * 100 + period_no) as last_period
    from {{ ref('core_document_lines') }}
    where entity in ('goods_receipts', 'shipments', 'stock_movements') and is_counted
    group by source_id, company_code
),

first_moved as (
    select
        moved.source_id,
        moved.company_code,
        moved.warehouse_code,
        moved.item_code,
        min(moved.fiscal_year * 100 + moved.period_no) as first_period,
        max(last_used.last_period) as last_period
    from moved
    inner join last_used on moved.source_id = last_used.source_id and moved.company_code = last_used.company_code
    group by moved.source_id, moved.company_code, moved.warehouse_code, moved.item_code
),

filled as (
    select
        source_id,
        company_code,
        warehouse_code,
        item_code,
        fiscal_year,
        period_no,
        quantity
    from moved
    union all
    select
        first_moved.source_id,
        first_moved.company_code,
        first_moved.warehouse_code,
        first_moved.item_code,
        period.fiscal_year,
        period.period_no,
        cast(0 as decimal(38, 6)) as quantity
    from first_moved
    inner join period
        on first_moved.source_id = period.source_id
        and first_moved.company_code = period.company_code
        and period.fiscal_year * 100 + period.period_no between first_moved.first_period and first_moved.last_period
),

monthly as (
    select
        source_id,
        company_code,
        warehouse_code,
        item_code,
        fiscal_year,
        period_no,
        sum(quantity) as quantity
    from filled
    group by source_id, company_code, warehouse_code, item_code, fiscal_year, period_no
),

running as (
    select
        source_id,
        company_code,
        warehouse_code,
        item_code,
        fiscal_year,
        period_no,
        sum(quantity) over (
            partition by source_id, company_code, warehouse_code, item_code
            order by fiscal_year, period_no
            rows between unbounded preceding and current row
        ) as quantity
    from monthly
),

company as (select * from {{ ref('core_company_names') }}),

warehouse as (
    select
        source_id,
        warehouse_code,
        min(warehouse_name) as warehouse_name
    from {{ ref('core_warehouses') }}
    group by source_id, warehouse_code
),

item as (
    select
        source_id,
        item_code,
        min(item_name) as item_name,
        min(base_uom_code) as base_uom_code
    from {{ ref('core_items') }}
    group by source_id, item_code
)

select
    running.source_id,
    running.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    running.warehouse_code,
    warehouse.warehouse_name,
    running.item_code,
    item.item_name,
    running.fiscal_year,
    running.period_no,
    period.end_date as period_end,
    cast(running.quantity as decimal(38, 6)) as quantity,
    item.base_uom_code as uom_code
from running
left join company on running.source_id = company.source_id and running.company_code = company.company_code
left join warehouse on running.source_id = warehouse.source_id and running.warehouse_code = warehouse.warehouse_code
left join item on running.source_id = item.source_id and running.item_code = item.item_code
left join period
    on running.source_id = period.source_id
    and running.company_code = period.company_code
    and running.fiscal_year = period.fiscal_year
    and running.period_no = period.period_no
where running.quantity <> 0
