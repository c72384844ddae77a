{{ config(materialized='view') }}
with
account as (select * from {{ united('partner_bank_accounts') }}),

partner as (select * from {{ ref('core_partners') }})

select
    account.source_id,
    account.partner_kind,
    account.partner_code as source_partner_code,
    partner.partner_code,
    partner.partner_name,
    partner.tax_id,
    account.account_key,
    account.account_no_masked,
    account.bank_name,
    account.holder_name,
    account.changed_seq
from account
left join partner
    on account.source_id = partner.source_id
    and account.partner_kind = partner.partner_kind
    and account.partner_code = partner.source_partner_code
where coalesce(account.is_active, true)
