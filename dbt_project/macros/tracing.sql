{#- A whole number that stands for a text, to look it up by: stored in its order, a table is read only where it can be.
    Two texts may share a number; whoever looks up compares the texts themselves too. -#}
{% macro lookup_key(text) -%}
    {{ return(adapter.dispatch('lookup_key', 'bridgebook')(text)) }}
{%- endmacro %}

{% macro duckdb__lookup_key(text) -%}
    cast(md5_number_lower({{ text }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__lookup_key(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}

{#- The number of a document, voucher or draft in its chain. -#}
{% macro thing_key(source_id, kind, id) -%}
    {{ lookup_key("concat(" ~ source_id ~ ", '|', " ~ kind ~ ", '|', " ~ id ~ ")") }}
{%- endmacro %}
