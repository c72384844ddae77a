{% call conform('accounts') %}
with
account as (select * from {{ landed('sap', 'SKA1') }}),

client as (select * from {{ ref('sap_clients') }}),

label as (
    select
        *,
        row_number() over (
            partition by source_id, MANDT, KTOPL, SAKNR
            order by case when SPRAS in ('1', 'ZH') then 1 when SPRAS in ('E', 'EN') then 2 else 3 end, SPRAS
        ) as choice
    from {{ landed('sap', 'SKAT') }}
),

company as (select * from {{ ref('sap_companies') }}),

-- What the companies that use a chart say about its accounts.
used as (
    select
        own.source_id,
        own.MANDT,
        company.KTOPL,
        own.SAKNR,
        max(nullif(trim(own.MITKZ), '')) as reconciliation_kind,
        max(case when own.XGKON = 'X' or trim(own.HBKID) <> '' then 1 else 0 end) = 1 as is_cash,
        max(own._bb_seq) as _bb_seq
    from {{ landed('sap', 'SKB1') }} as own
    inner join company on own.source_id = company.source_id and own.MANDT = company.MANDT and own.BUKRS = company.BUKRS
    group by own.source_id, own.MANDT, company.KTOPL, own.SAKNR
),

named as (
    select
        account.source_id,
        account.KTOPL,
        account.SAKNR,
        regexp_replace(account.SAKNR, '^0+', '') as account_code,
        coalesce(nullif(trim(label.TXT50), ''), nullif(trim(label.TXT20), ''), regexp_replace(account.SAKNR, '^0+', '')) as account_name,
        account.XBILK = 'X' as is_balance,
        coalesce(account.XLOEV, '') <> 'X' and coalesce(account.XSPEB, '') <> 'X' as is_active,
        account.ERDAT,
        used.reconciliation_kind,
        coalesce(used.is_cash, false) as is_cash,
        greatest(account._bb_seq, label._bb_seq, used._bb_seq) as changed_seq
    from account
    inner join client on account.source_id = client.source_id and account.MANDT = client.MANDT
    left join label
        on account.source_id = label.source_id
        and account.MANDT = label.MANDT
        and account.KTOPL = label.KTOPL
        and account.SAKNR = label.SAKNR
        and label.choice = 1
    left join used
        on account.source_id = used.source_id
        and account.MANDT = used.MANDT
        and account.KTOPL = used.KTOPL
        and account.SAKNR = used.SAKNR
),

-- SAP tells balance sheet from income only; the rest is told by the standard's numbering, reconciliation kind and names.
classed as (
    select
        *,
        case
            when is_balance and substr(account_code, 1, 1) = '1' then 'asset'
            when is_balance and substr(account_code, 1, 1) = '2' then 'liability'
            when is_balance and reconciliation_kind in ('D', 'A') then 'asset'
            when is_balance and reconciliation_kind = 'K' then 'liability'
            when is_balance and substr(account_code, 1, 1) = '4' then 'equity'
            when is_balance and substr(account_code, 1, 1) = '5' then 'cost'
            when is_balance then 'common'
            when account_name like '%收入%' or account_name like '%收益%' or lower(account_name) like '%revenue%' then 'revenue'
            else 'expense'
        end as account_type
    from named
)

select
    source_id,
    KTOPL as chart_code,
    account_code,
    account_name,
    account_type,
    case when account_type in ('asset', 'cost', 'expense') then 'debit' else 'credit' end as normal_side,
    true as is_leaf,
    case when reconciliation_kind in ('K', 'D') then 'partner' end as required_dimensions,
    case
        when is_balance and is_cash then 'cash'
        -- Advances and bills reconcile with partners too, but are accounts of their own.
        when account_name like '%预付%' then 'prepayments'
        when account_name like '%预收%' or account_name like '%合同负债%' then 'advances_received'
        when account_name like '%应收票据%' then 'notes_receivable'
        when account_name like '%应付票据%' then 'notes_payable'
        when account_name like '%其他应收%' then 'other_receivables'
        when account_name like '%其他应付%' then 'other_payables'
        when reconciliation_kind = 'K' then 'accounts_payable'
        when reconciliation_kind = 'D' then 'accounts_receivable'
        when account_name like '%暂估%' or upper(account_name) like '%GR/IR%' then 'grni'
        when account_name like '%进项税额转出%' then 'input_vat_transferred_out'
        when account_name like '%待认证%' then 'input_vat_pending'
        when account_name like '%进项税额%' then 'input_vat'
        when account_name like '%销项税额%' then 'output_vat'
        when account_name like '%发出商品%' then 'goods_shipped'
        when account_name like '%材料成本差异%' or account_name like '%价格差异%' then 'purchase_price_variance'
        when account_type = 'asset' and (
            account_name like '%库存商品%' or account_name like '%原材料%' or account_name like '%产成品%'
            or account_name like '%周转材料%' or account_name like '%半成品%'
        ) then 'inventory'
        when account_type = 'revenue' and account_name like '%主营业务收入%' then 'revenue'
        when account_type = 'expense' and account_name like '%主营业务成本%' then 'cogs'
        when account_name like '%汇兑%' then 'exchange_difference'
    end as account_role_hint,
    case when is_balance then 'balance' else 'income' end as statement,
    is_active,
    concat_ws('-', substr(ERDAT, 1, 4), substr(ERDAT, 5, 2), substr(ERDAT, 7, 2)) as created_at,
    changed_seq
from classed
{% endcall %}
