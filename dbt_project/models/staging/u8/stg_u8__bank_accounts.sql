{% call conform('bank_accounts') %}
with
bank as (select * from {{ landed('u8', 'Bank') }}),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }})

select
    bank.source_id,
    company.company_code,
    bank.cBCode as bank_account_code,
    bank.cBName as bank_name,
    case
        when length(trim(bank.cBAccount)) > 8
            then substr(trim(bank.cBAccount), 1, 4) || '****' || substr(trim(bank.cBAccount), length(trim(bank.cBAccount)) - 3, 4)
        when trim(bank.cBAccount) <> '' then '****'
    end as account_no_masked,
    coalesce(currency.currency_code, company.currency_code) as currency_code,
    bank.ccode as account_code,
    true as is_active,
    bank._bb_seq as changed_seq
from bank
inner join company on bank.source_id = company.source_id
left join currency on bank.source_id = currency.source_id and bank.cexch_name = currency.currency_name
{% endcall %}
