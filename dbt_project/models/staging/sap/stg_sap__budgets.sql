{% call conform('budgets') %}
with
by_period as (select * from {{ ref('sap_plan_lines') }}),

center as (
    select
        source_id,
        MANDT,
        'KS' || KOKRS || KOSTL as object_no,
        max(KOSTL) as KOSTL,
        max(BUKRS) as BUKRS,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'CSKS') }}
    group by source_id, MANDT, 'KS' || KOKRS || KOSTL
),

company as (select * from {{ ref('sap_companies') }})

-- What cost centers are planned to spend, by cost element, which is the account.
select
    by_period.source_id,
    center.BUKRS as company_code,
    by_period.GJAHR as fiscal_year,
    by_period.period_no,
    regexp_replace(by_period.KSTAR, '^0+', '') as account_code,
    regexp_replace(center.KOSTL, '^0+', '') as org_unit_code,
    by_period.VERSN as version,
    {{ product('by_period.amount', 'company.factor') }} as amount,
    'original' as adjustment_kind,
    greatest(by_period._bb_seq, center._bb_seq, company.changed_seq) as changed_seq
from by_period
inner join center
    on by_period.source_id = center.source_id
    and by_period.MANDT = center.MANDT
    and by_period.OBJNR = center.object_no
inner join company on center.source_id = company.source_id and center.MANDT = company.MANDT and center.BUKRS = company.BUKRS
where by_period.amount <> 0
{% endcall %}
