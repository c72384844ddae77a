-- The company whose account set a source holds. UFSYSTEM's list names it: the only account set there, or the one whose
-- number is a part of the source's own name (u8_001_2026). Without that list the source's name is its company code.
with
account as (
    select
        source_id,
        max(_bb_seq) as _bb_seq
    from {{ landed('u8', 'code') }}
    group by source_id
),

listed as (
    select
        *,
        count(*) over (partition by source_id) as account_sets
    from {{ landed('u8', 'UA_Account') }}
),

account_set as (
    select
        source_id,
        min(cAcc_Id) as account_set_code,
        max(_bb_seq) as _bb_seq
    from listed
    where account_sets = 1 or instr('_' || source_id || '_', '_' || cAcc_Id || '_') > 0
    group by source_id
),

own_name as (
    select
        source_id,
        max(cValue) as unit_name,
        max(_bb_seq) as _bb_seq
    from {{ landed('u8', 'AccInformation') }}
    where cName = 'cUnitName'
    group by source_id
)

select
    account.source_id,
    coalesce(account_set.account_set_code, account.source_id) as company_code,
    coalesce(
        nullif(trim(listed.cUnitName), ''),
        nullif(trim(own_name.unit_name), ''),
        nullif(trim(listed.cAcc_Name), ''),
        account.source_id
    ) as company_name,
    listed.cUnitTaxNo as tax_id,
    coalesce(nullif(trim(listed.cCurName), ''), '人民币') as currency_name,
    case
        when coalesce(upper(trim(listed.cCurCode)), '') in ('', 'RMB') then 'CNY'
        else upper(trim(listed.cCurCode))
    end as currency_code,
    greatest(account_set._bb_seq, own_name._bb_seq, 0) as changed_seq
from account
left join account_set on account.source_id = account_set.source_id
left join listed
    on account_set.source_id = listed.source_id and account_set.account_set_code = listed.cAcc_Id
left join own_name on account.source_id = own_name.source_id
