{% call conform('budgets') %}
with
budget as (select * from {{ landed('u8', 'GL_mbudget') }}),

company as (select * from {{ ref('u8_company') }})

select
    budget.source_id,
    company.company_code,
    budget.iyear as fiscal_year,
    budget.iperiod as period_no,
    budget.ccode as account_code,
    budget.cdept_id as org_unit_code,
    budget.citem_id as project_code,
    budget.cversion as version,
    budget.mbudget as amount,
    'original' as adjustment_kind,
    case budget.icontrol when 0 then 'none' when 1 then 'warn' when 2 then 'block' end as control_level,
    greatest(budget._bb_seq, company.changed_seq) as changed_seq
from budget
inner join company on budget.source_id = company.source_id
{% endcall %}
