-- Rows of staging that lack a required column (missing, or not of its type): they stay out of core and stand here.
-- Evaluating all required columns of the large entities costs as much as building them; so where core holds as many rows
-- of an entity as staging gives, nobody was turned away and nobody is asked again.
{% set documents = ref('core_document_lines') %}
{% set journal = ref('core_journal_lines') %}
{% set sources = ref('core_sources') %}
{% set entities = [] %}
{% set counts = [] %}
{% for system, filled in var('packs').items() %}
    {% for entity in filled %}
        {% set staged = ref('stg_' ~ system ~ '__' ~ entity) %}
        {% do entities.append([system, entity]) %}
        {% if entity in document_entities() or entity == 'journal_lines' %}
            {% set held = "(select count(*) from " ~ (journal if entity == 'journal_lines' else documents)
                ~ " where " ~ ("true" if entity == 'journal_lines' else "entity = '" ~ entity ~ "'")
                ~ " and source_id in (select source_id from " ~ sources ~ " where system = '" ~ system ~ "'))" %}
            {% do counts.append("select '" ~ system ~ "' as system, '" ~ entity ~ "' as entity where (select count(*) from " ~ staged ~ ") = " ~ held) %}
        {% endif %}
    {% endfor %}
{% endfor %}
{% set whole = [] %}
{% if execute and counts %}
    {% for row in run_query(counts | join(' union all ')).rows %}
        {% do whole.append([row[0], row[1]]) %}
    {% endfor %}
{% endif %}
{% for system, entity in entities if [system, entity] not in whole %}
select
    source_id,
    '{{ entity }}' as entity,
    {{ row_key(entity) }} as row_key,
    {{ missing_columns(entity) }} as missing_columns,
    changed_seq
from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
where not ({{ is_complete(entity) }})
{{ 'union all' if not loop.last }}
{% else %}
select
    cast(null as varchar) as source_id,
    cast(null as varchar) as entity,
    cast(null as varchar) as row_key,
    cast(null as varchar) as missing_columns,
    cast(null as bigint) as changed_seq
from (select 1 as nothing) as nothing
where 1 = 0
{% endfor %}
