{{ config(materialized='ephemeral') }}
-- For codes without a master code: the master codes that they may stand for, best first, each with what speaks for it.
-- Only pairs that share a key are looked at: tax id, name, specification, code, or one of a name's three rarest pairs of
-- characters; a key that more than fifty master codes share tells nothing.
with
member as (select * from {{ ref('core_master_members') }}),

unmapped as (select * from member where not is_mapped),

master as (
    select distinct
        member.entity,
        member.group_key,
        member.master_code,
        member.source_name,
        member.tax_id,
        member.specification,
        member.name_key,
        member.moved_key,
        member.tax_key,
        member.specification_key,
        member.code_key,
        source.is_master
    from member
    inner join {{ ref('core_sources') }} as source on member.source_id = source.source_id
    where member.is_mapped and exists (select 1 from unmapped)
),

{% set blocks = {'tax': 'tax_key', 'name': 'name_key', 'moved': 'moved_key', 'specification': 'specification_key', 'code': 'code_key'} -%}
master_block as (
    {%- for block, column in blocks.items() %}
    select
        entity,
        group_key,
        '{{ block }}' as block,
        {{ column }} as block_key,
        master_code
    from master
    where {{ column }} is not null
    group by entity, group_key, {{ column }}, master_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

telling_block as (
    select
        entity,
        group_key,
        block,
        block_key
    from master_block
    group by entity, group_key, block, block_key
    having count(*) <= 50
),

unmapped_block as (
    {%- for block, column in blocks.items() %}
    select
        entity,
        group_key,
        source_id,
        source_code,
        '{{ block }}' as block,
        {{ column }} as block_key
    from unmapped
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

met as (
    select distinct
        unmapped_block.entity,
        unmapped_block.group_key,
        unmapped_block.source_id,
        unmapped_block.source_code,
        master_block.master_code
    from unmapped_block
    inner join telling_block
        on unmapped_block.entity = telling_block.entity
        and unmapped_block.group_key = telling_block.group_key
        and unmapped_block.block = telling_block.block
        and unmapped_block.block_key = telling_block.block_key
    inner join master_block
        on unmapped_block.entity = master_block.entity
        and unmapped_block.group_key = master_block.group_key
        and unmapped_block.block = master_block.block
        and unmapped_block.block_key = master_block.block_key
),

-- Names that resemble each other are looked for where no key was met.
alone as (
    select unmapped.*
    from unmapped
    left join met
        on unmapped.entity = met.entity
        and unmapped.group_key = met.group_key
        and unmapped.source_id = met.source_id
        and unmapped.source_code = met.source_code
    where met.source_code is null
),

master_pair as (
    {{ character_pairs('master', ['entity', 'group_key', 'master_code', 'moved_key'], 'moved_key') }}
),

pair_frequency as (
    select
        entity,
        group_key,
        pair,
        count(distinct master_code) as masters
    from master_pair
    group by entity, group_key, pair
    having count(distinct master_code) <= 50
),

alone_pair as (
    {{ character_pairs('alone', ['entity', 'group_key', 'source_id', 'source_code'], 'moved_key') }}
),

rare_pair as (
    select
        alone_pair.entity,
        alone_pair.group_key,
        alone_pair.source_id,
        alone_pair.source_code,
        alone_pair.pair,
        row_number() over (
            partition by alone_pair.entity, alone_pair.group_key, alone_pair.source_id, alone_pair.source_code
            order by pair_frequency.masters, alone_pair.pair
        ) as rarity
    from alone_pair
    inner join pair_frequency
        on alone_pair.entity = pair_frequency.entity
        and alone_pair.group_key = pair_frequency.group_key
        and alone_pair.pair = pair_frequency.pair
),

candidate as (
    select
        entity,
        group_key,
        source_id,
        source_code,
        master_code
    from met
    union
    select
        rare_pair.entity,
        rare_pair.group_key,
        rare_pair.source_id,
        rare_pair.source_code,
        master_pair.master_code
    from rare_pair
    inner join master_pair
        on rare_pair.entity = master_pair.entity
        and rare_pair.group_key = master_pair.group_key
        and rare_pair.pair = master_pair.pair
    where rare_pair.rarity <= 3
),

-- A master code may have several names: one in each source that maps to it.
side_by_side as (
    select
        candidate.entity,
        candidate.group_key,
        candidate.source_id,
        candidate.source_code,
        candidate.master_code,
        unmapped.moved_key as source_moved_key,
        master.moved_key as master_moved_key,
        master.source_name as master_name,
        master.tax_id as master_tax_id,
        master.specification as master_specification,
        master.is_master,
        coalesce(unmapped.tax_key = master.tax_key, false) as is_same_tax_id,
        coalesce(unmapped.tax_key <> master.tax_key, false) as is_other_tax_id,
        coalesce(unmapped.name_key = master.name_key, false) as is_same_name,
        coalesce(unmapped.moved_key = master.moved_key, false) as is_same_moved_name,
        coalesce(unmapped.specification_key = master.specification_key, false) as is_same_specification,
        coalesce(unmapped.specification_key <> master.specification_key, false) as is_other_specification,
        coalesce(unmapped.code_key = master.code_key, false) as is_same_code,
        coalesce(unmapped.source_name = master.source_name, false) as is_same_as_written
    from candidate
    inner join unmapped
        on candidate.entity = unmapped.entity
        and candidate.group_key = unmapped.group_key
        and candidate.source_id = unmapped.source_id
        and candidate.source_code = unmapped.source_code
    inner join master
        on candidate.entity = master.entity
        and candidate.group_key = master.group_key
        and candidate.master_code = master.master_code
),

spelling as (
    select distinct
        source_moved_key,
        master_moved_key
    from side_by_side
    where source_moved_key <> master_moved_key
),

left_pair as (
    select
        source_moved_key,
        count(*) over (partition by source_moved_key) as pairs,
        pair
    from ({{ character_pairs('(select distinct source_moved_key from spelling)', ['source_moved_key'], 'source_moved_key') }}) as pair_of_name
),

right_pair as (
    select
        master_moved_key,
        count(*) over (partition by master_moved_key) as pairs,
        pair
    from ({{ character_pairs('(select distinct master_moved_key from spelling)', ['master_moved_key'], 'master_moved_key') }}) as pair_of_name
),

-- Twice the shared pairs of characters over all pairs of both names: 1 for the same, 0 for nothing in common.
alike as (
    select
        spelling.source_moved_key,
        spelling.master_moved_key,
        {{ ratio('2 * count(*)', 'max(left_pair.pairs) + max(right_pair.pairs)') }} as likeness
    from spelling
    inner join left_pair on spelling.source_moved_key = left_pair.source_moved_key
    inner join right_pair
        on spelling.master_moved_key = right_pair.master_moved_key and left_pair.pair = right_pair.pair
    group by spelling.source_moved_key, spelling.master_moved_key
),

weighed as (
    select
        side_by_side.*,
        case when side_by_side.is_same_name or side_by_side.is_same_moved_name then 1 else coalesce(alike.likeness, 0) end as likeness
    from side_by_side
    left join alike
        on side_by_side.source_moved_key = alike.source_moved_key
        and side_by_side.master_moved_key = alike.master_moved_key
),

scored as (
    select
        *,
        cast(
            case
                when is_same_tax_id and likeness >= 0.3 then 1
                when is_same_tax_id then 0.8
                when is_other_tax_id and likeness = 1 then 0.6
                when is_other_tax_id then 0
                when entity = 'accounts' and likeness = 1 and is_same_code then 0.98
                -- A heading may be named above the one account and not above the other.
                when entity = 'accounts' and is_same_as_written and is_same_code then 0.95
                when entity = 'items' and is_same_name and is_same_specification then 0.97
                when entity = 'items' and is_other_specification and likeness = 1 then 0.5
                when entity = 'items' and is_other_specification then 0
                when is_same_name and entity in ('items', 'accounts') then 0.9
                when is_same_name then 0.95
                when is_same_moved_name then 0.92
                when is_same_code and likeness >= 0.5 then case when entity = 'accounts' then 0.5 else 0.8 end
                when is_same_specification and likeness >= 0.5 then 0.75
                when likeness >= 0.85 then 0.7
                when likeness >= 0.7 then 0.6
                when is_same_code and entity <> 'accounts' and likeness >= 0.3 then 0.5
                else 0
            end as decimal(5, 4)
        ) as score
    from weighed
),

named as (
    select
        *,
        substr(md5(concat_ws('|', entity, source_id, case when entity = 'partners' then group_key else '' end, source_code, master_code)), 1, 12)
            as proposal_id,
        row_number() over (
            partition by entity, group_key, source_id, source_code, master_code
            order by score desc, likeness desc, is_master desc, master_name
        ) as spelling_rank
    from scored
    where score > 0
),

ranked as (
    select
        named.*,
        row_number() over (
            partition by entity, group_key, source_id, source_code order by score desc, likeness desc, master_code
        ) as choice,
        count(*) over (partition by entity, group_key, source_id, source_code) as candidate_count,
        count(*) over (partition by entity, group_key, source_id, source_code, score, likeness) as equal_count
    from named
    left join {{ source('house', 'books_rejected_proposals') }} as rejected on named.proposal_id = rejected.proposal_id
    where named.spelling_rank = 1 and rejected.proposal_id is null
)

select
    entity,
    source_id,
    case when entity = 'partners' then group_key end as partner_kind,
    source_code,
    proposal_id,
    master_code,
    master_name,
    master_tax_id,
    master_specification,
    cast(choice as bigint) as choice,
    cast(candidate_count as bigint) as candidate_count,
    equal_count > 1 as is_ambiguous,
    -- Two master codes for which the same speaks: a person must look.
    cast(case when equal_count > 1 then least(score, 0.5) else score end as decimal(5, 4)) as confidence,
    cast(likeness as decimal(5, 4)) as likeness,
    is_same_tax_id,
    is_other_tax_id,
    is_same_name,
    is_same_moved_name,
    is_same_specification,
    is_other_specification,
    is_same_code
from ranked
