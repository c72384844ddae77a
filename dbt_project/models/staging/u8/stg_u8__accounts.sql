{% call conform('accounts') %}
with
account as (select * from {{ ref('u8_accounts') }}),

company as (select * from {{ ref('u8_company') }}),

classed as (
    select
        account.*,
        case
            when account.cclass like '资产%' then 'asset'
            when account.cclass like '负债%' then 'liability'
            when account.cclass like '共同%' then 'common'
            when account.cclass like '%权益%' then 'equity'
            when account.cclass like '成本%' then 'cost'
            when account.cclass like '损益%' then case when account.is_debit then 'expense' else 'revenue' end
            when account.cclass like '表外%' then 'off_balance'
            else 'common'
        end as account_type
    from account
)

-- The role is a hint by the standard's own account names; rules in account_roles.csv win.
select
    classed.source_id,
    'U8-' || company.company_code as chart_code,
    classed.account_code,
    classed.account_name,
    classed.parent_code as parent_account_code,
    classed.account_type,
    case when classed.is_debit then 'debit' else 'credit' end as normal_side,
    coalesce(classed.is_leaf, true) as is_leaf,
    nullif(
        concat_ws(
            ',',
            case when classed.has_customer or classed.has_supplier then 'partner' end,
            case when classed.has_department then 'org_unit' end,
            case when classed.has_person then 'employee' end,
            case when classed.has_project then 'project' end
        ),
        ''
    ) as required_dimensions,
    classed.currency_name is not null as is_revalued,
    case
        when classed.is_cash or classed.top_name in ('库存现金', '银行存款', '其他货币资金') then 'cash'
        when classed.account_name like '%暂估%' and classed.top_name = '应付账款' then 'grni'
        when classed.top_name = '应付账款' then 'accounts_payable'
        when classed.top_name = '应收账款' then 'accounts_receivable'
        when classed.top_name = '预付账款' then 'prepayments'
        when classed.top_name in ('预收账款', '合同负债') then 'advances_received'
        when classed.top_name = '应收票据' then 'notes_receivable'
        when classed.top_name = '应付票据' then 'notes_payable'
        when classed.top_name = '其他应收款' then 'other_receivables'
        when classed.top_name = '其他应付款' then 'other_payables'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name like '%待认证%' then 'input_vat_pending'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name like '%进项税额转出%' then 'input_vat_transferred_out'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name like '%进项税额%' then 'input_vat'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name like '%待转销项%' then 'output_vat_pending'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name like '%销项税额%' then 'output_vat'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name = '转出未交增值税' then 'vat_due_transfer'
        when classed.top_name in ('应交税费', '应交税金') and classed.account_name = '未交增值税' then 'vat_due'
        when classed.top_name = '发出商品' then 'goods_shipped'
        when classed.top_name in ('原材料', '库存商品', '周转材料', '产成品', '低值易耗品', '包装物') then 'inventory'
        when classed.top_name in ('在途物资', '材料采购', '商品采购') then 'goods_in_transit'
        when classed.top_name in ('材料成本差异', '商品进销差价') then 'purchase_price_variance'
        when classed.top_name = '主营业务收入' then 'revenue'
        when classed.top_name = '其他业务收入' then 'other_revenue'
        when classed.top_name = '主营业务成本' then 'cogs'
        when classed.top_name = '其他业务成本' then 'other_cogs'
        when classed.account_name like '%汇兑%' then 'exchange_difference'
        when classed.top_name = '应付职工薪酬' then 'accrued_payroll'
        when classed.top_name = '本年利润' then 'current_year_profit'
        when classed.top_name = '利润分配' then 'retained_earnings'
    end as account_role_hint,
    case classed.account_type
        when 'revenue' then 'income'
        when 'expense' then 'income'
        when 'off_balance' then 'off_balance'
        else 'balance'
    end as statement,
    not classed.is_closed as is_active,
    classed.changed_seq
from classed
inner join company on classed.source_id = company.source_id
{% endcall %}
