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

{{ ledger_calendar() }},

{{ converted_at_once() }},

pool as (
    -- What the tax authority's platform knows of an invoice; it is a source of its own, and numbers are the nation's.
    select
        invoice_no,
        max(input_usage) as input_usage,
        max(deduction_period) as deduction_period
    from {{ united('tax_invoices') }} as tax_invoice
    where direction = 'input'
    group by invoice_no
),

{{ purchase_shares() }},

{{ stock_coverage() }},

{{ sales_shares() }},

{{ settlement_shares() }},

event as (
    {{ purchase_events() }}
    union all
    {{ sales_events() }}
    union all
    {{ money_events() }}
    union all
    {{ period_end_events() }}
),

partner as (select * from {{ ref('core_partners') }}),

item as (select * from {{ ref('core_items') }}),

-- Items and texts that a rule names; all others need not be told apart.
named_item as (
    select distinct named_item from {{ ref('stg_house__voucher_rules') }} where named_item is not null
),

named_text as (
    select distinct named_text from {{ ref('stg_house__voucher_rules') }} where named_text is not null
),

-- Rules and accounts change on few days: the last of them before an event names the set that holds.
changes as (
    {{ days_of_change() }}
),

era as (
    select
        happened.company_code,
        happened.voucher_date,
        max(changes.day) as rules_of,
        max(day.fiscal_year) as fiscal_year,
        max(day.period_no) as period_no
    from (select distinct company_code, voucher_date from event) as happened
    inner join changes on changes.day <= happened.voucher_date
    left join day on happened.company_code = day.company_code and happened.voucher_date = day.calendar_date
    group by happened.company_code, happened.voucher_date
),

described as (
    select
        {%- for name in given_event_columns() %}
        {%- if name in ('fiscal_year', 'period_no') %}
        -- The period is that of the ledger.
        coalesce(
            era.{{ name }},
            event.{{ name }},
            cast(extract({{ 'year' if name == 'fiscal_year' else 'month' }} from event.voucher_date) as integer)
        ) as {{ name }},
        {%- else %}
        event.{{ name }},
        {%- endif %}
        {%- endfor %}
        {%- for name in event_amount_columns() %}
        event.{{ name }},
        {%- endfor %}
        coalesce(master_item.named_item, source_item.named_item) as named_item,
        named_text.named_text,
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
        end as reason,
        event.changed_seq
    from event
    left join partner
        on event.source_id = partner.source_id
        and event.partner_kind = partner.partner_kind
        and event.source_partner_code = partner.source_partner_code
    left join item on event.source_id = item.source_id and event.source_item_code = item.source_item_code
    left join named_item as master_item on event.item_code = master_item.named_item
    left join named_item as source_item on event.source_item_code = source_item.named_item
    left join named_text on event.description = named_text.named_text
    left join era on event.company_code = era.company_code and event.voucher_date = era.voucher_date
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
