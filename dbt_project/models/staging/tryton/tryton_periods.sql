-- Periods with a fiscal year and a number. Tryton numbers no periods: standard ones count from 1 by date, adjustment ones
-- from 13; a fiscal year is named by the year in which it ends.
with
period as (select * from {{ landed('tryton', 'account_period') }}),

fiscal_year as (select * from {{ landed('tryton', 'account_fiscalyear') }})

select
    period.source_id,
    period.id,
    fiscal_year.company,
    cast(extract(year from fiscal_year.end_date) as integer) as fiscal_year,
    cast(
        row_number() over (
            partition by period.source_id, period.fiscalyear, period.type
            order by period.start_date, period.end_date, period.id
        ) as integer
    ) + case when period.type = 'adjustment' then 12 else 0 end as period_no,
    period.start_date,
    period.end_date,
    period.type = 'adjustment' as is_adjustment,
    period.state,
    coalesce(period.write_date, period.create_date) as changed_at,
    greatest(
        fiscal_year._bb_seq,
        max(period._bb_seq) over (partition by period.source_id, period.fiscalyear)
    ) as changed_seq
from period
inner join fiscal_year
    on period.source_id = fiscal_year.source_id and period.fiscalyear = fiscal_year.id
