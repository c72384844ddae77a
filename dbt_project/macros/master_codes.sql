{#- A source's code becomes a master code by mapping; where the source's codes are the master codes, by itself; else it
    stays visible as an unmapped member '<source>:<code>'. Never dropped, never guessed. -#}
{% macro master_code(mapped, source_alias, code) -%}
    case
        when {{ code }} is null then null
        else coalesce({{ mapped }}, case when {{ source_alias }}.is_master then {{ code }} else {{ source_alias }}.source_id || ':' || {{ code }} end)
    end
{%- endmacro %}

{#- The mappings of one entity that hold today. -#}
{% macro current_mappings(entity) -%}
(
    select
        source_id,
        partner_kind,
        source_code,
        max(master_code) as master_code
    from {{ ref('stg_house__master_map') }}
    where
        entity = '{{ entity }}'
        and (valid_from is null or valid_from <= current_date)
        and (valid_to is null or valid_to >= current_date)
    group by source_id, partner_kind, source_code
)
{%- endmacro %}
