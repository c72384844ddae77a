{#- How documents fall into the smallest pieces of value that both sides can see, in whole minor units. -#}

{#- Entities of the flows: purchases and sales have one model. -#}
{% macro atom_flows() -%}
    {{ return({
        'purchases': {'orders': 'purchase_orders', 'deliveries': 'goods_receipts', 'invoices': 'purchase_invoices'},
        'sales': {'orders': 'sales_orders', 'deliveries': 'shipments', 'invoices': 'sales_invoices'},
    }) }}
{%- endmacro %}

{#- `case entity` that names the role of a document in its flow: order, delivery, acceptance or invoice. -#}
{% macro document_role(entity) -%}
    case {{ entity }}
        {%- for flow, entities in atom_flows().items() %}
        when '{{ entities['orders'] }}' then 'order'
        when '{{ entities['deliveries'] }}' then 'delivery'
        when '{{ entities['invoices'] }}' then 'invoice'
        {%- endfor %}
        when 'acceptances' then 'acceptance'
    end
{%- endmacro %}

{% macro document_flow(entity) -%}
    case
        when {{ entity }} in ('purchase_orders', 'goods_receipts', 'purchase_invoices') then 'purchases'
        else 'sales'
    end
{%- endmacro %}

{#- The pieces' place on an axis of quantity: from `axis_from` to `axis_to`, within `keys`, in a fixed order. -#}
{% macro on_axis(quantity, keys, order) -%}
    sum(abs({{ quantity }})) over (
        partition by {{ keys }}
        order by {{ order }}
        rows between unbounded preceding and current row
    ) - abs({{ quantity }}) as axis_from,
    sum(abs({{ quantity }})) over (
        partition by {{ keys }}
        order by {{ order }}
        rows between unbounded preceding and current row
    ) as axis_to
{%- endmacro %}

{#- The smallest unit of a currency with `digits` minor digits. -#}
{% macro minor_unit(digits) -%}
    case {{ digits }}
        when 0 then cast(1 as decimal(18, 4))
        when 1 then cast(0.1 as decimal(18, 4))
        when 3 then cast(0.001 as decimal(18, 4))
        when 4 then cast(0.0001 as decimal(18, 4))
        else cast(0.01 as decimal(18, 4))
    end
{%- endmacro %}

{#- What remains of a piece beyond the part of its axis that the other side covers. -#}
{% macro beyond(total) -%}
    axis_to - greatest(axis_from, least(axis_to, coalesce({{ total }}, 0)))
{%- endmacro %}

{#- What a piece has of a document line: the whole of it, unless the line is in several pieces. -#}
{% macro of_piece(role, line, measure) -%}
    {%- set amount = 'case when ' ~ role ~ '_share.atom_id is not null then ' ~ role ~ '_share.' ~ measure ~ ' else ' ~ line ~ '.' ~ measure ~ ' end' -%}
    cast(coalesce({{ 'case when numbered.order_weight <> 0 or numbered.is_order_rest then ' ~ amount ~ ' end' if role == 'order' else amount }}, 0) as decimal(18, 4))
{%- endmacro %}
