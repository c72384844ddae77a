{% call conform('period_statuses') %}
with
company as (select * from {{ ref('sap_companies') }}),

period as (select * from {{ ref('stg_sap__fiscal_periods') }}),

-- Which account kinds may post from which period to which; '+' rules them all.
opened as (
    select
        source_id,
        MANDT,
        BUKRS as period_variant,
        case MKOAR when 'K' then 'ap' when 'D' then 'ar' when 'A' then 'assets' else 'gl' end as module,
        min(try_cast(FRYE1 as integer) * 1000 + try_cast(FRPE1 as integer)) as first_open,
        max(try_cast(TOYE1 as integer) * 1000 + try_cast(TOPE1 as integer)) as last_open,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'T001B') }}
    where MKOAR in ('+', 'K', 'D', 'A')
    group by source_id, MANDT, BUKRS, case MKOAR when 'K' then 'ap' when 'D' then 'ar' when 'A' then 'assets' else 'gl' end
),

-- Materials management has one current period and may still post into the one before.
stock_period as (
    select
        source_id,
        MANDT,
        BUKRS,
        try_cast(LFGJA as integer) * 12 + try_cast(LFMON as integer) as current_month,
        _bb_seq
    from {{ landed('sap', 'MARV') }}
)

select
    period.source_id,
    period.company_code,
    'FI' as ledger_code,
    opened.module,
    period.fiscal_year,
    period.period_no,
    case
        when period.fiscal_year * 1000 + period.period_no between opened.first_open and opened.last_open then 'open'
        else 'closed'
    end as status,
    greatest(opened._bb_seq, period.changed_seq) as changed_seq
from period
inner join company on period.source_id = company.source_id and period.company_code = company.BUKRS
inner join opened
    on company.source_id = opened.source_id
    and company.MANDT = opened.MANDT
    and company.period_variant = opened.period_variant
union all
select
    period.source_id,
    period.company_code,
    'FI',
    'inventory',
    period.fiscal_year,
    period.period_no,
    case
        when period.fiscal_year * 12 + period.period_no between stock_period.current_month - 1 and stock_period.current_month
            then 'open'
        else 'closed'
    end,
    greatest(stock_period._bb_seq, period.changed_seq)
from period
inner join stock_period on period.source_id = stock_period.source_id and period.company_code = stock_period.BUKRS
where period.period_no <= 12
{% endcall %}
