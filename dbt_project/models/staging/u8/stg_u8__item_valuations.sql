{% call conform('item_valuations') %}
with
item as (select * from {{ landed('u8', 'Inventory') }}),

company as (select * from {{ ref('u8_company') }})

select
    item.source_id,
    company.company_code,
    item.cInvCode as item_code,
    coalesce(cast(item.dSDate as date), date '1900-01-01') as valid_from,
    case
        when item.cValueType like '计划价%' or item.cValueType like '售价%' then 'standard'
        when item.cValueType like '移动平均%' then 'moving_average'
        when item.cValueType like '全月平均%' then 'monthly_average'
        when item.cValueType like '先进先出%' then 'fifo'
        when item.cValueType like '个别计价%' then 'specific'
    end as cost_method,
    item.iInvRCost as standard_cost,
    item.dEDate is null as is_active,
    greatest(item._bb_seq, company.changed_seq) as changed_seq
from item
inner join company on item.source_id = company.source_id
where item.cValueType is not null and not coalesce(item.bService, false)
{% endcall %}
