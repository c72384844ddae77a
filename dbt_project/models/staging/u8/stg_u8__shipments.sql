{% call conform('shipments') %}
with
line as (select * from {{ landed('u8', 'DispatchLists') }}),

dispatch as (select * from {{ landed('u8', 'DispatchList') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }}),

item as (select * from {{ ref('stg_u8__items') }}),

issue as (select * from {{ landed('u8', 'RdRecord32') }}),

issue_line as (select * from {{ landed('u8', 'rdrecords32') }}),

-- What the warehouse issued for a dispatch line, at cost.
issued as (
    select
        issue_line.source_id,
        issue_line.iDLsID,
        sum(case when issue.bredvouch and issue_line.iQuantity > 0 then -issue_line.iPrice else issue_line.iPrice end) as cost_amount,
        min(case when coalesce(trim(issue_line.cbaccounter), '') <> '' then 1 else 0 end) = 1 as is_cost_final,
        max(greatest(issue._bb_seq, issue_line._bb_seq)) as _bb_seq
    from issue_line
    inner join issue on issue_line.source_id = issue.source_id and issue_line.ID = issue.ID
    where issue_line.iDLsID is not null
    group by issue_line.source_id, issue_line.iDLsID
),

past_issue as (
    select
        source_id,
        iDLsID,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('u8', 'rdrecords32') }}
    group by source_id, iDLsID
),

dispatched as (
    select
        line.*,
        dispatch.cDLCode,
        dispatch.dDate,
        dispatch.cCusCode,
        dispatch.cDepCode,
        dispatch.cPersonCode,
        dispatch.cBusType,
        dispatch.cexch_name,
        dispatch.iExchRate,
        dispatch.bFirst,
        dispatch.cMaker,
        dispatch.cVerifier,
        dispatch.dverifydate,
        dispatch.cCloser,
        dispatch.cMemo,
        dispatch.dcreatesystime,
        dispatch.dmodifysystime,
        coalesce(dispatch.bReturnFlag, false) as is_red,
        case when dispatch.bReturnFlag and line.iQuantity > 0 then -1 else 1 end as sign,
        issued.cost_amount,
        issued.is_cost_final,
        company.company_code,
        company.currency_code as base_currency_code,
        coalesce(currency.currency_code, dispatch.cexch_name, company.currency_code) as currency_code,
        coalesce(currency.is_multiplied, true) as is_multiplied,
        item.item_kind,
        item.base_uom_code,
        greatest(
            line._bb_seq, dispatch._bb_seq, issued._bb_seq, past_issue._bb_seq, company.changed_seq, currency.changed_seq,
            item.changed_seq
        ) as newest_seq
    from line
    inner join dispatch on line.source_id = dispatch.source_id and line.DLID = dispatch.DLID
    inner join company on line.source_id = company.source_id
    left join issued on line.source_id = issued.source_id and line.iDLsID = issued.iDLsID
    left join past_issue on line.source_id = past_issue.source_id and line.iDLsID = past_issue.iDLsID
    left join currency on dispatch.source_id = currency.source_id and dispatch.cexch_name = currency.currency_name
    left join item on line.source_id = item.source_id and line.cInvCode = item.item_code
)

