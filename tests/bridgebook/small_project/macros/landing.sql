{% macro landed(system, table) -%}
    {{ adapter.quote('landed_' ~ system) }}.{{ adapter.quote(table) }}
{%- endmacro %}

{% macro attach_landings() -%}
    {%- if execute -%}
        {%- for source_id, path in var('landings').items() %}
            {%- do run_query("attach if not exists '" ~ path ~ "' as " ~ adapter.quote('landing_' ~ source_id) ~ " (read_only)") -%}
        {%- endfor -%}
    {%- endif -%}
    select 1
{%- endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
