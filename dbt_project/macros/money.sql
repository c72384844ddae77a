{#- Exact decimal arithmetic; the widths fit DuckDB and Spark alike (38 digits after multiplication). -#}

{#- Widen an amount for summing; never rounds. -#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(38, 4))
{%- endmacro %}

{#- Sum of amounts of lines. Sums of 18 digits are exact and cheap; widening every row before it is added costs more than
    the addition. -#}
{% macro summed(expression) -%}
    cast(sum({{ expression }}) as decimal(38, 4))
{%- endmacro %}

{% macro line_money(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}

{#- Exact product of two decimals: 13 integer digits on the left, `scale` decimals on the right. -#}
{% macro product(left, right, scale=6) -%}
    (cast({{ left }} as decimal(19, 6)) * cast({{ right }} as decimal(18, {{ scale }})))
{%- endmacro %}

{#- Round to a currency's minor unit (half away from zero); `digits` may be a column. Every branch is cast by itself:
    branches of different scales would be unified to one that holds fewer decimals than some of them. -#}
{% macro rounded(expression, digits='2') -%}
    case {{ digits }}
        when 0 then cast(round({{ expression }}, 0) as decimal(18, 4))
        when 1 then cast(round({{ expression }}, 1) as decimal(18, 4))
        when 3 then cast(round({{ expression }}, 3) as decimal(18, 4))
        when 4 then cast(round({{ expression }}, 4) as decimal(18, 4))
        else cast(round({{ expression }}, 2) as decimal(18, 4))
    end
{%- endmacro %}

{#- Round half to even, as some systems do with their own amounts; `digits` may be a column. -#}
{% macro rounded_half_even(expression, digits='2') -%}
    case {{ digits }}
        when 0 then {{ half_even(expression, 0) }}
        when 1 then {{ half_even(expression, 1) }}
        when 3 then {{ half_even(expression, 3) }}
        when 4 then {{ half_even(expression, 4) }}
        else {{ half_even(expression, 2) }}
    end
{%- endmacro %}

{#- Half away from zero, and back by one unit where that was a tie that ended on an odd digit. -#}
{% macro half_even(expression, digits) -%}
    {%- set unit = '1' if digits == 0 else '0.' ~ '0' * (digits - 1) ~ '1' -%}
    {%- set half = '0.' ~ '0' * digits ~ '5' -%}
    cast(
        round({{ expression }}, {{ digits }}) - case
            when
                abs(round({{ expression }}, {{ digits }}) - {{ expression }}) = {{ half }}
                and cast(round({{ expression }}, {{ digits }}) * {{ 10 ** digits }} as bigint) % 2 <> 0
                then case when {{ expression }} < 0 then -{{ unit }} else {{ unit }} end
            else 0
        end as decimal(18, 4)
    )
{%- endmacro %}

{#- Exact division to ten decimals; NULL where the divisor is 0. Decimal division is DOUBLE in DuckDB and truncated
    elsewhere: both operands are cast and the quotient is cast back. -#}
{% macro ratio(numerator, denominator) -%}
    cast(cast({{ numerator }} as decimal(28, 10)) / nullif(cast({{ denominator }} as decimal(28, 10)), 0) as decimal(18, 10))
{%- endmacro %}

{#- The value that stands beside the largest `size` (not negative) of a group; of equal sizes that of the last `tie`, so that
    every run says the same. -#}
{% macro of_largest(value, size, tie) -%}
    max_by({{ value }}, lpad(cast({{ size }} as varchar), 24, '0') || coalesce({{ tie }}, ''))
{%- endmacro %}
