{#- Incremental models keep no state but themselves: what is newer than their own newest row per source is read again,
    and rows whose key is gone upstream are removed. So a failed run loses nothing. -#}

{#- Condition for rows of `relation` (an alias with source_id and changed_seq) that this model has not seen.
    Rows without a stamp are always read again. -#}
{% macro is_new(relation, seq='changed_seq') -%}
    not exists (
        select 1
        from (
            select
                source_id,
                max(changed_seq) as newest
            from {{ this }}
            group by source_id
        ) as seen
        where seen.source_id = {{ relation }}.source_id and seen.newest >= {{ relation }}.{{ seq }}
    )
{%- endmacro %}

{#- Condition for rows of `relation` whose key this model does not hold, whatever their stamp. -#}
{% macro is_missing(relation, keys) -%}
    not exists (
        select 1
        from {{ this }} as held
        where
            {%- for key in keys %}
            held.{{ key }} = {{ relation }}.{{ key }}{{ ' and' if not loop.last }}
            {%- endfor %}
    )
{%- endmacro %}

{#- Post-hook: delete rows whose key is no longer in `upstream`. Costs two counts when nothing vanished. -#}
{% macro forget_vanished(upstream, keys) -%}
    {%- if execute and is_incremental() -%}
        {%- set counts = run_query(
            'select (select count(*) from ' ~ this ~ ') as kept, (select count(*) from ' ~ upstream ~ ') as present'
        ).rows[0] -%}
        {%- if counts[0] != counts[1] -%}
            delete from {{ this }}
            where not exists (
                select 1
                from {{ upstream }} as upstream
                where
                    {%- for key in keys %}
                    upstream.{{ key }} = {{ this.identifier }}.{{ key }}{{ ' and' if not loop.last }}
                    {%- endfor %}
            )
        {%- else -%}
            select 1
        {%- endif -%}
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
