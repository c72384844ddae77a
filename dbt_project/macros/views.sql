{#- A view in a file that will be renamed may not name its catalog: the tables beside it are found by their bare names,
    because a view looks into its own schema first, whatever the file is called and under whichever name it is attached. -#}
{% macro duckdb__create_view_as(relation, sql) -%}
    {%- if config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create view {{ relation }} as (
        {{ sql | replace(relation.without_identifier() | string ~ '.', '') if relation.database != target.database else sql }}
    )
{%- endmacro %}
