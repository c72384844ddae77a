-- From the first business caliber of a bridge to the last: one basis after the other, atom by atom, in one fixed order:
-- population, tax, event, price, exchange rate.
with
bridge as (
    select *
    from {{ ref('core_bridges') }}
    where from_caliber <> business_caliber
),

atom as (
    select
        *,
        {%- for flow, entities in atom_flows().items() %}
        {%- if loop.first %}
        case flow when '{{ flow }}' then '{{ entities['orders'] }}' else 'sales_orders' end as order_entity,
        case flow when '{{ flow }}' then '{{ entities['deliveries'] }}' else 'shipments' end as delivery_entity,
        'acceptances' as acceptance_entity,
        case flow when '{{ flow }}' then '{{ entities['invoices'] }}' else 'sales_invoices' end as invoice_entity
        {%- endif %}
        {%- endfor %}
    from {{ ref('core_atoms') }}
),

described as (
    select
        bridge.bridge_code,
        bridge.main_role,
        bridge.currency_basis,
        bridge.from_event,
        bridge.to_event,
        bridge.to_rate,
        bridge.from_tax,
        bridge.to_tax,
        bridge.from_rate,
        bridge.from_population,
        bridge.to_population,
        atom.*,
        -- What has no document of the asked price is valued at the price of its own event.
        case
            when bridge.from_price = 'cost' or {{ atom_has('bridge.from_price') }} then bridge.from_price
            when {{ atom_has('bridge.from_event') }} then bridge.from_event
            when bridge.to_price = 'cost' or {{ atom_has('bridge.to_price') }} then bridge.to_price
            else bridge.to_event
        end as from_price,
        case
            when bridge.to_price = 'cost' or {{ atom_has('bridge.to_price') }} then bridge.to_price
            else bridge.to_event
        end as to_price
    from atom
    inner join bridge on atom.flow = bridge.flow
),

valued as (
    select
        *,
        {{ atom_counts('from_event', 'from_population') }} as counts_at_first,
        {{ atom_counts('from_event', 'to_population') }} as counts_in_population,
        {{ atom_counts('to_event', 'to_population') }} as counts_at_last,
        {{ atom_column('from_event', 'year') }} as from_year,
        {{ atom_column('from_event', 'period') }} as from_period,
        {{ atom_column('to_event', 'year') }} as to_year,
        {{ atom_column('to_event', 'period') }} as to_period,
        {%- for name, price, tax, rate in [
            ('first_amount', 'from_price', 'from_tax', 'from_rate'),
            ('taxed_amount', 'from_price', 'to_tax', 'from_rate'),
            ('priced_amount', 'to_price', 'to_tax', 'from_rate'),
            ('last_amount', 'to_price', 'to_tax', 'to_rate'),
        ] %}
        case
            when currency_basis = 'document' then {{ atom_document_amount(price, tax) }}
            else {{ atom_base_amount(price, tax, rate) }}
        end as {{ name }},
        {%- endfor %}
        to_tax = 'gross' and {{ no_tax_stated('from_price') }} as states_no_tax,
        case
            when currency_basis = 'document' then {{ atom_document_amount('to_price', "'tax'") }}
            else {{ atom_base_amount('to_price', "'tax'", 'from_rate') }}
        end as priced_tax,
        case
            when currency_basis = 'document' then coalesce({{ atom_column('to_price', 'currency_code') }}, {{ atom_column('from_price', 'currency_code') }})
            else base_currency_code
        end as currency_code
    from described
),

step as (
    -- Population: what the second caliber does not count, or counts besides.
    select
        *,
        1 as step_no,
        case
            when from_event = 'order' and rest_kind = 'cancelled' and (from_population = 'entered' or to_population = 'entered')
                then 'cancelled_orders'
            else 'internal_trade'
        end as step_code,
        'population' as step_kind,
        from_event as role_shown,
        from_year as fiscal_year,
        from_period as period_no,
        case when counts_in_population then first_amount else -first_amount end as amount
    from valued
    where counts_at_first <> counts_in_population
    union all
    select
        *,
        2,
        'tax',
        'value',
        from_event,
        from_year,
        from_period,
        taxed_amount - first_amount
    from valued
    where counts_in_population and taxed_amount <> first_amount
    union all
    -- Another event: out of its period and into the other; or it never came, or came without.
    select
        *,
        3,
        case
            when counts_at_last then concat(from_event, '_to_', to_event)
            when rest_kind in ('open', 'closed_short', 'over_delivered', 'cancelled') then rest_kind
            else concat('no_', to_event)
        end,
        case when counts_at_last then 'move' else 'population' end,
        from_event,
        from_year,
        from_period,
        -taxed_amount
    from valued
    where
        counts_in_population
        and from_event <> to_event
        and not (
            counts_at_last
            and from_year = to_year
            and from_period = to_period
        )
    union all
    select
        *,
        3,
        case
            when counts_in_population then concat(from_event, '_to_', to_event)
            when is_return then 'returns'
            when from_event = 'order' and order_line_id is null then 'without_order'
            when rest_kind = 'cancelled' then 'cancelled'
            else concat(to_event, '_without_', from_event)
        end,
        case when counts_in_population then 'move' else 'population' end,
        to_event,
        to_year,
        to_period,
        taxed_amount
    from valued
    where
        counts_at_last
        and from_event <> to_event
        and not (
            counts_in_population
            and from_year = to_year
            and from_period = to_period
        )
    union all
    -- Where the first document states no tax, the other one's tax stands apart from its price.
    select
        *,
        4,
        'tax_not_on_order',
        'value',
        to_event,
        to_year,
        to_period,
        priced_tax
    from valued
    where counts_at_last and states_no_tax and priced_tax <> 0
    union all
    select
        *,
        4,
        case
            when to_event = 'delivery' and delivery_kind in ('consignment', 'subcontract', 'sample') then delivery_kind
            else 'price_variance'
        end,
        'value',
        to_event,
        to_year,
        to_period,
        priced_amount - taxed_amount - case when states_no_tax then priced_tax else 0 end
    from valued
    where counts_at_last
    union all
    select
        *,
        5,
        'exchange_rate',
        'value',
        to_event,
        to_year,
        to_period,
        last_amount - priced_amount
    from valued
    where counts_at_last and last_amount <> priced_amount
)

select
    bridge_code,
    step_no,
    step_code,
    step_kind,
    source_id,
    atom_id,
    company_code,
    base_currency_code,
    currency_code,
    fiscal_year,
    period_no,
    main_role as account_role,
    partner_kind,
    partner_code,
    item_code,
    org_unit_code,
    cast(amount as decimal(18, 4)) as amount,
    case role_shown
        {%- for role in atom_roles() %}
        when '{{ role }}' then {{ role }}_entity
        {%- endfor %}
    end as document_entity,
    {{ atom_column('role_shown', 'document_no') }} as document_no,
    {{ atom_column('role_shown', 'line_id') }} as document_line_id,
    changed_seq
from step
where amount <> 0
