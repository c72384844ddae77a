{% call conform('accounts') %}
with
account as (select * from {{ landed('tryton', 'account_account') }}),

account_type as (select * from {{ landed('tryton', 'account_account_type') }}),

chart as (
    select
        source_id,
        company,
        min(name) as chart_code,
        max(_bb_seq) as _bb_seq
    from account
    where parent is null
    group by source_id, company
),

parent_ids as (
    select
        source_id,
        parent,
        count(*) as children
    from account
    where parent is not null
    group by source_id, parent
),

-- The names from a type up to its root: Tryton flags only some asset and liability types, the rest is told by its branch.
branch as (
    select
        own.source_id,
        own.id,
        lower(concat_ws('/', own.name, up1.name, up2.name, up3.name, up4.name)) as names,
        own.revenue or coalesce(up1.revenue, false) or coalesce(up2.revenue, false) as is_revenue,
        greatest(own._bb_seq, up1._bb_seq, up2._bb_seq, up3._bb_seq, up4._bb_seq) as _bb_seq
    from account_type as own
    left join account_type as up1 on own.source_id = up1.source_id and own.parent = up1.id
    left join account_type as up2 on up1.source_id = up2.source_id and up1.parent = up2.id
    left join account_type as up3 on up2.source_id = up3.source_id and up2.parent = up3.id
    left join account_type as up4 on up3.source_id = up4.source_id and up3.parent = up4.id
),

typed as (
    select
        account.*,
        account_type.statement,
        account_type.receivable,
        account_type.payable,
        account_type.stock,
        account_type._bb_seq as type_seq,
        branch._bb_seq as branch_seq,
        case
            when account_type.statement = 'off-balance' then 'off_balance'
            when account_type.statement = 'income'
                then case
                    when branch.is_revenue or branch.names like '%revenue%' or branch.names like '%收入%' then 'revenue'
                    else 'expense'
                end
            when account_type.receivable or account_type.stock or account_type.assets then 'asset'
            when account_type.payable or account_type.debt then 'liability'
            when branch.names like '%equity%' or branch.names like '%权益%' then 'equity'
            when branch.names like '%liabilit%' or branch.names like '%负债%' then 'liability'
            when branch.names like '%asset%' or branch.names like '%资产%' then 'asset'
            else 'common'
        end as account_class
    from account
    left join account_type on account.source_id = account_type.source_id and account.type = account_type.id
    left join branch on account.source_id = branch.source_id and account.type = branch.id
)

select
    typed.source_id,
    coalesce(chart.chart_code, 'none') as chart_code,
    coalesce(typed.code, '*' || cast(typed.id as varchar)) as account_code,
    typed.name as account_name,
    case
        when parent.id is not null then coalesce(parent.code, '*' || cast(parent.id as varchar))
    end as parent_account_code,
    typed.account_class as account_type,
    case when typed.account_class in ('asset', 'expense', 'cost') then 'debit' else 'credit' end as normal_side,
    parent_ids.children is null as is_leaf,
    case when typed.party_required then 'partner' end as required_dimensions,
    typed.start_date as valid_from,
    typed.end_date as valid_to,
    case
        when typed.receivable then 'accounts_receivable'
        when typed.payable then 'accounts_payable'
        when typed.stock and typed.statement = 'balance' then 'inventory'
        when typed.account_class = 'revenue' then 'revenue'
    end as account_role_hint,
    case typed.statement when 'off-balance' then 'off_balance' else typed.statement end as statement,
    typed.type as statement_line_code,
    not coalesce(typed.closed, false) as is_active,
    typed.create_date as created_at,
    typed.write_date as updated_at,
    greatest(typed._bb_seq, typed.type_seq, typed.branch_seq, chart._bb_seq, parent._bb_seq) as changed_seq
from typed
left join chart on typed.source_id = chart.source_id and typed.company = chart.company
left join account as parent on typed.source_id = parent.source_id and typed.parent = parent.id
left join parent_ids on typed.source_id = parent_ids.source_id and typed.id = parent_ids.parent
{% endcall %}
