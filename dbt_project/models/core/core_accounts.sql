with
account as (select * from {{ united('accounts') }}),

source as (select * from {{ ref('core_sources') }}),

mapping as (select * from {{ current_mappings('accounts') }} as mapping),

rule as (
    select role.*
    from {{ ref('stg_house__account_roles') }} as role
    cross join {{ source('house', 'run_context') }} as run
    where
        (role.valid_from is null or role.valid_from <= run.as_of)
        and (role.valid_to is null or role.valid_to >= run.as_of)
),

-- The most specific rule that fits wins.
matched as (
    select
        account.source_id,
        account.chart_code,
        account.account_code,
        -- Most fixed characters first; an exact code before a pattern of the same length.
        max_by(
            rule.role,
            2 * length(replace(rule.account_code, '%', '')) + case when rule.account_code = replace(rule.account_code, '%', '') then 1 else 0 end
        ) as role
    from account
    inner join rule on account.chart_code = rule.chart_code and account.account_code like rule.account_code
    group by account.source_id, account.chart_code, account.account_code
)

select
    account.source_id,
    account.chart_code,
    account.account_code,
    account.account_name,
    account.parent_account_code,
    account.account_type,
    account.normal_side,
    coalesce(account.is_leaf, true) as is_leaf,
    coalesce(matched.role, account.account_role_hint) as account_role,
    account.statement,
    account.statement_line_code,
    account.required_dimensions,
    coalesce(account.is_revalued, false) as is_revalued,
    coalesce(account.is_active, true) as is_active,
    coalesce(mapping.master_code, case when source.is_master then account.account_code end) as master_account_code,
    source.is_master or mapping.master_code is not null as is_mapped,
    account.changed_seq
from account
inner join source on account.source_id = source.source_id
left join mapping
    on account.source_id = mapping.source_id
    and account.chart_code || '/' || account.account_code = mapping.source_code
left join matched
    on account.source_id = matched.source_id
    and account.chart_code = matched.chart_code
    and account.account_code = matched.account_code
