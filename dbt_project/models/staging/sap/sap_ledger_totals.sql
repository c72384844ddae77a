-- Totals by account and period as SAP keeps them: of the classic ledger (GLT0) or the new one (FAGLFLEXT). One row per
-- period; period 0 is what the year began with. Credit rows are negative.
with
total as (
    select
        source_id,
        MANDT,
        BUKRS,
        RYEAR,
        RACCT,
        DRCRK,
        HSLVT,
        {%- for n in range(1, 17) %}
            HSL{{ '%02d' % n }},
        {%- endfor %}
        _bb_seq
    from {{ landed('sap', 'GLT0') }}
    where RLDNR = '00' and RRCTY = '0'
    union all
    select
        source_id,
        RCLNT,
        RBUKRS,
        RYEAR,
        RACCT,
        DRCRK,
        HSLVT,
        {%- for n in range(1, 17) %}
            HSL{{ '%02d' % n }},
        {%- endfor %}
        _bb_seq
    from {{ landed('sap', 'FAGLFLEXT') }}
    where RLDNR = '0L' and RRCTY = '0'
),

company as (select * from {{ ref('sap_companies') }}),

numbers as (
    select cast(n.i as integer) as period_no
    from range(17) as n (i)
),

-- Period 0 is what the year began with, which has one side only.
by_period as (
    select
        total.source_id,
        total.MANDT,
        total.BUKRS,
        total.RYEAR,
        total.RACCT,
        numbers.period_no,
        case when numbers.period_no = 0 then 'S' else total.DRCRK end as side,
        case numbers.period_no
            when 0 then total.HSLVT
            {%- for n in range(1, 17) %}
                when {{ n }} then total.HSL{{ '%02d' % n }}
            {%- endfor %}
        end as amount,
        total._bb_seq
    from total
    cross join numbers
)

select
    by_period.source_id,
    by_period.BUKRS,
    by_period.RYEAR as fiscal_year,
    by_period.period_no,
    regexp_replace(by_period.RACCT, '^0+', '') as account_code,
    sum(case when by_period.side = 'H' then 0 else {{ product('by_period.amount', 'company.factor') }} end) as debit,
    sum(case when by_period.side = 'H' then -{{ product('by_period.amount', 'company.factor') }} else 0 end) as credit,
    company.WAERS as base_currency_code,
    max(greatest(by_period._bb_seq, company.changed_seq)) as changed_seq
from by_period
inner join company
    on by_period.source_id = company.source_id and by_period.MANDT = company.MANDT and by_period.BUKRS = company.BUKRS
group by
    by_period.source_id, by_period.BUKRS, by_period.RYEAR, by_period.period_no, by_period.RACCT, company.WAERS
