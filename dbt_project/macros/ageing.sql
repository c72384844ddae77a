{% macro age_bucket(age) -%}
case
        when {{ age }} <= 30 then '0_30'
        when {{ age }} <= 60 then '31_60'
        when {{ age }} <= 90 then '61_90'
        when {{ age }} <= 180 then '91_180'
        when {{ age }} <= 365 then '181_365'
        when {{ age }} <= 730 then '1_2_years'
        when {{ age }} <= 1095 then '2_3_years'
        when {{ age }} <= 1460 then '3_4_years'
        when {{ age }} <= 1825 then '4_5_years'
        else 'over_5_years'
    end
{%- endmacro %}

{#- Open items of one side at every month's end and today: amount, age and bucket. -#}
{% macro ageing(side) -%}
with
movement as (
    select *
    from {{ ref('open_item_movements') }}
    where side = '{{ side }}'
),

partner as (
    select
        partner_kind,
        partner_code,
        min(partner_name) as partner_name
    from {{ ref('core_partners') }}
    group by partner_kind, partner_code
),

daily as (
    select
        open_item_id,
        source_id,
        movement_date,
        sum({{ money('amount') }}) as amount,
        sum({{ money('document_amount') }}) as document_amount
    from movement
    group by open_item_id, source_id, movement_date
),

-- From each movement until the next one an item is open with one amount.
stretch as (
    select
        source_id,
        open_item_id,
        movement_date as open_from,
        lead(movement_date) over (partition by source_id, open_item_id order by movement_date) as open_until,
        sum(amount) over (
            partition by source_id, open_item_id order by movement_date rows between unbounded preceding and current row
        ) as open_amount,
        sum(document_amount) over (
            partition by source_id, open_item_id order by movement_date rows between unbounded preceding and current row
        ) as document_open_amount
    from daily
),

as_of as (
    select distinct known.end_date as as_of_date
    from {{ ref('core_periods') }} as known
    inner join {{ source('house', 'run_context') }} as run on known.end_date <= run.as_of
    inner join (select min(movement_date) as first_date from movement) as span on known.end_date >= span.first_date
    union
    select run.as_of as as_of_date
    from {{ source('house', 'run_context') }} as run
),

-- What an item is, is told by the movement that begins it; of several (ledger-only items) by the first.
item as (
    select
        source_id,
        open_item_id,
        company_code,
        company_name,
        company_currency_code,
        item_kind as row_kind,
        account_code,
        partner_kind,
        partner_code,
        document_entity,
        document_id,
        document_no,
        document_date,
        due_date,
        document_currency_code,
        is_posted
    from (
        select
            *,
            row_number() over (partition by source_id, open_item_id order by movement_date, movement_id) as position
        from movement
        where is_beginning
    ) as beginning
    where position = 1
),

open_item as (
    select
        item.*,
        as_of.as_of_date,
        stretch.open_amount,
        stretch.document_open_amount,
        {{ days_between('coalesce(item.due_date, item.document_date)', 'as_of.as_of_date') }} as age_days,
        {{ days_between('item.document_date', 'as_of.as_of_date') }} as document_age_days
    from (select * from stretch where open_amount <> 0 or document_open_amount <> 0) as stretch
    inner join as_of
        on stretch.open_from <= as_of.as_of_date
        and (stretch.open_until is null or as_of.as_of_date < stretch.open_until)
    inner join item on stretch.source_id = item.source_id and stretch.open_item_id = item.open_item_id
)

select
    open_item.source_id,
    open_item.company_code,
    open_item.company_name,
    open_item.company_currency_code,
    open_item.as_of_date,
    open_item.row_kind,
    open_item.open_item_id,
    open_item.account_code,
    open_item.partner_kind,
    open_item.partner_code,
    partner.partner_name,
    open_item.document_entity,
    open_item.document_id,
    open_item.document_no,
    open_item.document_date,
    open_item.due_date,
    open_item.document_currency_code,
    open_item.is_posted,
    {{ money('open_item.open_amount') }} as open_amount,
    {{ money('open_item.document_open_amount') }} as document_open_amount,
    case when open_item.due_date is null then 'document_date' else 'due_date' end as ageing_basis,
    cast(open_item.age_days as integer) as age_days,
    case
        when open_item.due_date is not null and open_item.age_days <= 0 then 'not_due'
        else {{ age_bucket('open_item.age_days') }}
    end as bucket,
    cast(open_item.document_age_days as integer) as document_age_days,
    {{ age_bucket('open_item.document_age_days') }} as document_bucket
from open_item
left join partner
    on open_item.partner_kind = partner.partner_kind and open_item.partner_code = partner.partner_code
{%- endmacro %}
