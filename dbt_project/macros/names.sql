{#- Core models carry a prefix, because dbt knows one namespace and marts own the plain names; in the database the schema
    tells them apart. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}
        {{ custom_alias_name | trim }}
    {%- elif node.name.startswith('core_') -%}
        {{ node.name[5:] }}
    {%- elif node.name.startswith('marts_') -%}
        {{ node.name[6:] }}
    {%- else -%}
        {{ node.name }}
    {%- endif -%}
{%- endmacro %}
