-- Plans of cost centers, whose twelve months stand side by side in one row.
with
plan as (
    select *
    from {{ landed('sap', 'COSP') }}
    where WRTTP = '01' and LEDNR = '00'
),

numbers as (
    select cast(n.i as integer) + 1 as period_no
    from range(12) as n (i)
)

select
    plan.source_id,
    plan.MANDT,
    plan.OBJNR,
    plan.GJAHR,
    plan.VERSN,
    plan.KSTAR,
    numbers.period_no,
    case numbers.period_no
        {%- for n in range(1, 13) %}
            when {{ n }} then plan.WKG{{ '%03d' % n }}
        {%- endfor %}
    end as amount,
    plan._bb_seq
from plan
cross join numbers
