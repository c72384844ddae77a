{% call conform('fiscal_periods') %}
with
company as (select * from {{ ref('sap_companies') }}),

used as (
    select source_id, BUKRS, try_cast(GJAHR as integer) as fiscal_year, _bb_seq from {{ landed('sap', 'BKPF') }}
    union all
    select source_id, BUKRS, try_cast(GJAHR as integer), _bb_seq from {{ landed('sap', 'RBKP') }}
    union all
    select source_id, BUKRS, try_cast(substr(FKDAT, 1, 4) as integer), _bb_seq from {{ landed('sap', 'VBRK') }}
    union all
    select source_id, BUKRS, try_cast(substr(BEDAT, 1, 4) as integer), _bb_seq from {{ landed('sap', 'EKKO') }}
),

span as (
    select
        source_id,
        BUKRS,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year,
        max(_bb_seq) as _bb_seq
    from used
    where fiscal_year between 1970 and 2200
    group by source_id, BUKRS
),

numbers as (
    select cast(n.i as integer) as number
    from range(60) as n (i)
),

-- Sixteen periods a year: twelve months and four for adjustments at the year's end.
period as (
    select
        span.source_id,
        span.BUKRS,
        span.first_year + years.number as fiscal_year,
        periods.number + 1 as period_no,
        cast(
            cast(span.first_year + years.number as varchar) || '-'
            || lpad(cast(least(periods.number + 1, 12) as varchar), 2, '0') || '-01' as date
        ) as month_start,
        span._bb_seq
    from span
    inner join numbers as years on span.first_year + years.number <= span.last_year
    inner join numbers as periods on periods.number < 16
)

select
    period.source_id,
    period.BUKRS as company_code,
    period.fiscal_year,
    period.period_no,
    case when period.period_no > 12 then {{ month_end('period.month_start') }} else period.month_start end as start_date,
    {{ month_end('period.month_start') }} as end_date,
    period.period_no > 12 as is_adjustment,
    period._bb_seq as changed_seq
from period
inner join company on period.source_id = company.source_id and period.BUKRS = company.BUKRS
{% endcall %}
