-- Totals by account and period as SAP keeps them: of the classic ledger (GLT0) or the new one (FAGLFLEXT). One row per
-- period, debit and credit; `carried` is what the year began with. Credit rows are negative.
with
total as (
    select source_id, MANDT, BUKRS, RYEAR, RACCT, DRCRK, HSLVT,
        {%- for n in range(1, 17) %}
        HSL{{ '%02d' % n }},
        {%- endfor %}
        _bb_seq
    from {{ landed('sap', 'GLT0') }}
    where RLDNR = '00' and RRCTY = '0'
    union all
    select source_id, RCLNT, RBUKRS, RYEAR, RACCT, DRCRK, HSLVT,
        {%- for n in range(1, 17) %}
        HSL{{ '%02d' % n }},
        {%- endfor %}
        _bb_seq
    from {{ landed('sap', 'FAGLFLEXT') }}
    where RLDNR = '0L' and RRCTY = '0'
),

company as (select * from {{ ref('sap_companies') }}),

by_period as (
    {%- for n in range(0, 17) %}
    select
        source_id,
        MANDT,
        BUKRS,
        RYEAR,
        RACCT,
        {{ n }} as period_no,
        sum({{ 'HSLVT' if n == 0 else 'case when DRCRK = \'H\' then 0 else HSL%02d end' % n }}) as debit,
        sum({{ '0' if n == 0 else 'case when DRCRK = \'H\' then -HSL%02d else 0 end' % n }}) as credit,
        max(_bb_seq) as _bb_seq
    from total
    group by source_id, MANDT, BUKRS, RYEAR, RACCT
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    by_period.source_id,
    by_period.BUKRS,
    by_period.RYEAR as fiscal_year,
    by_period.period_no,
    regexp_replace(by_period.RACCT, '^0+', '') as account_code,
    {{ product('by_period.debit', 'company.factor') }} as debit,
    {{ product('by_period.credit', 'company.factor') }} as credit,
    company.WAERS as base_currency_code,
    greatest(by_period._bb_seq, company.changed_seq) as changed_seq
from by_period
inner join company
    on by_period.source_id = company.source_id and by_period.MANDT = company.MANDT and by_period.BUKRS = company.BUKRS
