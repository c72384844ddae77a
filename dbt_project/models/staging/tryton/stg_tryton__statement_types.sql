{% call conform('statement_types') %}
with
account_type as (select * from {{ landed('tryton', 'account_account_type') }}),

chart as (
    select
        source_id,
        company,
        min(name) as chart_code
    from {{ landed('tryton', 'account_account') }}
    where parent is null
    group by source_id, company
)

select
    account_type.source_id,
    coalesce(chart.chart_code, 'none') as chart_code,
    account_type.company as company_code,
    account_type.id as line_code,
    account_type.name as line_name,
    account_type.parent as parent_line_code,
    case account_type.statement when 'off-balance' then 'off_balance' else account_type.statement end as statement,
    account_type.sequence,
    account_type.statement = 'balance' and account_type.assets as is_debit_positive,
    account_type._bb_seq as changed_seq
from account_type
left join chart on account_type.source_id = chart.source_id and account_type.company = chart.company
{% endcall %}
