{#- The one language: every staging model becomes exactly the columns of seeds/canonical_columns.csv. -#}

{% macro sql_type(word) -%}
    {%- set types = {
        'text': 'varchar', 'code': 'varchar', 'money': 'decimal(18,4)', 'price': 'decimal(18,6)',
        'quantity': 'decimal(18,6)', 'rate': 'decimal(18,10)', 'date': 'date', 'instant': 'timestamp',
        'flag': 'boolean', 'count': 'integer',
    } -%}
    {%- if word not in types -%}
        {{ exceptions.raise_compiler_error("canonical_columns.csv: unknown type word '" ~ word ~ "'; expected one of " ~ types.keys() | join(', ')) }}
    {%- endif -%}
    {{ types[word] }}
{%- endmacro %}

{% macro canonical_columns(entity) -%}
    {%- set columns = var('canonical').get(entity) -%}
    {%- if columns is none -%}
        {{ exceptions.raise_compiler_error("Canonical entity '" ~ entity ~ "' is not in seeds/canonical_columns.csv") }}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}

{#- One canonical value: trimmed text, empty text is NULL, everything else cast; what cannot be cast is NULL
    and, where the column is required, ends in core.rejected_rows with its reason. `given_type` is the type that the
    body gives: what has the right type is taken as it is, and numbers need no trimming (trimming every text of a large
    table costs more than all joins; so only text with a blank at an end is trimmed). -#}
{% macro canonical_value(name, word, given_type) -%}
    {%- set wanted = sql_type(word) -%}
    {%- set given = given_type | lower | replace(' ', '') -%}
    {%- if word in ('text', 'code') -%}
        {%- if given.startswith('varchar') or given.startswith('text') or given.startswith('char') or given.startswith('string') -%}
            case
                when {{ name }} like ' %' or {{ name }} like '% ' then nullif(trim({{ name }}), '')
                when {{ name }} <> '' then {{ name }}
            end
        {%- else -%}
            cast({{ name }} as varchar)
        {%- endif -%}
    {%- elif given == wanted -%}
        {{ name }}
    {%- else -%}
        try_cast({{ name }} as {{ wanted }})
    {%- endif -%}
{%- endmacro %}

{#- Cast, order and null-fill the query in the call's body to the columns of `entity`. The body must give source_id,
    may give changed_seq (the newest _bb_seq of the landed rows that feed the row; absent = always read again),
    and any canonical columns. A name that the entity does not have is refused. -#}
{% macro conform(entity) -%}
    {%- set body = caller() -%}
    {%- set columns = canonical_columns(entity) -%}
    {%- set given = [] -%}
    {%- set types = {} -%}
    {%- if execute -%}
        {%- for column in adapter.get_column_schema_from_query(body) -%}
            {%- do given.append(column.name | lower) -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- endfor -%}
        {%- set known = ['source_id', 'changed_seq'] + columns | map('first') | list -%}
        {%- for name in given if name not in known -%}
            {{ exceptions.raise_compiler_error(model.name ~ ": column '" ~ name ~ "' is not a column of canonical entity '" ~ entity ~ "'") }}
        {%- endfor -%}
        {%- for column in columns if column[2] and column[0] not in given -%}
            {{ exceptions.raise_compiler_error(model.name ~ ": required column '" ~ column[0] ~ "' of canonical entity '" ~ entity ~ "' is missing") }}
        {%- endfor -%}
        {%- if 'source_id' not in given -%}
            {{ exceptions.raise_compiler_error(model.name ~ ": source_id is missing") }}
        {%- endif -%}
    {%- endif -%}
select
    source_id,
    {%- for name, word, required, key in columns %}
    {{ canonical_value(name, word, types[name]) if name in given else 'cast(null as ' ~ sql_type(word) ~ ')' }} as {{ name }},
    {%- endfor %}
    {{ 'cast(changed_seq as bigint)' if 'changed_seq' in given else 'cast(null as bigint)' }} as changed_seq
from (
{{ body }}
) as given
{%- endmacro %}

{#- What a required column of `entity` must hold for a row to enter core. A key column that is not required may be
    empty: a unit's conversion without an item holds for every item. -#}
{% macro is_complete(entity) -%}
    {%- for name, word, required, key in canonical_columns(entity) if required %}
    {{ 'and ' if not loop.first }}{{ name }} is not null
    {%- else %} 1 = 1
    {%- endfor %}
{%- endmacro %}

{#- All enabled packs' rows of `entity` that have every required column, in canonical values; typed and empty where no pack
    has it. -#}
{% macro united(entity) -%}
    {{ in_canonical_values(entity, packed(entity)) }}
{%- endmacro %}

{% macro packed(entity) -%}
    {%- set packs = packs_with(entity) -%}
(
    {%- for system in packs %}
    select * from {{ ref('stg_' ~ system ~ '__' ~ entity) }}
    where {{ is_complete(entity) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as varchar) as source_id,
        {%- for name, word, required, key in canonical_columns(entity) %}
        cast(null as {{ sql_type(word) }}) as {{ name }},
        {%- endfor %}
        cast(null as bigint) as changed_seq
    from (select 1 as nothing) as nothing
    where 1 = 0
    {%- endfor %}
)
{%- endmacro %}

{% macro packs_with(entity) -%}
    {%- set systems = [] -%}
    {%- for system, entities in var('packs').items() if entity in entities -%}
        {%- do systems.append(system) -%}
    {%- endfor -%}
    {{ return(systems) }}
{%- endmacro %}

{#- The key of a canonical row as text, for people. -#}
{% macro row_key(entity) -%}
    concat_ws(
        '/'
        {%- for name, word, required, key in canonical_columns(entity) if key -%}
        , coalesce(cast({{ name }} as varchar), '?')
        {%- else -%}
        , '*'
        {%- endfor -%}
    )
{%- endmacro %}

{#- Names of the required columns that are empty in a row. -#}
{% macro missing_columns(entity) -%}
    concat_ws(
        ', '
        {%- for name, word, required, key in canonical_columns(entity) if required -%}
        , case when {{ name }} is null then '{{ name }}' end
        {%- else -%}
        , ''
        {%- endfor -%}
    )
{%- endmacro %}
