{% call conform('bank_accounts') %}
with
bank_account as (select * from {{ landed('sap', 'T012K') }}),

bank as (select * from {{ landed('sap', 'T012') }})

select
    bank_account.source_id,
    bank_account.BUKRS as company_code,
    bank_account.BUKRS || '/' || bank_account.HBKID || '/' || bank_account.HKTID as bank_account_code,
    coalesce(nullif(trim(bank.BANKL), ''), bank_account.HBKID) as bank_name,
    case
        when length(trim(bank_account.BANKN)) > 8
            then substr(trim(bank_account.BANKN), 1, 4) || '****'
            || substr(trim(bank_account.BANKN), length(trim(bank_account.BANKN)) - 3, 4)
        when trim(bank_account.BANKN) <> '' then '****'
    end as account_no_masked,
    bank_account.WAERS as currency_code,
    regexp_replace(bank_account.HKONT, '^0+', '') as account_code,
    true as is_active,
    greatest(bank_account._bb_seq, bank._bb_seq) as changed_seq
from bank_account
left join bank
    on bank_account.source_id = bank.source_id
    and bank_account.MANDT = bank.MANDT
    and bank_account.BUKRS = bank.BUKRS
    and bank_account.HBKID = bank.HBKID
{% endcall %}
