-- Source codes without a master code, with the money at stake, and the best proposal with what speaks for it.
with
member as (select * from {{ ref('core_master_members') }} where not is_mapped),

match as (select * from {{ ref('core_master_matches') }} where choice = 1),

stake as (select * from {{ ref('core_master_stakes') }}),

-- Codes that lines use and the source's own master data does not have.
nameless as (
    select
        stake.entity,
        stake.source_id,
        stake.partner_kind,
        stake.source_code
    from stake
    left join {{ ref('core_master_members') }} as known
        on stake.entity = known.entity
        and stake.source_id = known.source_id
        and stake.source_code = known.source_code
        and coalesce(stake.partner_kind, '') = coalesce(known.partner_kind, '')
    left join {{ ref('core_master_codes') }} as mapping
        on stake.entity = mapping.entity
        and stake.source_id = mapping.source_id
        and stake.source_code = mapping.source_code
        and coalesce(stake.partner_kind, '') = coalesce(mapping.partner_kind, '')
    where stake.entity in ('partners', 'items') and known.source_code is null and mapping.source_code is null
),

unmapped as (
    select
        entity,
        source_id,
        partner_kind,
        source_code,
        source_name,
        tax_id,
        specification
    from member
    union all
    select
        entity,
        source_id,
        partner_kind,
        source_code,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar)
    from nameless
)

select
    value.entity,
    value.source_id,
    cast(null as varchar) as partner_kind,
    value.source_code,
    value.source_name,
    cast(null as varchar) as source_tax_id,
    cast(null as varchar) as source_specification,
    value.proposal_id,
    value.master_code as proposed_master_code,
    value.master_name as proposed_name,
    cast(null as varchar) as proposed_tax_id,
    cast(null as varchar) as proposed_specification,
    value.confidence,
    value.candidate_count,
    value.evidence_zh,
    value.evidence_en,
    {{ money('coalesce(stake.amount, 0)') }} as amount_at_stake,
    cast(coalesce(stake.line_count, 0) as bigint) as line_count
from {{ ref('core_value_matches') }} as value
left join stake on value.entity = stake.entity and value.source_id = stake.source_id and value.source_code = stake.source_code
union all
select
    unmapped.entity,
    unmapped.source_id,
    cast(unmapped.partner_kind as varchar) as partner_kind,
    unmapped.source_code,
    unmapped.source_name,
    unmapped.tax_id as source_tax_id,
    unmapped.specification as source_specification,
    match.proposal_id,
    match.master_code as proposed_master_code,
    match.master_name as proposed_name,
    match.master_tax_id as proposed_tax_id,
    match.master_specification as proposed_specification,
    match.confidence,
    match.candidate_count,
    {{ match_evidence('zh') }} as evidence_zh,
    {{ match_evidence('en') }} as evidence_en,
    {{ money('coalesce(stake.amount, 0)') }} as amount_at_stake,
    cast(coalesce(stake.line_count, 0) as bigint) as line_count
from unmapped
left join match
    on unmapped.entity = match.entity
    and unmapped.source_id = match.source_id
    and unmapped.source_code = match.source_code
    and coalesce(unmapped.partner_kind, '') = coalesce(match.partner_kind, '')
left join stake
    on unmapped.entity = stake.entity
    and unmapped.source_id = stake.source_id
    and unmapped.source_code = stake.source_code
    and coalesce(unmapped.partner_kind, '') = coalesce(stake.partner_kind, '')
