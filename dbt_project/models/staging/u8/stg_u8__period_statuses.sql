{% call conform('period_statuses') %}
with
closing as (select * from {{ landed('u8', 'GL_mend') }}),

company as (select * from {{ ref('u8_company') }}),

module_flags as (
    select source_id, iyear, iperiod, 'gl' as module, bflag as is_closed, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'ap', bflag_AP, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'ar', bflag_AR, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'purchasing', bflag_PU, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'sales', bflag_SA, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'inventory', bflag_ST, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'costing', bflag_IA, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'assets', bflag_FA, _bb_seq from closing
    union all
    select source_id, iyear, iperiod, 'payroll', bflag_WA, _bb_seq from closing
)

select
    module_flags.source_id,
    company.company_code,
    'GL' as ledger_code,
    module_flags.module,
    module_flags.iyear as fiscal_year,
    module_flags.iperiod as period_no,
    case when module_flags.is_closed then 'closed' else 'open' end as status,
    module_flags._bb_seq as changed_seq
from module_flags
inner join company on module_flags.source_id = company.source_id
where module_flags.is_closed is not null
{% endcall %}
