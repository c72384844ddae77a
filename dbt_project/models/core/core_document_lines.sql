{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'entity', 'line_id'],
    on_schema_change='fail',
    post_hook="{{ forget_vanished(all_document_keys(), ['source_id', 'entity', 'line_id']) }}"
) }}
with
line as (
    select
        *,
        -- A receipt or shipment without a price takes that of its order line.
        case
            when net_amount is null and entity in ('goods_receipts', 'shipments', 'acceptances') then order_line_id
        end as price_line_id
    from {{ all_documents() }} as line
),

source as (select * from {{ ref('core_sources') }}),

company as (select * from {{ ref('core_companies') }}),

partner_mapping as (select * from {{ ref('core_master_codes') }} where entity = 'partners'),

item_mapping as (select * from {{ ref('core_master_codes') }} where entity = 'items'),

calendar as (select * from {{ ref('core_calendar') }}),

rate as (select * from {{ ref('core_exchange_rates') }} where rate_kind = 'spot'),

order_price as (
    select
        source_id,
        line_id,
        unit_price,
        currency_code,
        changed_seq
    from {{ united('purchase_orders') }} as purchase_order
    where unit_price is not null
    union all
    select
        source_id,
        line_id,
        unit_price,
        currency_code,
        changed_seq
    from {{ united('sales_orders') }} as sales_order
    where unit_price is not null
),

priced as (
    select
        line.*,
        order_price.changed_seq as order_seq,
        coalesce(line.posting_date, line.document_date) as event_date,
        case when line.net_amount is null then order_price.unit_price else line.unit_price end as priced_unit_price,
        coalesce(
            line.net_amount,
            {{ rounded(product('line.quantity', 'order_price.unit_price'), "coalesce(currency.minor_units, 2)") }}
        ) as priced_net_amount,
        case when line.net_amount is null then coalesce(order_price.currency_code, line.currency_code) else line.currency_code end
            as priced_currency_code
    from line
    left join order_price
        on line.source_id = order_price.source_id and line.price_line_id = order_price.line_id
    left join {{ ref('core_currencies') }} as currency on line.currency_code = currency.currency_code
),

located as (
    select
        priced.*,
        company.company_code as master_company_code,
        company.base_currency_code,
        company.is_mapped as is_company_mapped,
        coalesce(base_currency.minor_units, 2) as base_digits,
        coalesce(priced.fiscal_year, calendar.fiscal_year, cast(extract(year from priced.event_date) as integer)) as event_year,
        coalesce(priced.period_no, calendar.period_no, cast(extract(month from priced.event_date) as integer)) as event_period,
        case
            when priced.priced_currency_code = company.base_currency_code then cast(1 as decimal(18, 10))
            else coalesce(priced.exchange_rate, rate.rate)
        end as applied_rate,
        rate.changed_seq as rate_seq
    from priced
    left join company
        on priced.source_id = company.source_id and priced.company_code = company.source_company_code
    left join {{ ref('core_currencies') }} as base_currency on company.base_currency_code = base_currency.currency_code
    left join calendar
        on priced.source_id = calendar.source_id
        and priced.company_code = calendar.source_company_code
        and priced.event_date = calendar.calendar_date
    left join rate
        on priced.source_id = rate.source_id
        and priced.company_code = rate.source_company_code
        and priced.priced_currency_code = rate.from_currency_code
        and company.base_currency_code = rate.to_currency_code
        and priced.event_date >= rate.valid_from
        -- Not `or is null`: that would make the engine compare every pair.
        and priced.event_date < coalesce(rate.valid_until, cast('9999-12-31' as date))
),

