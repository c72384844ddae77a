-- Every day of every company's periods, so that a date finds its period by equality.
with
period as (
    select *
    from {{ ref('core_periods') }}
    where not is_adjustment and start_date is not null and end_date is not null
),

numbers as (
    select cast(n.i as integer) as days
    from range(400) as n (i)
)

select
    period.source_id,
    period.source_company_code,
    {{ date_plus_days('period.start_date', 'numbers.days') }} as calendar_date,
    max(period.fiscal_year) as fiscal_year,
    min(period.period_no) as period_no
from period
inner join numbers on numbers.days <= {{ days_between('period.start_date', 'period.end_date') }}
group by period.source_id, period.source_company_code, {{ date_plus_days('period.start_date', 'numbers.days') }}
