-- Every code of every source that may stand for the same thing as another, as far as codes are compared: its name in one
-- spelling, its tax id, specification and bare code. What has no name to compare has empty keys.
with
partner as (
    select
        'partners' as entity,
        source_id,
        partner_kind,
        source_partner_code as source_code,
        source_partner_code as own_code,
        partner_name as source_name,
        partner_name as long_name,
        tax_id,
        cast(null as varchar) as specification,
        cast(null as varchar) as group_key,
        partner_code as master_code,
        is_mapped
    from {{ ref('core_partners') }}
),

item as (
    select
        'items' as entity,
        source_id,
        cast(null as varchar) as partner_kind,
        source_item_code as source_code,
        source_item_code as own_code,
        item_name as source_name,
        item_name as long_name,
        cast(null as varchar) as tax_id,
        specification,
        cast(null as varchar) as group_key,
        item_code as master_code,
        is_mapped
    from {{ ref('core_items') }}
),

company as (
    select
        'companies' as entity,
        source_id,
        cast(null as varchar) as partner_kind,
        source_company_code as source_code,
        source_company_code as own_code,
        company_name as source_name,
        company_name as long_name,
        tax_id,
        cast(null as varchar) as specification,
        cast(null as varchar) as group_key,
        company_code as master_code,
        is_mapped
    from {{ ref('core_companies') }}
),

chart as (select * from {{ ref('core_accounts') }}),

-- An account below another one is named with it: 应交增值税 进项税额.
account as (
    select
        'accounts' as entity,
        chart.source_id,
        cast(null as varchar) as partner_kind,
        chart.chart_code || '/' || chart.account_code as source_code,
        chart.account_code as own_code,
        chart.account_name as source_name,
        case
            when above.account_name is null or instr(chart.account_name, above.account_name) = 1 then chart.account_name
            else above.account_name || chart.account_name
        end as long_name,
        cast(null as varchar) as tax_id,
        cast(null as varchar) as specification,
        chart.account_type as group_key,
        chart.master_account_code as master_code,
        chart.is_mapped
    from chart
    left join chart as above
        on chart.source_id = above.source_id
        and chart.chart_code = above.chart_code
        and chart.parent_account_code = above.account_code
    where chart.is_leaf
),

member as (
    select * from partner
    union all
    select * from item
    union all
    select * from company
    union all
    select * from account
),

narrow as (
    select
        *,
        {{ one_width('long_name') }} as one_name,
        {{ one_width('tax_id') }} as one_tax_id,
        {{ one_width('specification') }} as one_specification
    from member
)

select
    entity,
    source_id,
    partner_kind,
    source_code,
    source_name,
    tax_id,
    specification,
    master_code,
    is_mapped,
    coalesce(group_key, partner_kind, '*') as group_key,
    {{ bare_name('one_name') }} as name_key,
    {{ bare_name(brackets_first('one_name')) }} as moved_key,
    -- Placeholders such as 0 or 999 are no tax ids.
    case when length(translate(one_tax_id, ' 　-', '')) >= 8 then translate(one_tax_id, ' 　-', '') end as tax_key,
    nullif(translate(one_specification, ' 　', ''), '') as specification_key,
    case entity
        when 'accounts' then regexp_replace({{ bare_code('own_code') }}, '0+$', '')
        else {{ bare_code('own_code') }}
    end as code_key
from narrow
