{#- The words of the voucher rules: conditions, keys of account determination, amounts. Each stands once, here. -#}

{#- What a rule may ask of a business event; an empty cell asks nothing, words divided by | are a choice. -#}
{% macro rule_conditions() -%}
    {{ return([
        'chart_code', 'company_code', 'policy', 'document_kind', 'line_kind', 'category_code', 'partner_group_code',
        'is_internal', 'tax_code', 'input_usage', 'is_return', 'is_free', 'red_reason', 'is_prior_year', 'is_foreign',
        'currency_code', 'method', 'named_item', 'named_text',
    ]) }}
{%- endmacro %}

{#- By what an account may be determined; of the rows that fit, the one with the most keys wins. -#}
{% macro determination_keys() -%}
    {{ return([
        'event', 'chart_code', 'company_code', 'document_kind', 'line_kind', 'category_code', 'partner_group_code',
        'is_internal', 'tax_code', 'currency_code', 'bank_account_code', 'method',
    ]) }}
{%- endmacro %}

{#- All that conditions and keys look at; events with the same values share rules and accounts. -#}
{% macro combination_columns() -%}
    {%- set names = ['event', 'ledger_code'] + rule_conditions() -%}
    {%- for name in determination_keys() if name not in names -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names + ['document_account_code', 'rules_of']) }}
{%- endmacro %}

{#- Amounts that a rule line may name -> the column of core.voucher_events, and its column in document currency. -#}
{% macro rule_amounts() -%}
    {{ return({
        'net': ['net_amount', 'document_net_amount'],
        'tax': ['tax_amount', 'document_tax_amount'],
        'gross': ['gross_amount', 'document_gross_amount'],
        'deductible_tax': ['deductible_tax_amount', none],
        'pending_tax': ['pending_tax_amount', none],
        'value': ['value_amount', none],
        'stock_value': ['stock_value_amount', none],
        'estimate': ['estimate_amount', none],
        'variance': ['variance_amount', none],
        'cost': ['cost_amount', none],
        'paid': ['paid_amount', 'document_paid_amount'],
        'settled': ['settled_amount', 'document_settled_amount'],
        'discount': ['discount_amount', none],
        'exchange_difference': ['exchange_difference_amount', none],
        'charge': ['charge_amount', none],
        'rounding': ['rounding_amount', none],
        'balance': ['balance_amount', none],
    }) }}
{%- endmacro %}

{#- The amount that a line of a rule takes from an event, in company currency. -#}
{% macro line_value(choice, event) -%}
    {{ choice }}.factor * case {{ choice }}.amount_word
        {%- for word, columns in rule_amounts().items() %}
        when '{{ word }}' then {{ event }}.{{ columns[0] }}
        {%- endfor %}
    end
{%- endmacro %}

{#- Whether a rule's cell fits a value: empty fits all; else one of the words divided by |. -#}
{% macro fits(cell, value) -%}
    ({{ cell }} is null or {{ cell }} = {{ value }} or concat('|', {{ cell }}, '|') like concat('%|', {{ value }}, '|%'))
{%- endmacro %}

{#- A number that stands for a text; sums of it stand for a set of texts whatever their order. -#}
{% macro text_number(text) -%}
    {{ return(adapter.dispatch('text_number', 'bridgebook')(text)) }}
{%- endmacro %}

{% macro duckdb__text_number(text) -%}
    cast(md5_number_lower({{ text }}) as decimal(38, 0))
{%- endmacro %}

{% macro spark__text_number(text) -%}
    cast(conv(substr(md5({{ text }}), 1, 15), 16, 10) as decimal(38, 0))
{%- endmacro %}

{#- A line as one text with every column in its place: what is not there is an empty place, not none. -#}
{% macro whole_line(columns) -%}
    concat_ws('|', {% for column in columns %}coalesce(cast({{ column }} as varchar), ''){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- A summary template filled from an event; only the places that a template has are looked for. -#}
{% macro filled_summary(template, event) -%}
    {%- set places = {
        'document_no': event ~ '.document_no', 'partner_name': event ~ '.partner_name', 'item_name': event ~ '.item_name',
        'invoice_no': event ~ '.invoice_no', 'period': "concat(" ~ event ~ ".fiscal_year, '-', " ~ event ~ ".period_no)",
        'description': event ~ '.description',
    } -%}
    {%- set text = namespace(sql=template) -%}
    {%- for name, value in places.items() -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '{" ~ name ~ "}', coalesce(" ~ value ~ ", ''))" -%}
    {%- endfor -%}
    case when {{ template }} like {{ "'%{%'" }} then trim({{ text.sql }}) else {{ template }} end
{%- endmacro %}

{#- The document entities as words, for telling our own words from a vendor's. -#}
{% macro canonical_entities() -%}
    'cash_movements', 'settlements'
    {%- for entity in document_entities() -%} , '{{ entity }}' {%- endfor -%}
{%- endmacro %}
