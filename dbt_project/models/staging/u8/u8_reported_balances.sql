-- The ledger's own sums by account and period, signed. An account in foreign currency has a row per currency beside its
-- total, which names no currency; without a total the rows are added up.
with
balance as (
    select
        *,
        coalesce(trim(cexch_name), '') = '' as is_total
    from {{ landed('u8', 'GL_accsum') }}
),

chosen as (
    select
        *,
        max(case when is_total then 1 else 0 end) over (partition by source_id, iyear, iperiod, ccode) as has_total
    from balance
)

select
    source_id,
    iyear as fiscal_year,
    iperiod as period_no,
    ccode as account_code,
    sum(case cbegind_c when '贷' then -mb when '平' then 0 else mb end) as opening_amount,
    sum(md) as debit,
    sum(mc) as credit,
    sum(case cendd_c when '贷' then -me when '平' then 0 else me end) as closing_amount,
    max(_bb_seq) as changed_seq
from chosen
where is_total or has_total = 0
group by source_id, iyear, iperiod, ccode
