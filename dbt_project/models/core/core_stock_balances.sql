-- Stock as the sources themselves report it: control totals, by the source's own item and warehouse codes beside master codes.
with
balance as (select * from {{ united('stock_balances') }}),

source as (select * from {{ ref('core_sources') }}),

company as (select * from {{ ref('core_companies') }}),

item as (select * from {{ ref('core_items') }})

select
    balance.source_id,
    company.company_code,
    company.base_currency_code,
    balance.warehouse_code,
    {{ master_code('item.item_code', 'source', 'balance.item_code') }} as item_code,
    balance.item_code as source_item_code,
    item.item_name,
    balance.fiscal_year,
    balance.period_no,
    balance.quantity,
    balance.amount,
    balance.changed_seq
from balance
inner join source on balance.source_id = source.source_id
inner join company
    on balance.source_id = company.source_id and balance.company_code = company.source_company_code
left join item on balance.source_id = item.source_id and balance.item_code = item.source_item_code
