{#- A caliber's bases as SQL over core.atoms: whose event gives the period, whose price, which tax, whose exchange rate. -#}

{% macro atom_roles() -%}
    {{ return(['order', 'delivery', 'acceptance', 'invoice']) }}
{%- endmacro %}

{#- The document whose event, price or rate a word of calibers.csv means. -#}
{% macro role_of_word(expression) -%}
    case {{ expression }}
        when 'ordered' then 'order'
        when 'order_price' then 'order'
        when 'order_date' then 'order'
        when 'received' then 'delivery'
        when 'shipped' then 'delivery'
        when 'delivery_price' then 'delivery'
        when 'receipt_date' then 'delivery'
        when 'shipment_date' then 'delivery'
        when 'accepted' then 'acceptance'
        when 'acceptance_price' then 'acceptance'
        when 'acceptance_date' then 'acceptance'
        when 'invoiced' then 'invoice'
        when 'invoice_price' then 'invoice'
        when 'invoice_date' then 'invoice'
        else {{ expression }}
    end
{%- endmacro %}

{#- Whether the atom has the document of `role` (an expression). -#}
{% macro atom_has(role) -%}
    case {{ role }}
        when 'order' then is_order_part
        when 'delivery' then delivery_line_id is not null
        when 'acceptance' then acceptance_line_id is not null
        when 'invoice' then invoice_line_id is not null
        else false
    end
{%- endmacro %}

{#- Whether the atom counts under `population` at the event of `role`. -#}
{% macro atom_counts(role, population) -%}
    (
        {{ atom_has(role) }}
        and ({{ population }} <> 'without_internal' or not is_internal)
        and ({{ population }} = 'entered' or {{ role }} <> 'order' or rest_kind <> 'cancelled')
    )
{%- endmacro %}

{#- One column of the document that `role` names, such as `order_date`. -#}
{% macro atom_column(role, column) -%}
    case {{ role }}
        {%- for each in atom_roles() %}
        when '{{ each }}' then {{ each }}_{{ column }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro taxed(role, tax, prefix='') -%}
    case {{ tax }}
        when 'gross' then {{ role }}_{{ prefix }}gross_amount
        when 'tax' then {{ role }}_{{ prefix }}gross_amount - {{ role }}_{{ prefix }}net_amount
        else {{ role }}_{{ prefix }}net_amount
    end
{%- endmacro %}

{% macro atom_document_amount(price, tax) -%}
    cast(case {{ price }}
        {%- for role in atom_roles() %}
        when '{{ role }}' then {{ taxed(role, tax) }}
        {%- endfor %}
        else 0
    end as decimal(18, 4))
{%- endmacro %}

{% macro atom_rate(rate) -%}
    case {{ rate }}
        {%- for role in atom_roles() %}
        when '{{ role }}' then {{ role }}_rate
        {%- endfor %}
        when 'month_start' then month_start_rate
    end
{%- endmacro %}

{#- The atom's amount in company currency. At another document's rate it is the document amount times that rate; where that
    rate is not known, the price's own. -#}
{% macro atom_base_amount(price, tax, rate) -%}
    cast(case
        when {{ price }} = 'cost' then cost_amount
        when {{ rate }} = {{ price }} or {{ atom_column(price, 'currency_code') }} = base_currency_code or {{ atom_rate(rate) }} is null
            then case {{ price }}
                {%- for role in atom_roles() %}
                when '{{ role }}' then {{ taxed(role, tax, 'base_') }}
                {%- endfor %}
                else 0
            end
        else {{ rounded(product(atom_document_amount(price, tax), atom_rate(rate), 10), 'base_digits') }}
    end as decimal(18, 4))
{%- endmacro %}

{#- A document line's total with tax; where only the rate is known, from that. -#}
{% macro line_gross(line, prefix='') -%}
    coalesce(
        {{ line }}.{{ prefix }}gross_amount,
        {{ line }}.{{ prefix }}net_amount
        + coalesce({{ line }}.{{ prefix }}tax_amount, {{ rounded(product(line ~ '.' ~ prefix ~ 'net_amount', line ~ '.tax_rate', 10)) }}),
        {{ line }}.{{ prefix }}net_amount,
        0
    )
{%- endmacro %}

{#- A document line's amount under a tax basis. -#}
{% macro line_amount(line, tax, prefix='') -%}
    case {{ tax }}
        when 'gross' then {{ line_gross(line, prefix) }}
        when 'tax' then {{ line_gross(line, prefix) }} - coalesce({{ line }}.{{ prefix }}net_amount, 0)
        else coalesce({{ line }}.{{ prefix }}net_amount, 0)
    end
{%- endmacro %}

{#- Whether the document of `role` states no tax at all. -#}
{% macro no_tax_stated(role) -%}
    case {{ role }}
        {%- for each in atom_roles() %}
        when '{{ each }}' then {{ each }}_gross_amount = {{ each }}_net_amount
        {%- endfor %}
        else false
    end
{%- endmacro %}
