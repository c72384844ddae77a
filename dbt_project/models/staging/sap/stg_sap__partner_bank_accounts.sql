{% call conform('partner_bank_accounts') %}
with
client as (select * from {{ ref('sap_clients') }}),

bank as (select * from {{ landed('sap', 'BNKA') }}),

-- A number longer than its field goes on in BKREF.
account as (
    select
        source_id,
        MANDT,
        'supplier' as partner_kind,
        LIFNR as partner_no,
        BANKS,
        BANKL,
        trim(BANKN) || coalesce(trim(BKREF), '') as account_no,
        KOINH,
        _bb_seq
    from {{ landed('sap', 'LFBK') }}
    union all
    select
        source_id,
        MANDT,
        'customer',
        KUNNR,
        BANKS,
        BANKL,
        trim(BANKN) || coalesce(trim(BKREF), ''),
        KOINH,
        _bb_seq
    from {{ landed('sap', 'KNBK') }}
)

select
    account.source_id,
    account.partner_kind,
    regexp_replace(account.partner_no, '^0+', '') as partner_code,
    {{ account_key('account.account_no') }} as account_key,
    max({{ account_masked('account.account_no') }}) as account_no_masked,
    max(coalesce(bank.BANKA, account.BANKL)) as bank_name,
    max(account.KOINH) as holder_name,
    true as is_active,
    max(greatest(account._bb_seq, bank._bb_seq)) as changed_seq
from account
inner join client on account.source_id = client.source_id and account.MANDT = client.MANDT
left join bank
    on account.source_id = bank.source_id
    and account.MANDT = bank.MANDT
    and account.BANKS = bank.BANKS
    and account.BANKL = bank.BANKL
where account.account_no <> ''
group by
    account.source_id,
    account.partner_kind,
    regexp_replace(account.partner_no, '^0+', ''),
    {{ account_key('account.account_no') }}
{% endcall %}
