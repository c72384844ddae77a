{#- Findings in words: a sentence that a clerk understands, in Chinese and in English. -#}

{% macro event_word(event, language) -%}
    {%- set words = {
        'goods_receipt': ['收货', 'Goods receipt'], 'estimate': ['暂估入库', 'Estimate of goods receipt'],
        'estimate_reversal': ['暂估冲回', 'Reversal of the estimate of'], 'purchase_invoice': ['采购发票', 'Purchase invoice'],
        'input_usage': ['进项税认证', 'Input tax of'], 'payment': ['付款', 'Payment'], 'prepayment': ['预付款', 'Prepayment'],
        'shipment': ['发货', 'Shipment'], 'cost_of_sales': ['结转销售成本', 'Cost of sales of'],
        'sales_invoice': ['销售发票', 'Sales invoice'], 'cash_receipt': ['收款', 'Money received'],
        'advance_receipt': ['预收款', 'Advance received'], 'stock_adjustment': ['存货调整', 'Stock adjustment'],
        'expense_claim': ['费用报销', 'Expense claim'],
    } -%}
    {%- set place = 0 if language == 'zh' else 1 -%}
    case {{ event }}
        {%- for name, pair in words.items() %}
        when '{{ name }}' then '{{ pair[place] }}'
        {%- endfor %}
        else coalesce({{ event }}, '')
    end
{%- endmacro %}

{% macro shown_amount(amount) -%}
    cast(cast(round({{ amount }}, 2) as decimal(36, 2)) as varchar)
{%- endmacro %}

{% macro shown_period(year, period) -%}
    cast({{ year }} as varchar) || '-' || case when {{ period }} < 10 then '0' else '' end || cast({{ period }} as varchar)
{%- endmacro %}
