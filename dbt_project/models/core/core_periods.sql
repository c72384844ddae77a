with
period as (select * from {{ united('fiscal_periods') }}),

status as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        -- The general ledger decides; other modules have their own states.
        max(case when module = 'gl' then status end) as status
    from {{ united('period_statuses') }} as status
    group by source_id, company_code, fiscal_year, period_no
),

company as (select * from {{ ref('core_companies') }})

select
    period.source_id,
    company.company_code,
    period.company_code as source_company_code,
    period.fiscal_year,
    period.period_no,
    period.start_date,
    period.end_date,
    coalesce(period.is_adjustment, false) as is_adjustment,
    coalesce(status.status, 'unknown') as status,
    period.changed_seq
from period
inner join company
    on period.source_id = company.source_id and period.company_code = company.source_company_code
left join status
    on period.source_id = status.source_id
    and period.company_code = status.company_code
    and period.fiscal_year = status.fiscal_year
    and period.period_no = status.period_no
