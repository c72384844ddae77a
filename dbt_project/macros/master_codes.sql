{#- A source's code becomes a master code by mapping; where the source's codes are the master codes, by itself; else it
    stays visible as an unmapped member '<source>:<code>'. Never dropped, never guessed. -#}
{% macro master_code(mapped, source_alias, code) -%}
    case
        when {{ code }} is null then null
        else coalesce({{ mapped }}, case when {{ source_alias }}.is_master then {{ code }} else {{ source_alias }}.source_id || ':' || {{ code }} end)
    end
{%- endmacro %}

{#- The mappings of one entity that hold on the day that the build looks from. -#}
{% macro current_mappings(entity) -%}
(
    select
        mapping.source_id,
        mapping.partner_kind,
        mapping.source_code,
        mapping.master_code
    from {{ ref('core_master_codes') }} as mapping
    cross join {{ source('house', 'run_context') }} as run_context
    where
        mapping.entity = '{{ entity }}'
        and (mapping.valid_from is null or mapping.valid_from <= run_context.as_of)
        and (mapping.valid_to is null or mapping.valid_to >= run_context.as_of)
)
{%- endmacro %}

{#- Condition that joins core.master_codes to a line: the mapping of its code that holds on the line's own day. Made of
    comparisons only: an `or` beside the keys would make the join a loop over all lines and all mappings. -#}
{% macro is_mapping_of(mapping, line, code, day) -%}
    {{ line }}.source_id = {{ mapping }}.source_id
    and {{ code }} = {{ mapping }}.source_code
    and {{ day }} >= coalesce({{ mapping }}.valid_from, cast('0001-01-01' as date))
    and {{ day }} <= coalesce({{ mapping }}.valid_to, cast('9999-12-31' as date))
{%- endmacro %}

{#- Whether rows carry other master codes than after the build before: people approved mappings or took them back, or one
    began or ended. Asked when an incremental model is compiled, so that it costs nothing where nothing was decided. -#}
{% macro labels_changed() -%}
    {%- set context = source('house', 'run_context') -%}
    {%- if execute and is_incremental() -%}
        {{ return(run_query('select labels_changed from ' ~ context).rows[0][0] == true) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}

{#- " or ..." for an incremental model's filter: rows of `relation` that this model holds under other labels. -#}
{% macro or_relabelled(relation, keys, labels) -%}
    {%- if labels_changed() %}
    or exists (
        select 1
        from {{ this }} as held
        where
            {%- for key in keys %}
            held.{{ key }} = {{ relation }}.{{ key }} and
            {%- endfor %}
            (
                {%- for label in labels %}
                coalesce(cast(held.{{ label }} as varchar), '') <> coalesce(cast({{ relation }}.{{ label }} as varchar), ''){{ ' or' if not loop.last }}
                {%- endfor %}
            )
    )
    {%- endif -%}
{%- endmacro %}

{#- The same for lines that hold the codes themselves: rows of `relation` that this model holds under another master code
    than the mappings of its own `day` say now. -#}
{% macro or_misnamed(relation, keys, day) -%}
    {%- if labels_changed() %}
    or exists (
        select 1
        from (
            select
                {%- for key in keys %}
                held.{{ key }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ this }} as held
            inner join {{ ref('core_sources') }} as source on held.source_id = source.source_id
            left join {{ ref('core_master_codes') }} as partner_mapping
                on partner_mapping.entity = 'partners'
                and held.partner_kind = partner_mapping.partner_kind
                and {{ is_mapping_of('partner_mapping', 'held', 'held.source_partner_code', 'held.' ~ day) }}
            left join {{ ref('core_master_codes') }} as item_mapping
                on item_mapping.entity = 'items'
                and {{ is_mapping_of('item_mapping', 'held', 'held.source_item_code', 'held.' ~ day) }}
            where
                held.partner_code <> {{ master_code('partner_mapping.master_code', 'source', 'held.source_partner_code') }}
                or held.item_code <> {{ master_code('item_mapping.master_code', 'source', 'held.source_item_code') }}
        ) as misnamed
        where
            {%- for key in keys %}
            misnamed.{{ key }} = {{ relation }}.{{ key }}{{ ' and' if not loop.last }}
            {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}
