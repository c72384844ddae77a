{% call conform('account_balances') %}
with
total as (select * from {{ ref('sap_ledger_totals') }}),

running as (
    select
        total.*,
        sum(debit - credit) over (
            partition by source_id, BUKRS, fiscal_year, account_code
            order by period_no
            rows between unbounded preceding and current row
        ) as closing_amount
    from total
)

select
    source_id,
    'FI' as ledger_code,
    BUKRS as company_code,
    fiscal_year,
    period_no,
    account_code,
    closing_amount - debit + credit as opening_amount,
    debit,
    credit,
    closing_amount,
    changed_seq
from running
where period_no between 1 and 12
{% endcall %}
