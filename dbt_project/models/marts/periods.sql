-- The state of a period is that of the primary ledger; of companies whose ledger keeps no periods, that of the others.
with
period as (
    select
        period.*,
        case when ledger.source_id is null then 0 else 1 end as is_of_ledger,
        max(case when ledger.source_id is null then 0 else 1 end)
            over (partition by period.company_code, period.fiscal_year, period.period_no) as ledger_keeps_it
    from {{ ref('core_periods') }} as period
    left join (
        select distinct
            source_id,
            company_code
        from {{ ref('core_ledgers') }}
        where is_primary
    ) as ledger
        on period.source_id = ledger.source_id and period.company_code = ledger.company_code
)

select
    company_code,
    fiscal_year,
    period_no,
    cast(fiscal_year as varchar) || '-' || lpad(cast(period_no as varchar), 2, '0') as period_name,
    min(start_date) as start_date,
    max(end_date) as end_date,
    min(is_adjustment) as is_adjustment,
    -- Closed where every source that says something says so.
    case
        when max(case when is_of_ledger = ledger_keeps_it and status = 'open' then 1 else 0 end) = 1 then 'open'
        when max(case when is_of_ledger = ledger_keeps_it and status in ('closed', 'hold') then 1 else 0 end) = 1 then 'closed'
        else 'unknown'
    end as status
from period
group by company_code, fiscal_year, period_no
