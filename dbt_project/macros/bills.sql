{#- Files that people make already speak the one language: every canonical column as it has landed. `landed` is the
    landed table, named by the model itself so that an increment knows which models read it. -#}
{% macro bill(entity, landed) -%}
{% call conform(entity) %}
select
    source_id,
    {%- for name, word, required, key in canonical_columns(entity) %}
    {{ name }},
    {%- endfor %}
    _bb_seq as changed_seq
from {{ landed }}
{% endcall %}
{%- endmacro %}
