-- What happened that must be in the books: one row per event and source line, with the amounts and facts that rules may
-- use. Knows the accounting policies of a company, no rule and no account.
with
ledger as (
    -- One primary ledger per company; it may be spread over several sources, such as a database for each year.
    select
        company_code,
        max(ledger_code) as ledger_code,
        max(chart_code) as chart_code
    from {{ ref('core_ledgers') }}
    where is_primary
    group by company_code
),

policy as (
    {{ company_policies() }}
),

document as (
    select
        line.*,
        ledger.ledger_code,
        ledger.chart_code,
        policy.estimate_policy,
        policy.cost_policy,
        policy.conversion_policy,
        cast(null as varchar) as input_usage,
        coalesce(currency.minor_units, 2) as base_digits
    from {{ ref('core_document_lines') }} as line
    left join ledger on line.company_code = ledger.company_code
    left join policy
        on line.company_code = policy.company_code
        and line.event_date >= policy.valid_from
        and line.event_date < policy.valid_until
    left join {{ ref('core_currencies') }} as currency on line.base_currency_code = currency.currency_code
    where line.is_counted and not line.is_opening
),

-- Where a company converts a document's tax and total at once, the cents by which its lines miss them go to the lines
-- with the largest remainders.
{{ converted_at_once('document') }},

event as (
    -- Goods received, where the receipt itself is booked.
    select
        {{ cost_event("'goods_receipt'", 'document', 'document.estimate_policy', 'coalesce(document.cost_amount, document.base_net_amount)') }}
    from document
    where document.entity = 'goods_receipts' and document.estimate_policy in ('gr_ir_realtime', 'stock_change')
    union all
    select
        {{ invoice_event("'purchase_invoice'", 'document', 'converted', policy='document.estimate_policy') }}
    from document
    left join converted
        on document.source_id = converted.source_id
        and document.entity = converted.entity
        and document.line_id = converted.line_id
    where document.entity = 'purchase_invoices'
    union all
    select
        {{ invoice_event("'sales_invoice'", 'document', 'converted', policy='document.cost_policy') }}
    from document
    left join converted
        on document.source_id = converted.source_id
        and document.entity = converted.entity
        and document.line_id = converted.line_id
    where document.entity = 'sales_invoices'
    union all
    select
        {{ cost_event("'shipment'", 'document', 'document.cost_policy', 'document.cost_amount') }}
    from document
    where document.entity = 'shipments'
    union all
    select
        {{ cost_event(
            "'stock_adjustment'", 'document', 'document.cost_policy',
            "case document.direction when 'out' then -document.cost_amount else document.cost_amount end"
        ) }}
    from document
    where document.entity = 'stock_movements'
    union all
    {{ cash_events('ledger', 'policy') }}
),

partner as (select * from {{ ref('core_partners') }}),

item as (
    select
        source_id,
        source_item_code,
        item_name,
        category_code
    from {{ ref('core_items') }}
),

-- Rules and accounts change on few days: the last of them before an event names the set that holds.
changes as (
    {{ days_of_change() }}
),

era as (
    select
        day.voucher_date,
        max(changes.day) as rules_of
    from (select distinct voucher_date from event) as day
    inner join changes on changes.day <= day.voucher_date
    group by day.voucher_date
),

described as (
    select
        event.*,
        partner.partner_name,
        item.item_name,
        item.category_code,
        partner.partner_group_code,
        case when coalesce(partner.is_internal, false) then 'true' else 'false' end as is_internal,
        case when event.document_currency_code = event.company_currency_code then 'false' else 'true' end as is_foreign,
        event.document_currency_code as currency_code,
        era.rules_of,
        case
            when event.ledger_code is null then 'no_ledger'
            when event.lacks_rate then 'missing_rate'
            when event.lacks_amount then 'missing_amount'
            when event.partner_code is not null and partner.source_partner_code is null then 'unknown_partner'
        end as reason
    from event
    left join partner
        on event.source_id = partner.source_id
        and event.partner_kind = partner.partner_kind
        and event.source_partner_code = partner.source_partner_code
    left join item on event.source_id = item.source_id and event.source_item_code = item.source_item_code
    left join era on event.voucher_date = era.voucher_date
)

select
    {%- for name in voucher_event_columns() %}
    {{ name }},
    {%- endfor %}
    concat_ws(
        '|'
        {%- for name in combination_columns() -%}
        , {{ "coalesce(cast(rules_of as varchar), '')" if name == 'rules_of' else "coalesce(" ~ name ~ ", '')" }}
        {%- endfor -%}
    ) as combination,
    reason,
    changed_seq
from described
