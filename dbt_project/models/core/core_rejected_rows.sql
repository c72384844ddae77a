-- Rows of staging that lack a required column (missing, or not of its type): they stay out of core and stand here.
-- Evaluating the required columns of the large entities costs as much as building them. So in a full build an entity is
-- asked only where core holds fewer rows than staging gives; and later, where no row of it was turned away until now,
-- only its new rows are asked.
{% set documents = ref('core_document_lines') %}
{% set journal = ref('core_journal_lines') %}
{% set sources = ref('core_sources') %}
{% set loads = source('house', 'built_loads') %}
{% set entities = [] %}
{% for system, filled in var('packs').items() %}
    {% for entity in filled %}
        {% do entities.append([system, entity]) %}
    {% endfor %}
{% endfor %}
{% set built = none %}
{% set turned_away = [] %}
{% set whole = [] %}
{% if execute %}
    {% set before = load_relation(this) %}
    {% set marks = run_query('select source_id, newest_load from ' ~ loads).rows %}
    {% if before is not none and marks | length > 0 %}
        {% set built = newer_than(marks) %}
        {% for row in run_query(
            'select distinct source.system, rejected.entity from ' ~ before ~ ' as rejected inner join ' ~ sources
            ~ ' as source on rejected.source_id = source.source_id'
        ).rows %}
            {% do turned_away.append([row[0], row[1]]) %}
        {% endfor %}
    {% else %}
        {% set counts = [] %}
        {% for system, entity in entities if entity in document_entities() or entity == 'journal_lines' %}
            {% set held %}
            select count(*)
            from {{ journal if entity == 'journal_lines' else documents }}
            where
                source_id in (select source_id from {{ sources }} where system = '{{ system }}')
                {{ "and entity = '" ~ entity ~ "'" if entity != 'journal_lines' }}
            {% endset %}
            {% do counts.append(
                "select '" ~ system ~ "' as system, '" ~ entity ~ "' as entity where (" ~ held ~ ') = (select count(*) from '
                ~ ref('stg_' ~ system ~ '__' ~ entity) ~ ')'
            ) %}
        {% endfor %}
        {% if counts %}
            {% for row in run_query(counts | join(' union all ')).rows %}
                {% do whole.append([row[0], row[1]]) %}
            {% endfor %}
        {% endif %}
    {% endif %}
{% endif %}
{% for system, entity in entities if [system, entity] not in whole %}
select
    source_id,
    '{{ entity }}' as entity,
    {{ row_key(entity) }} as row_key,
    {{ missing_columns(entity) }} as missing_columns,
    changed_seq
from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
where
    not ({{ is_complete(entity) }})
    {{ 'and ' ~ built if built and [system, entity] not in turned_away }}
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
