{#- Exact decimal arithmetic; the widths fit DuckDB and Spark alike (38 digits after multiplication). -#}

{#- Widen an amount for summing; never rounds. -#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(38, 4))
{%- endmacro %}

{% macro line_money(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}

{#- Exact product of two decimals: 13 integer digits on the left, `scale` decimals on the right. -#}
{% macro product(left, right, scale=6) -%}
    (cast({{ left }} as decimal(19, 6)) * cast({{ right }} as decimal(18, {{ scale }})))
{%- endmacro %}

{#- Round to a currency's minor unit (half away from zero); `digits` may be a column. -#}
{% macro rounded(expression, digits='2') -%}
    cast(
        case {{ digits }}
            when 0 then round({{ expression }}, 0)
            when 1 then round({{ expression }}, 1)
            when 3 then round({{ expression }}, 3)
            when 4 then round({{ expression }}, 4)
            else round({{ expression }}, 2)
        end as decimal(18, 4)
    )
{%- endmacro %}

{#- Exact division to ten decimals; NULL where the divisor is 0. Decimal division is DOUBLE in DuckDB and truncated
    elsewhere: both operands are cast and the quotient is cast back. -#}
{% macro ratio(numerator, denominator) -%}
    cast(cast({{ numerator }} as decimal(28, 10)) / nullif(cast({{ denominator }} as decimal(28, 10)), 0) as decimal(18, 10))
{%- endmacro %}
