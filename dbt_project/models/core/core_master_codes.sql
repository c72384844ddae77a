{{ config(materialized='view') }}
-- A mapping without a partner kind holds for every kind that has none of its own.
with
mapping as (select * from {{ ref('stg_house__master_map') }} where entity in ('companies', 'partners', 'items', 'accounts')),

kind as (
    {%- for kind in ['supplier', 'customer', 'employee', 'bank', 'other'] %}
    select '{{ kind }}' as partner_kind
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

own as (
    select
        source_id,
        partner_kind,
        source_code
    from mapping
    where entity = 'partners' and partner_kind is not null
    group by source_id, partner_kind, source_code
)

select
    entity,
    source_id,
    partner_kind,
    source_code,
    master_code,
    valid_from,
    valid_to,
    approved_by
from mapping
where entity <> 'partners' or partner_kind is not null
union all
select
    mapping.entity,
    mapping.source_id,
    kind.partner_kind,
    mapping.source_code,
    mapping.master_code,
    mapping.valid_from,
    mapping.valid_to,
    mapping.approved_by
from mapping
cross join kind
left join own
    on mapping.source_id = own.source_id
    and kind.partner_kind = own.partner_kind
    and mapping.source_code = own.source_code
where mapping.entity = 'partners' and mapping.partner_kind is null and own.source_code is null
