{#- Date arithmetic that engines spell differently. -#}
{% macro date_plus_days(date, days) -%}
    {{ return(adapter.dispatch('date_plus_days', 'bridgebook')(date, days)) }}
{%- endmacro %}

{% macro default__date_plus_days(date, days) -%}
    cast({{ date }} + cast({{ days }} as integer) as date)
{%- endmacro %}

{% macro spark__date_plus_days(date, days) -%}
    date_add({{ date }}, cast({{ days }} as int))
{%- endmacro %}

{% macro days_between(start, end) -%}
    {{ dbt.datediff(start, end, 'day') }}
{%- endmacro %}

{#- The moment of a load number (UTC epoch milliseconds). -#}
{% macro instant_of(seq) -%}
    {{ return(adapter.dispatch('instant_of', 'bridgebook')(seq)) }}
{%- endmacro %}

{% macro default__instant_of(seq) -%}
    make_timestamp({{ seq }} * 1000)
{%- endmacro %}

{% macro spark__instant_of(seq) -%}
    timestamp_millis({{ seq }})
{%- endmacro %}

{% macro month_end(date) -%}
    {{ return(adapter.dispatch('month_end', 'bridgebook')(date)) }}
{%- endmacro %}

{% macro default__month_end(date) -%}
    last_day({{ date }})
{%- endmacro %}
