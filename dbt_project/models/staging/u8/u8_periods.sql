-- Twelve periods of every year that the database has accounts for; UFSYSTEM's calendar gives their days, else months.
with
company as (select * from {{ ref('u8_company') }}),

years as (
    select
        source_id,
        iyear,
        max(_bb_seq) as _bb_seq
    from {{ landed('u8', 'code') }}
    group by source_id, iyear
),

numbers as (
    select cast(n.i as integer) + 1 as period_no
    from range(12) as n (i)
),

calendar as (select * from {{ landed('u8', 'UA_Period') }}),

dated as (
    select
        years.source_id,
        company.company_code,
        years.iyear as fiscal_year,
        numbers.period_no,
        cast(
            cast(years.iyear as varchar) || '-' || lpad(cast(numbers.period_no as varchar), 2, '0') || '-01' as date
        ) as month_start,
        cast(calendar.dBegin as date) as calendar_start,
        cast(calendar.dEnd as date) as calendar_end,
        greatest(years._bb_seq, calendar._bb_seq, company.changed_seq) as changed_seq
    from years
    inner join company on years.source_id = company.source_id
    cross join numbers
    left join calendar
        on years.source_id = calendar.source_id
        and company.company_code = calendar.cAcc_Id
        and years.iyear = calendar.iYear
        and numbers.period_no = calendar.iId
)

select
    source_id,
    company_code,
    fiscal_year,
    period_no,
    coalesce(calendar_start, month_start) as start_date,
    coalesce(calendar_end, {{ month_end('month_start') }}) as end_date,
    changed_seq
from dated
