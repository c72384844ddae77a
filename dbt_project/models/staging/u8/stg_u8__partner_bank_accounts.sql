{% call conform('partner_bank_accounts') %}
with
-- A supplier's accounts stand in a list of their own; the one on the master record is the first of them, or the only one.
account as (
    select
        source_id,
        'supplier' as partner_kind,
        cVenCode as partner_code,
        cAccountNum as account_no,
        cBank as bank_name,
        cAccountName as holder_name,
        _bb_seq
    from {{ landed('u8', 'VenBank') }}
    union all
    select
        source_id,
        'supplier',
        cVenCode,
        cVenAccount,
        cVenBank,
        cVenName,
        _bb_seq
    from {{ landed('u8', 'Vendor') }}
    union all
    select
        source_id,
        'customer',
        cCusCode,
        cCusAccount,
        cCusBank,
        cCusName,
        _bb_seq
    from {{ landed('u8', 'Customer') }}
)

select
    source_id,
    partner_kind,
    partner_code,
    {{ account_key('account_no') }} as account_key,
    max({{ account_masked('account_no') }}) as account_no_masked,
    max(bank_name) as bank_name,
    max(holder_name) as holder_name,
    true as is_active,
    max(_bb_seq) as changed_seq
from account
where trim(account_no) <> ''
group by source_id, partner_kind, partner_code, {{ account_key('account_no') }}
{% endcall %}