select
    source_id,
    cast(DLID as varchar) as document_id,
    cast(iDLsID as varchar) as line_id,
    cDLCode as document_no,
    coalesce(irowno, iDLsID) as line_no,
    company_code,
    cDepCode as org_unit_code,
    cPersonCode as employee_code,
    cItemCode as project_code,
    cWhCode as warehouse_code,
    'customer' as partner_kind,
    cCusCode as partner_code,
    cInvCode as item_code,
    cMemo as description,
    case item_kind when 'service' then 'service' else 'stock' end as line_kind,
    dDate as document_date,
    case
        when coalesce(trim(cCloser), '') <> '' then 'closed'
        when coalesce(trim(cVerifier), '') <> '' then 'approved'
        else 'draft'
    end as status,
    coalesce(bFirst, false) as is_opening,
    is_red or iQuantity < 0 as is_return,
    case when is_red or iQuantity < 0 then 'return' end as red_reason,
    coalesce(bgift, false) as is_free,
    sign * iQuantity as quantity,
    base_uom_code as uom_code,
    sign * iQuantity as base_quantity,
    currency_code,
    case
        when currency_code = base_currency_code then 1
        when is_multiplied then iExchRate
        else {{ ratio('1', 'iExchRate') }}
    end as exchange_rate,
    iUnitPrice as unit_price,
    iTaxUnitPrice as gross_unit_price,
    sign * iDisCount as discount_amount,
    sign * iMoney as net_amount,
    {{ ratio('iTaxRate', '100') }} as tax_rate,
    sign * iTax as tax_amount,
    sign * iSum as gross_amount,
    sign * iNatMoney as base_net_amount,
    sign * iNatTax as base_tax_amount,
    sign * iNatSum as base_gross_amount,
    cMaker as created_by,
    dcreatesystime as created_at,
    cVerifier as approved_by,
    dverifydate as approved_at,
    dmodifysystime as updated_at,
    case
        when is_red or iQuantity < 0 then 'return'
        when cBusType like '%委托%' then 'consignment'
        when coalesce(bgift, false) then 'sample'
        else 'sale'
    end as shipment_kind,
    cast(iSOsID as varchar) as sales_order_line_id,
    cost_amount,
    is_cost_final,
    newest_seq as changed_seq
from dispatched
union all
-- Goods that left without a dispatch note.
select
    issue_line.source_id,
    '32/' || cast(issue.ID as varchar),
    '32/' || cast(issue_line.AutoID as varchar),
    issue.cCode,
    coalesce(issue_line.irowno, issue_line.AutoID),
    company.company_code,
    issue.cDepCode,
    issue.cPersonCode,
    issue_line.cItemCode,
    issue.cWhCode,
    'customer',
    issue.cCusCode,
    issue_line.cInvCode,
    issue.cMemo,
    'stock',
    issue.dDate,
    case when coalesce(trim(issue.cHandler), '') <> '' then 'closed' else 'draft' end,
    coalesce(issue.bIsSTQc, false),
    coalesce(issue.bredvouch, false) or issue_line.iQuantity < 0,
    case when issue.bredvouch or issue_line.iQuantity < 0 then 'return' end,
    false,
    case when issue.bredvouch then -abs(issue_line.iQuantity) else issue_line.iQuantity end,
    item.base_uom_code,
    case when issue.bredvouch then -abs(issue_line.iQuantity) else issue_line.iQuantity end,
    company.currency_code,
    1,
    cast(null as decimal(18, 9)),
    cast(null as decimal(18, 9)),
    cast(null as decimal(18, 4)),
    cast(null as decimal(18, 4)),
    cast(null as decimal(18, 10)),
    cast(null as decimal(18, 4)),
    cast(null as decimal(18, 4)),
    cast(null as decimal(18, 4)),
    cast(null as decimal(18, 4)),
    cast(null as decimal(18, 4)),
    issue.cMaker,
    issue.dnmaketime,
    issue.cHandler,
    issue.dVeriDate,
    issue.dnmodifytime,
    case when issue.bredvouch or issue_line.iQuantity < 0 then 'return' else 'sale' end,
    cast(null as varchar),
    case when issue.bredvouch and issue_line.iQuantity > 0 then -issue_line.iPrice else issue_line.iPrice end,
    coalesce(trim(issue_line.cbaccounter), '') <> '',
    greatest(issue_line._bb_seq, issue._bb_seq, company.changed_seq, item.changed_seq)
from issue_line
inner join issue on issue_line.source_id = issue.source_id and issue_line.ID = issue.ID
inner join company on issue_line.source_id = company.source_id
left join item on issue_line.source_id = item.source_id and issue_line.cInvCode = item.item_code
where issue_line.iDLsID is null
{% endcall %}
