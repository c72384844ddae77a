{#- Currencies, units and tax codes are written differently by sources and mean the same: where the value map says so, every
    canonical column of theirs is said in one way. The map is read when a model is compiled, because it is short: a source
    without an entry costs nothing. -#}

{% macro value_kinds() -%}
    {{ return({
        'currency_code': 'currencies', 'base_currency_code': 'currencies', 'from_currency_code': 'currencies',
        'to_currency_code': 'currencies', 'uom_code': 'units', 'base_uom_code': 'units', 'from_uom_code': 'units',
        'to_uom_code': 'units', 'tax_code': 'tax_codes',
    }) }}
{%- endmacro %}

{#- The value map as rows [kind, source_id or '', value, canonical value, first day, last day, holds today]. -#}
{% macro value_map_rows() -%}
    {%- set map = ref('stg_house__value_map') -%}
    {%- set context = source('house', 'run_context') -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set question -%}
        select
            map.value_kind,
            coalesce(map.source_id, '') as source_id,
            map.source_value,
            map.canonical_value,
            cast(map.valid_from as varchar) as valid_from,
            cast(map.valid_to as varchar) as valid_to,
            coalesce(map.valid_from <= context.as_of, true) and coalesce(map.valid_to >= context.as_of, true) as holds
        from {{ map }} as map
        cross join {{ context }} as context
        where map.source_value is not null and map.canonical_value is not null and map.source_value <> map.canonical_value
        -- What a source says of itself goes before what holds for every source.
        order by map.value_kind, case when map.source_id is null then 1 else 0 end, source_id, map.source_value, map.valid_from
    {%- endset -%}
    {{ return(run_query(question).rows) }}
{%- endmacro %}

{#- One column of an entity in canonical values; as it is where the map says nothing about it. `days`: the columns that date
    a row, best first; without one a mapping holds or does not hold today. -#}
{% macro mapped_value(column, rows, days) -%}
    {%- set kind = value_kinds().get(column) -%}
    {%- set cases = [] -%}
    {%- set values = [] -%}
    {%- for row in rows if row[0] == kind and (days or row[6]) -%}
        {%- set tests = [column ~ " = '" ~ (row[2] | replace("'", "''")) ~ "'"] -%}
        {%- if row[1] -%} {%- do tests.append("source_id = '" ~ row[1] ~ "'") -%} {%- endif -%}
        {%- if days and row[4] -%} {%- do tests.append("coalesce(" ~ days | join(', ') ~ ") >= date '" ~ row[4] ~ "'") -%} {%- endif -%}
        {%- if days and row[5] -%} {%- do tests.append("coalesce(" ~ days | join(', ') ~ ") <= date '" ~ row[5] ~ "'") -%} {%- endif -%}
        {%- do cases.append("when " ~ tests | join(' and ') ~ " then '" ~ (row[3] | replace("'", "''")) ~ "'") -%}
        {%- do values.append("'" ~ (row[2] | replace("'", "''")) ~ "'") -%}
    {%- endfor -%}
    {%- if cases -%}
        case when {{ column }} in ({{ values | unique | join(', ') }}) then case {{ cases | join(' ') }} else {{ column }} end else {{ column }} end
    {%- else -%}
        {{ column }}
    {%- endif -%}
{%- endmacro %}

{#- Columns of `entity` that the value map may change. -#}
{% macro valued_columns(entity) -%}
    {%- set found = [] -%}
    {%- for column in canonical_columns(entity) | map('first') if column in value_kinds() -%}
        {%- do found.append(column) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- `relation` (all rows of `entity`) in canonical values. Two values of a source may mean the same: of rows that thereby get
    the same key the one that needed no mapping stays. -#}
{% macro in_canonical_values(entity, relation) -%}
    {%- set valued = valued_columns(entity) -%}
    {%- set rows = value_map_rows() if valued else [] -%}
    {%- set names = canonical_columns(entity) | map('first') | list -%}
    {%- set days = [] -%}
    {%- for day in ['posting_date', 'document_date', 'value_date', 'rate_date'] if day in names -%} {%- do days.append(day) -%} {%- endfor -%}
    {%- set changed = {} -%}
    {%- for column in valued -%}
        {%- set value = mapped_value(column, rows, days) -%}
        {%- if value != column -%} {%- do changed.update({column: value}) -%} {%- endif -%}
    {%- endfor -%}
    {%- set keys = [] -%}
    {%- for name, word, required, key in canonical_columns(entity) if key -%} {%- do keys.append(name) -%} {%- endfor -%}
    {%- set changed_keys = [] -%}
    {%- for column in changed if column in keys -%} {%- do changed_keys.append(column) -%} {%- endfor -%}
    {%- if not changed -%}
        {{ relation }}
    {%- elif not changed_keys -%}
(
    select
        source_id,
        {%- for name in names %}
        {{ changed.get(name, name) }}{{ ' as ' ~ name if name in changed }},
        {%- endfor %}
        changed_seq
    from {{ relation }} as given
)
    {%- else -%}
(
    select
        source_id,
        {%- for name in names %}
        {{ name }},
        {%- endfor %}
        changed_seq
    from (
        select
            *,
            row_number() over (
                partition by source_id, {{ keys | join(', ') }} order by mapped_keys, changed_seq desc{% for key in changed_keys %}, given_{{ key }}{% endfor %}
            ) as choice
        from (
            select
                source_id,
                {%- for name in names %}
                {{ changed.get(name, name) }}{{ ' as ' ~ name if name in changed }},
                {%- endfor %}
                {%- for key in changed_keys %}
                {{ key }} as given_{{ key }},
                {%- endfor %}
                {% for key in changed_keys %}case when {{ changed[key] }} <> {{ key }} then 1 else 0 end{{ ' + ' if not loop.last }}{% endfor %} as mapped_keys,
                changed_seq
            from {{ relation }} as given
        ) as valued
    ) as chosen
    where choice = 1
)
    {%- endif -%}
{%- endmacro %}
