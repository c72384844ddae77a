{#- Where vendor tables are found. Only staging calls these. -#}

{#- The union over all configured instances of one vendor table, with source_id and _bb_seq. -#}
{% macro landed(system, table) -%}
    {{ adapter.quote('landed_' ~ system) }}.{{ adapter.quote(table) }}
{%- endmacro %}

{#- Replaced and deleted versions of that table; _bb_seq is the load that replaced or deleted the row. -#}
{% macro landed_past(system, table) -%}
    {{ landed(system, table ~ '__past') }}
{%- endmacro %}

{% macro attach_landings() -%}
    {%- if execute and target.type == 'duckdb' -%}
        {%- for source_id, path in var('landings').items() %}
            {%- do run_query("attach if not exists '" ~ path ~ "' as " ~ adapter.quote('landing_' ~ source_id) ~ " (read_only)") -%}
        {%- endfor -%}
    {%- endif -%}
    select 1
{%- endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
