{#- Incremental models keep no state but themselves: what is newer than their own newest row per source is read again,
    and rows whose key is gone upstream are removed. So a failed run loses nothing. -#}

{#- Condition for rows of `relation` (an alias with source_id and changed_seq) that this model has not seen.
    Rows without a stamp are always read again. The newest stamps stand in it as numbers: such a condition is tried before
    anything is computed for a row. -#}
{% macro is_new(relation, seq='changed_seq') -%}
    {%- if execute and is_incremental() -%}
        {{ newer_than(run_query('select source_id, max(changed_seq) from ' ~ this ~ ' group by source_id').rows, relation ~ '.', seq) }}
    {%- else -%}
        1 = 1
    {%- endif -%}
{%- endmacro %}

{#- Condition for rows that are newer than what `marks` ((source id, newest load seen) rows) say, or of other sources. -#}
{% macro newer_than(marks, prefix='', seq='changed_seq') -%}
    {%- set known = [] -%}
    {%- for row in marks if row[1] is not none -%}
        {%- do known.append(' when ' ~ dbt.string_literal(row[0] | replace("'", "''")) ~ ' then ' ~ row[1]) -%}
    {%- endfor -%}
    {%- if known -%}
    ({{ prefix }}{{ seq }} is null or {{ prefix }}{{ seq }} > case {{ prefix }}source_id{{ known | join }} else -1 end)
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro %}

{#- Post-hook: delete rows whose key is no longer in `upstream`. Costs two counts when nothing vanished. -#}
{% macro forget_vanished(upstream, keys) -%}
    {%- if execute and is_incremental() -%}
        {%- set kept = run_query('select count(*) from ' ~ this).rows[0][0] -%}
        {%- if kept == run_query('select count(*) from ' ~ upstream).rows[0][0] -%}
            select 1
        {%- else -%}
            delete from {{ this }}
            where not exists (
                select 1
                from {{ upstream }} as upstream
                where
                    {%- for key in keys %}
                    upstream.{{ key }} = {{ this.identifier }}.{{ key }}{{ ' and' if not loop.last }}
                    {%- endfor %}
            )
        {%- endif -%}
    {%- else -%}
        select 1
    {%- endif -%}
{%- endmacro %}
