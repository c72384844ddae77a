{% call conform('stock_balances') %}
with
balance as (select * from {{ landed('u8', 'IA_Summary') }}),

company as (select * from {{ ref('u8_company') }})

select
    balance.source_id,
    company.company_code,
    balance.cWhCode as warehouse_code,
    balance.cInvCode as item_code,
    balance.iYear as fiscal_year,
    balance.iMonth as period_no,
    balance.iNum as quantity,
    balance.iMoney as amount,
    greatest(balance._bb_seq, company.changed_seq) as changed_seq
from balance
inner join company on balance.source_id = company.source_id
where balance.iMonth > 0
{% endcall %}
