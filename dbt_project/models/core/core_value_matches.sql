{{ config(materialized='ephemeral') }}
-- Currencies, units and tax codes that a source uses and the master source does not know, each with the value it may stand for:
-- units by the items that both sources have, tax codes by rate and name. Where the master source has no values of a
-- kind there is no one way to write them, and nothing is asked.
with
source as (select * from {{ ref('core_sources') }}),

item as (select * from {{ ref('core_items') }}),

tax as (
    select
        tax_code.source_id,
        tax_code.tax_code,
        max(tax_code.tax_name) as tax_name,
        max(tax_code.tax_rate) as tax_rate,
        max(case when tax_code.is_deductible then 1 else 0 end) as deductible,
        max(case when source.is_master then 1 else 0 end) as is_master
    from {{ ref('core_tax_codes') }} as tax_code
    inner join source on tax_code.source_id = source.source_id
    group by tax_code.source_id, tax_code.tax_code
),

master_value as (
    select
        'currencies' as entity,
        currency.currency_code as canonical_value
    from {{ united('currencies') }} as currency
    inner join source on currency.source_id = source.source_id and source.is_master
    union
    select
        'units',
        item.base_uom_code
    from item
    inner join source on item.source_id = source.source_id and source.is_master
    union
    select
        'units',
        line.uom_code
    from {{ ref('core_document_lines') }} as line
    inner join source on line.source_id = source.source_id and source.is_master
    union
    select
        'tax_codes',
        tax_code
    from tax
    where is_master = 1
),

canonical as (
    select
        entity,
        canonical_value
    from master_value
    union
    select
        map.value_kind,
        map.canonical_value
    from {{ ref('stg_house__value_map') }} as map
    inner join (select distinct entity from master_value where canonical_value is not null) as asked on map.value_kind = asked.entity
),

used as (
    select
        entity,
        source_id,
        source_code
    from {{ ref('core_master_stakes') }}
    where entity in ('currencies', 'units', 'tax_codes')
    union
    select
        'units',
        item.source_id,
        item.base_uom_code
    from item
    inner join source on item.source_id = source.source_id and not source.is_master
    where item.base_uom_code is not null
),

unknown as (
    select
        used.entity,
        used.source_id,
        used.source_code
    from used
    inner join (select distinct entity from master_value where canonical_value is not null) as asked on used.entity = asked.entity
    left join canonical on used.entity = canonical.entity and used.source_code = canonical.canonical_value
    where canonical.canonical_value is null
),

master_item as (
    select item.*
    from item
    inner join source on item.source_id = source.source_id and source.is_master
),

unit_pair as (
    select
        item.source_id,
        item.base_uom_code as source_code,
        master_item.base_uom_code as canonical_value,
        count(*) as items
    from item
    inner join source on item.source_id = source.source_id and not source.is_master
    inner join master_item on item.item_code = master_item.item_code
    where item.base_uom_code is not null and master_item.base_uom_code is not null
    group by item.source_id, item.base_uom_code, master_item.base_uom_code
),

proposed as (
    select
        'units' as entity,
        source_id,
        source_code,
        canonical_value,
        cast(null as varchar) as source_name,
        cast(null as varchar) as canonical_name,
        -- Three items of which all agree are nearly sure; every other count is worth its share.
        cast(
            case when sum(items) over (partition by source_id, source_code) >= 3 then 0.95 else 0.6 end
            * {{ ratio('items', 'sum(items) over (partition by source_id, source_code)') }} as decimal(5, 4)
        ) as confidence,
        '已映射存货中 ' || cast(items as varchar) || ' 个的计量单位如此对应' as evidence_zh,
        cast(items as varchar) || ' mapped items have these units' as evidence_en
    from unit_pair
    union all
    select
        'tax_codes',
        tax.source_id,
        tax.tax_code,
        master_tax.tax_code,
        tax.tax_name,
        master_tax.tax_name,
        cast(case when {{ bare_name(one_width('tax.tax_name')) }} = {{ bare_name(one_width('master_tax.tax_name')) }} then 0.95 else 0.6 end as decimal(5, 4)),
        concat_ws('；', '税率相同', case when {{ bare_name(one_width('tax.tax_name')) }} = {{ bare_name(one_width('master_tax.tax_name')) }} then '名称相同' end),
        concat_ws('; ', 'same rate', case when {{ bare_name(one_width('tax.tax_name')) }} = {{ bare_name(one_width('master_tax.tax_name')) }} then 'same name' end)
    from tax
    inner join tax as master_tax
        on master_tax.is_master = 1 and tax.tax_rate = master_tax.tax_rate and tax.deductible = master_tax.deductible
    where tax.is_master = 0
),

ranked as (
    select
        proposed.*,
        substr(md5(concat_ws('|', proposed.entity, proposed.source_id, '', proposed.source_code, proposed.canonical_value)), 1, 12)
            as proposal_id,
        row_number() over (
            partition by proposed.entity, proposed.source_id, proposed.source_code
            order by proposed.confidence desc, proposed.canonical_value
        ) as choice,
        count(*) over (partition by proposed.entity, proposed.source_id, proposed.source_code) as candidate_count,
        count(*) over (partition by proposed.entity, proposed.source_id, proposed.source_code, proposed.confidence) as equal_count
    from proposed
    left join {{ source('house', 'books_rejected_proposals') }} as rejected
        on substr(md5(concat_ws('|', proposed.entity, proposed.source_id, '', proposed.source_code, proposed.canonical_value)), 1, 12)
        = rejected.proposal_id
    where rejected.proposal_id is null
)

select
    unknown.entity,
    unknown.source_id,
    unknown.source_code,
    coalesce(ranked.source_name, unknown.source_code) as source_name,
    ranked.proposal_id,
    ranked.canonical_value as master_code,
    coalesce(ranked.canonical_name, ranked.canonical_value) as master_name,
    cast(ranked.candidate_count as bigint) as candidate_count,
    cast(case when ranked.equal_count > 1 then least(ranked.confidence, 0.5) else ranked.confidence end as decimal(5, 4)) as confidence,
    ranked.evidence_zh,
    ranked.evidence_en
from unknown
left join ranked
    on unknown.entity = ranked.entity
    and unknown.source_id = ranked.source_id
    and unknown.source_code = ranked.source_code
    and ranked.choice = 1
