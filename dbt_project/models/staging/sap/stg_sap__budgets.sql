{% call conform('budgets') %}
with
plan as (
    {%- for n in range(1, 13) %}
    select source_id, MANDT, OBJNR, GJAHR, VERSN, KSTAR, {{ n }} as period_no, WKG{{ '%03d' % n }} as amount, _bb_seq
    from {{ landed('sap', 'COSP') }}
    where WRTTP = '01' and LEDNR = '00'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

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
    plan.source_id,
    center.BUKRS as company_code,
    plan.GJAHR as fiscal_year,
    plan.period_no,
    regexp_replace(plan.KSTAR, '^0+', '') as account_code,
    regexp_replace(center.KOSTL, '^0+', '') as org_unit_code,
    plan.VERSN as version,
    {{ product('plan.amount', 'company.factor') }} as amount,
    'original' as adjustment_kind,
    greatest(plan._bb_seq, center._bb_seq, company.changed_seq) as changed_seq
from plan
inner join center on plan.source_id = center.source_id and plan.MANDT = center.MANDT and plan.OBJNR = center.object_no
inner join company on center.source_id = company.source_id and center.MANDT = company.MANDT and center.BUKRS = company.BUKRS
where plan.amount <> 0
{% endcall %}
