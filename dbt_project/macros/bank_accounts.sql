{#- Bank accounts of partners are compared by a fingerprint and shown masked: nobody reads a number that they do not need. -#}
{% macro account_key(number) -%}
    md5(translate(upper({{ number }}), ' -.', ''))
{%- endmacro %}

{% macro account_masked(number) -%}
    case
        when length(trim({{ number }})) > 8
            then substr(trim({{ number }}), 1, 4) || '****' || substr(trim({{ number }}), length(trim({{ number }})) - 3, 4)
        when trim({{ number }}) <> '' then '****'
    end
{%- endmacro %}
