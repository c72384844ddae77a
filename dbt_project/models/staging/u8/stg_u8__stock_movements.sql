{% call conform('stock_movements') %}
with
{% for kind in ['08', '09', '10', '11', '34'] %}
movement_{{ kind }} as (
    select
        '{{ kind }}' as voucher_kind,
        line.source_id,
        line.AutoID,
        line.ID,
        line.irowno,
        line.cInvCode,
        line.iQuantity,
        line.iPrice,
        line.cItemCode,
        line.cbaccounter,
        head.cCode,
        head.dDate,
        head.cWhCode,
        head.cDepCode,
        head.cPersonCode,
        head.cBusType,
        head.cMaker,
        head.cHandler,
        head.dVeriDate,
        head.bIsSTQc,
        head.cMemo,
        head.dnmaketime,
        head.dnmodifytime,
        coalesce(head.bredvouch, false) or line.iQuantity < 0 as is_red,
        greatest(line._bb_seq, head._bb_seq) as changed_seq
    from {{ landed('u8', 'rdrecords' ~ kind) }} as line
    inner join {{ landed('u8', 'RdRecord' ~ kind) }} as head
        on line.source_id = head.source_id and line.ID = head.ID
),
{% endfor %}
movement as (
    select * from movement_08
    union all
    select * from movement_09
    union all
    select * from movement_10
    union all
    select * from movement_11
    union all
    select * from movement_34
),

company as (select * from {{ ref('u8_company') }}),

item as (select * from {{ ref('stg_u8__items') }})

-- 08 other receipts and 10 products come in, 09 other issues and 11 materials go out; red ones the other way. 34 is the stock
-- that was there when the books began.
select
    movement.source_id,
    movement.voucher_kind || '/' || cast(movement.ID as varchar) as document_id,
    movement.voucher_kind || '/' || cast(movement.AutoID as varchar) as line_id,
    movement.cCode as document_no,
    coalesce(movement.irowno, movement.AutoID) as line_no,
    company.company_code,
    movement.cDepCode as org_unit_code,
    movement.cPersonCode as employee_code,
    movement.cItemCode as project_code,
    movement.cWhCode as warehouse_code,
    movement.cInvCode as item_code,
    movement.cMemo as description,
    'stock' as line_kind,
    movement.dDate as document_date,
    case when coalesce(trim(movement.cHandler), '') <> '' then 'closed' else 'draft' end as status,
    coalesce(movement.bIsSTQc, false) or movement.voucher_kind = '34' as is_opening,
    movement.is_red as is_return,
    abs(movement.iQuantity) as quantity,
    item.base_uom_code as uom_code,
    abs(movement.iQuantity) as base_quantity,
    company.currency_code,
    case
        when movement.voucher_kind = '10' then 'production_receipt'
        when movement.voucher_kind = '11' and movement.cBusType like '%委外%' then 'subcontract_issue'
        when movement.voucher_kind = '11' then 'production_issue'
        when movement.cBusType like '%调拨%' then 'transfer'
        when movement.cBusType like '%盘盈%' or movement.cBusType like '%盘亏%' then 'count'
        when movement.cBusType like '%报废%' then 'scrap'
        else 'adjustment'
    end as movement_kind,
    case when (movement.voucher_kind in ('08', '10', '34')) <> movement.is_red then 'in' else 'out' end as direction,
    abs(movement.iPrice) as cost_amount,
    coalesce(trim(movement.cbaccounter), '') <> '' as is_cost_final,
    movement.cMaker as created_by,
    movement.dnmaketime as created_at,
    movement.cHandler as approved_by,
    movement.dVeriDate as approved_at,
    movement.dnmodifytime as updated_at,
    greatest(movement.changed_seq, company.changed_seq, item.changed_seq) as changed_seq
from movement
inner join company on movement.source_id = company.source_id
left join item on movement.source_id = item.source_id and movement.cInvCode = item.item_code
{% endcall %}
