select
    company_code,
    fiscal_year,
    period_no,
    cast(fiscal_year as varchar) || '-' || lpad(cast(period_no as varchar), 2, '0') as period_name,
    min(start_date) as start_date,
    max(end_date) as end_date,
    min(is_adjustment) as is_adjustment,
    -- Closed where every source that keeps the company's periods says so.
    case
        when max(case when status = 'open' then 1 else 0 end) = 1 then 'open'
        when max(case when status in ('closed', 'hold') then 1 else 0 end) = 1 then 'closed'
        else 'unknown'
    end as status
from {{ ref('core_periods') }}
group by company_code, fiscal_year, period_no
