-- Stock by item over all warehouses, because sources report it by plant, warehouse or location, beside what movements,
-- documents and ledger make of it. Our value stays open while the cost of anything until the period's end does.
with
reported as (
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no,
        cast(sum(cast(quantity as decimal(38, 6))) as decimal(38, 6)) as quantity,
        {{ money('sum(amount)') }} as amount
    from {{ ref('core_stock_balances') }}
    group by source_id, company_code, source_item_code, fiscal_year, period_no
),

moved as (select * from {{ ref('core_stock_values') }}),

last_period as (
    select
        source_id,
        company_code,
        max(fiscal_year * 100 + period_no) as last_period
    from reported
    group by source_id, company_code
),

reported_item as (
    select
        source_id,
        company_code,
        source_item_code
    from reported
    group by source_id, company_code, source_item_code
),

-- What a source reports, and items that we know of and it does not report at all.
asked as (
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no
    from reported
    union
    select
        moved.source_id,
        moved.company_code,
        moved.source_item_code,
        cast(floor(last_period.last_period / 100) as integer),
        cast(last_period.last_period % 100 as integer)
    from moved
    inner join last_period
        on moved.source_id = last_period.source_id and moved.company_code = last_period.company_code
    left join reported_item
        on moved.source_id = reported_item.source_id
        and moved.company_code = reported_item.company_code
        and moved.source_item_code = reported_item.source_item_code
    where reported_item.source_id is null
),

ours as (
    select
        asked.source_id,
        asked.company_code,
        asked.source_item_code,
        asked.fiscal_year,
        asked.period_no,
        sum(moved.quantity) as quantity,
        sum(moved.amount) as amount,
        sum(moved.unknown_count) as unknown_count
    from asked
    inner join moved
        on asked.source_id = moved.source_id
        and asked.company_code = moved.company_code
        and asked.source_item_code = moved.source_item_code
        and asked.fiscal_year * 100 + asked.period_no >= moved.fiscal_year * 100 + moved.period_no
    group by asked.source_id, asked.company_code, asked.source_item_code, asked.fiscal_year, asked.period_no
)

select
    asked.source_id,
    asked.company_code,
    asked.source_item_code,
    asked.fiscal_year,
    asked.period_no,
    cast(coalesce(reported.quantity, 0) as decimal(38, 6)) as reported_quantity,
    cast(coalesce(ours.quantity, 0) as decimal(38, 6)) as our_quantity,
    case when reported.source_id is null then {{ money('0') }} else reported.amount end as reported_amount,
    case when coalesce(ours.unknown_count, 0) = 0 then coalesce({{ money('ours.amount') }}, {{ money('0') }}) end as our_amount
from asked
{%- for side in ['reported', 'ours'] %}
left join {{ side }}
    on asked.source_id = {{ side }}.source_id
    and asked.company_code = {{ side }}.company_code
    and asked.source_item_code = {{ side }}.source_item_code
    and asked.fiscal_year = {{ side }}.fiscal_year
    and asked.period_no = {{ side }}.period_no
{%- endfor %}