finished as (
    select
        located.source_id,
        located.entity,
        located.document_id,
        located.line_id,
        located.document_no,
        located.line_no,
        coalesce(
            located.master_company_code,
            case when source.is_master then located.company_code else located.source_id || ':' || located.company_code end
        ) as company_code,
        located.company_code as source_company_code,
        located.base_currency_code,
        located.org_unit_code,
        located.employee_code,
        located.project_code,
        located.warehouse_code,
        located.partner_kind,
        {{ master_code('partner_mapping.master_code', 'source', 'located.partner_code') }} as partner_code,
        located.partner_code as source_partner_code,
        {{ master_code('item_mapping.master_code', 'source', 'located.item_code') }} as item_code,
        located.item_code as source_item_code,
        located.description,
        located.line_kind,
        located.cost_account_code,
        located.document_date,
        located.event_date,
        located.event_year as fiscal_year,
        located.event_period as period_no,
        located.due_date,
        located.status,
        located.status in ('approved', 'closed') as is_counted,
        coalesce(located.is_opening, false) as is_opening,
        coalesce(located.is_return, false) as is_return,
        located.red_reason,
        located.original_line_id,
        coalesce(located.is_free, false) as is_free,
        located.kind,
        located.direction,
        located.quantity,
        located.uom_code,
        coalesce(located.base_quantity, located.quantity) as base_quantity,
        located.accepted_quantity,
        located.cancelled_quantity,
        coalesce(located.is_delivery_complete, false) as is_delivery_complete,
        coalesce(located.is_finally_invoiced, false) as is_finally_invoiced,
        located.priced_currency_code as currency_code,
        located.applied_rate as exchange_rate,
        located.priced_unit_price as unit_price,
        located.list_amount,
        located.discount_amount,
        located.priced_net_amount as net_amount,
        located.tax_code,
        located.tax_rate,
        located.tax_amount,
        coalesce(located.gross_amount, located.priced_net_amount + located.tax_amount) as gross_amount,
        coalesce(
            located.base_net_amount,
            case when located.applied_rate = 1 then located.priced_net_amount end,
            {{ rounded(product('located.priced_net_amount', 'located.applied_rate', 10), 'located.base_digits') }}
        ) as base_net_amount,
        coalesce(
            located.base_tax_amount,
            case when located.applied_rate = 1 then located.tax_amount end,
            {{ rounded(product('located.tax_amount', 'located.applied_rate', 10), 'located.base_digits') }}
        ) as base_tax_amount,
        located.base_gross_amount as given_base_gross_amount,
        located.cost_amount,
        located.is_cost_final,
        located.order_line_id,
        located.stock_line_id,
        located.promised_date,
        located.invoice_no,
        located.invoice_kind,
        located.input_usage,
        located.deduction_period,
        located.deductible_tax_amount,
        located.transferred_out_amount,
        located.contract_no,
        located.budget_account_code,
        located.created_by,
        located.created_at,
        located.approved_by,
        located.approved_at,
        located.updated_at,
        greatest(located.changed_seq, located.order_seq, located.rate_seq) as changed_seq
    from located
    inner join source on located.source_id = source.source_id
    left join partner_mapping
        on {{ is_mapping_of('partner_mapping', 'located', 'located.partner_code', 'located.event_date') }}
        and located.partner_kind = partner_mapping.partner_kind
    left join item_mapping
        on {{ is_mapping_of('item_mapping', 'located', 'located.item_code', 'located.event_date') }}
)

select
    source_id,
    entity,
    document_id,
    line_id,
    document_no,
    line_no,
    company_code,
    source_company_code,
    base_currency_code,
    org_unit_code,
    employee_code,
    project_code,
    warehouse_code,
    partner_kind,
    partner_code,
    source_partner_code,
    item_code,
    source_item_code,
    description,
    line_kind,
    cost_account_code,
    document_date,
    event_date,
    fiscal_year,
    period_no,
    due_date,
    status,
    is_counted,
    is_opening,
    is_return,
    red_reason,
    original_line_id,
    is_free,
    kind,
    direction,
    quantity,
    uom_code,
    base_quantity,
    accepted_quantity,
    cancelled_quantity,
    is_delivery_complete,
    is_finally_invoiced,
    currency_code,
    exchange_rate,
    unit_price,
    list_amount,
    discount_amount,
    net_amount,
    tax_code,
    tax_rate,
    tax_amount,
    gross_amount,
    base_net_amount,
    base_tax_amount,
    coalesce(given_base_gross_amount, base_net_amount + base_tax_amount) as base_gross_amount,
    cost_amount,
    is_cost_final,
    order_line_id,
    stock_line_id,
    promised_date,
    invoice_no,
    invoice_kind,
    input_usage,
    deduction_period,
    deductible_tax_amount,
    transferred_out_amount,
    contract_no,
    budget_account_code,
    created_by,
    created_at,
    approved_by,
    approved_at,
    updated_at,
    changed_seq
from finished
{% if is_incremental() %}
where {{ is_new('finished') }} {{ or_misnamed('finished', ['source_id', 'entity', 'line_id'], 'event_date') }}
{% endif %}
