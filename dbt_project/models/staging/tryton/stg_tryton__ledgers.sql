{% call conform('ledgers') %}
with
company as (select * from {{ landed('tryton', 'company_company') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

-- The chart's name is that of its root account, which has no code.
chart as (
    select
        source_id,
        company,
        min(name) as chart_code,
        max(_bb_seq) as _bb_seq
    from {{ landed('tryton', 'account_account') }}
    where parent is null
    group by source_id, company
)

select
    company.source_id,
    'GL' as ledger_code,
    company.id as company_code,
    'General ledger' as ledger_name,
    company.source_id as lives_in,
    'statutory' as ledger_kind,
    coalesce(chart.chart_code, 'none') as chart_code,
    currency.code as currency_code,
    true as is_primary,
    company.create_date as created_at,
    greatest(company._bb_seq, chart._bb_seq, currency._bb_seq) as changed_seq
from company
left join chart on company.source_id = chart.source_id and company.id = chart.company
left join currency on company.source_id = currency.source_id and company.currency = currency.id
{% endcall %}
