-- What the sources report about themselves beside what we make of their rows: account balances, balances or open items of
-- partners, stock. A row that only one side has is a difference like any other.
with
company as (select * from {{ ref('core_company_names') }}),

balance as (select * from {{ ref('core_account_balances') }}),

-- Accounts: the trial balance, in the periods for which a source reports balances.
reported_period as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from balance
    where partner_code is null
    group by source_id, ledger_code, company_code, fiscal_year, period_no
),

our_period as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from {{ ref('trial_balance') }}
    group by source_id, ledger_code, company_code, fiscal_year, period_no
),

-- Some sources carry balances into periods that have not come yet; those say nothing new unless something was posted there.
account_side as (
    select
        balance.source_id,
        balance.ledger_code,
        balance.company_code,
        balance.fiscal_year,
        balance.period_no,
        balance.account_code,
        {{ money('balance.closing_amount') }} as reported_amount,
        {{ money('0') }} as our_amount
    from balance
    left join our_period
        on balance.source_id = our_period.source_id
        and balance.ledger_code = our_period.ledger_code
        and balance.company_code = our_period.company_code
        and balance.fiscal_year = our_period.fiscal_year
        and balance.period_no = our_period.period_no
    where
        balance.partner_code is null
        and balance.closing_amount is not null
        and (our_period.source_id is not null or balance.debit <> 0 or balance.credit <> 0)
    union all
    select
        ours.source_id,
        ours.ledger_code,
        ours.company_code,
        ours.fiscal_year,
        ours.period_no,
        ours.account_code,
        {{ money('0') }},
        {{ money('ours.closing_amount') }}
    from {{ ref('trial_balance') }} as ours
    inner join reported_period
        on ours.source_id = reported_period.source_id
        and ours.ledger_code = reported_period.ledger_code
        and ours.company_code = reported_period.company_code
        and ours.fiscal_year = reported_period.fiscal_year
        and ours.period_no = reported_period.period_no
    where ours.posting_scope = 'posted'
),

account_total as (
    select
        'account' as control_kind,
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        cast(null as varchar) as partner_kind,
        cast(null as varchar) as partner_code,
        sum(reported_amount) as reported_amount,
        sum(our_amount) as our_amount
    from account_side
    group by source_id, ledger_code, company_code, fiscal_year, period_no, account_code
),

-- Partners: where the ledger tells what cleared what, its open lines; elsewhere all lines until the period's end.
clearing_ledger as (
    select
        source_id,
        ledger_code
    from {{ ref('core_journal_lines') }}
    where clearing_id is not null
    group by source_id, ledger_code
),

partner_period as (
    select
        balance.source_id,
        balance.ledger_code,
        balance.company_code,
        balance.fiscal_year,
        balance.period_no,
        balance.account_code,
        clearing_ledger.source_id is not null as is_by_clearing
    from balance
    left join clearing_ledger
        on balance.source_id = clearing_ledger.source_id and balance.ledger_code = clearing_ledger.ledger_code
    where balance.partner_code is not null
    group by
        balance.source_id, balance.ledger_code, balance.company_code, balance.fiscal_year, balance.period_no,
        balance.account_code, clearing_ledger.source_id
),

partner_line as (
    select
        source_id,
        ledger_code,
        company_code,
        account_code,
        fiscal_year,
        period_no,
        partner_kind,
        source_partner_code as partner_code,
        sum({{ money('amount') }}) as amount,
        sum(case when clearing_id is null then {{ money('amount') }} else {{ money('0') }} end) as open_amount
    from {{ ref('core_journal_lines') }}
    where is_posted and source_partner_code is not null
    group by source_id, ledger_code, company_code, account_code, fiscal_year, period_no, partner_kind, source_partner_code
),

-- A year that opens anew counts from its own opening.
opened_year as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year
    from {{ ref('core_journal_lines') }}
    where period_no = 0
    group by source_id, ledger_code, company_code, fiscal_year
),

partner_side as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        partner_kind,
        partner_code,
        {{ money('closing_amount') }} as reported_amount,
        {{ money('0') }} as our_amount
    from balance
    where partner_code is not null and closing_amount is not null
    union all
    select
        asked.source_id,
        asked.ledger_code,
        asked.company_code,
        asked.fiscal_year,
        asked.period_no,
        asked.account_code,
        line.partner_kind,
        line.partner_code,
        {{ money('0') }},
        case when asked.is_by_clearing then line.open_amount else line.amount end
    from partner_period as asked
    inner join partner_line as line
        on asked.source_id = line.source_id
        and asked.ledger_code = line.ledger_code
        and asked.company_code = line.company_code
        and asked.account_code = line.account_code
        and asked.fiscal_year * 100 + asked.period_no >= line.fiscal_year * 100 + line.period_no
    left join opened_year
        on asked.source_id = opened_year.source_id
        and asked.ledger_code = opened_year.ledger_code
        and asked.company_code = opened_year.company_code
        and asked.fiscal_year = opened_year.fiscal_year
    where asked.is_by_clearing or opened_year.source_id is null or line.fiscal_year = asked.fiscal_year
),

partner_total as (
    select
        'partner' as control_kind,
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        partner_kind,
        partner_code,
        sum(reported_amount) as reported_amount,
        sum(our_amount) as our_amount
    from partner_side
    group by
        source_id, ledger_code, company_code, fiscal_year, period_no, account_code, partner_kind, partner_code
),

-- Stock: by item over all warehouses, because sources report it by plant, warehouse or location. Goods that belong to
-- suppliers are in no source's value.
reported_stock as (
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no,
        sum(cast(quantity as decimal(38, 6))) as quantity,
        sum({{ money('amount') }}) as amount
    from {{ ref('core_stock_balances') }}
    group by source_id, company_code, source_item_code, fiscal_year, period_no
),

reporting_company as (
    select
        source_id,
        company_code,
        max(fiscal_year * 100 + period_no) as last_period
    from reported_stock
    group by source_id, company_code
),

moved as (
    select
        line.source_id,
        line.company_code,
        line.source_item_code,
        line.fiscal_year,
        line.period_no,
        sum(
            cast(line.base_quantity as decimal(38, 6)) * case
                when line.entity = 'goods_receipts' then 1
                when line.entity = 'shipments' then -1
                when line.direction = 'in' then 1
                else -1
            end
        ) as quantity
    from {{ ref('core_document_lines') }} as line
    inner join reporting_company
        on line.source_id = reporting_company.source_id and line.company_code = reporting_company.company_code
    where
        line.entity in ('goods_receipts', 'shipments', 'stock_movements')
        and line.is_counted
        and coalesce(line.line_kind, 'stock') = 'stock'
        and line.source_item_code is not null
        and not (line.entity = 'goods_receipts' and line.kind is not distinct from 'consignment')
    group by line.source_id, line.company_code, line.source_item_code, line.fiscal_year, line.period_no
),

-- The value of an item is told by ledger lines that name it, where the source's own ledger does so.
valued as (
    select
        line.source_id,
        line.company_code,
        line.source_item_code,
        line.fiscal_year,
        line.period_no,
        sum({{ money('line.amount') }}) as amount
    from {{ ref('core_journal_lines') }} as line
    inner join reporting_company
        on line.source_id = reporting_company.source_id and line.company_code = reporting_company.company_code
    where line.is_posted and line.source_item_code is not null and line.account_role = 'inventory'
    group by line.source_id, line.company_code, line.source_item_code, line.fiscal_year, line.period_no
),

valuing_company as (
    select
        source_id,
        company_code
    from valued
    group by source_id, company_code
),

-- What a source reports, and items that we know of and it does not report at all.
stock_key as (
    select
        source_id,
        company_code,
        source_item_code,
        fiscal_year,
        period_no
    from reported_stock
    union
    select
        known.source_id,
        known.company_code,
        known.source_item_code,
        cast(floor(reporting_company.last_period / 100) as integer),
        cast(reporting_company.last_period % 100 as integer)
    from (
        select source_id, company_code, source_item_code from moved
        union
        select source_id, company_code, source_item_code from valued
    ) as known
    inner join reporting_company
        on known.source_id = reporting_company.source_id and known.company_code = reporting_company.company_code
    left join (
        select source_id, company_code, source_item_code from reported_stock
        group by source_id, company_code, source_item_code
    ) as reported
        on known.source_id = reported.source_id
        and known.company_code = reported.company_code
        and known.source_item_code = reported.source_item_code
    where reported.source_id is null
),

{% for name, source, column in [('our_quantity', 'moved', 'quantity'), ('our_value', 'valued', 'amount')] -%}
{{ name }} as (
    select
        stock_key.source_id,
        stock_key.company_code,
        stock_key.source_item_code,
        stock_key.fiscal_year,
        stock_key.period_no,
        sum({{ source }}.{{ column }}) as {{ column }}
    from stock_key
    inner join {{ source }}
        on stock_key.source_id = {{ source }}.source_id
        and stock_key.company_code = {{ source }}.company_code
        and stock_key.source_item_code = {{ source }}.source_item_code
        and stock_key.fiscal_year * 100 + stock_key.period_no >= {{ source }}.fiscal_year * 100 + {{ source }}.period_no
    group by
        stock_key.source_id, stock_key.company_code, stock_key.source_item_code, stock_key.fiscal_year,
        stock_key.period_no
),

{% endfor -%}
stock_total as (
    select
        stock_key.source_id,
        stock_key.company_code,
        stock_key.source_item_code,
        stock_key.fiscal_year,
        stock_key.period_no,
        coalesce(reported_stock.quantity, 0) as reported_quantity,
        coalesce(our_quantity.quantity, 0) as our_quantity,
        case
            when reported_stock.source_item_code is null and valuing_company.source_id is not null then {{ money('0') }}
            else {{ money('reported_stock.amount') }}
        end as reported_amount,
        case when valuing_company.source_id is not null then coalesce(our_value.amount, {{ money('0') }}) end as our_amount
    from stock_key
    {%- for side in ['reported_stock', 'our_quantity', 'our_value'] %}
    left join {{ side }}
        on stock_key.source_id = {{ side }}.source_id
        and stock_key.company_code = {{ side }}.company_code
        and stock_key.source_item_code = {{ side }}.source_item_code
        and stock_key.fiscal_year = {{ side }}.fiscal_year
        and stock_key.period_no = {{ side }}.period_no
    {%- endfor %}
    left join valuing_company
        on stock_key.source_id = valuing_company.source_id and stock_key.company_code = valuing_company.company_code
),

control as (
    select
        control_kind,
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        partner_kind,
        partner_code,
        cast(null as varchar) as source_item_code,
        reported_amount,
        our_amount,
        cast(null as decimal(38, 6)) as reported_quantity,
        cast(null as decimal(38, 6)) as our_quantity
    from account_total
    union all
    select
        control_kind,
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        account_code,
        partner_kind,
        partner_code,
        null,
        reported_amount,
        our_amount,
        null,
        null
    from partner_total
    union all
    select
        'stock',
        source_id,
        null,
        company_code,
        fiscal_year,
        period_no,
        null,
        null,
        null,
        source_item_code,
        reported_amount,
        our_amount,
        reported_quantity,
        our_quantity
    from stock_total
)

select
    control.control_kind,
    control.source_id,
    control.ledger_code,
    control.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    control.fiscal_year,
    control.period_no,
    control.account_code,
    account.account_name,
    control.partner_kind,
    control.partner_code,
    partner.partner_name,
    control.source_item_code as item_code,
    item.item_name,
    {{ money('control.reported_amount') }} as reported_amount,
    {{ money('control.our_amount') }} as our_amount,
    {{ money('control.our_amount - control.reported_amount') }} as difference_amount,
    cast(control.reported_quantity as decimal(38, 6)) as reported_quantity,
    cast(control.our_quantity as decimal(38, 6)) as our_quantity,
    cast(control.our_quantity - control.reported_quantity as decimal(38, 6)) as difference_quantity,
    coalesce(control.our_amount - control.reported_amount, 0) = 0
    and coalesce(control.our_quantity - control.reported_quantity, 0) = 0 as is_equal
from control
left join company on control.source_id = company.source_id and control.company_code = company.company_code
left join {{ ref('core_ledgers') }} as ledger
    on control.source_id = ledger.source_id
    and control.ledger_code = ledger.ledger_code
    and control.company_code = ledger.company_code
left join {{ ref('core_accounts') }} as account
    on control.source_id = account.source_id
    and ledger.chart_code = account.chart_code
    and control.account_code = account.account_code
left join {{ ref('core_partners') }} as partner
    on control.source_id = partner.source_id
    and control.partner_kind = partner.partner_kind
    and control.partner_code = partner.source_partner_code
left join {{ ref('core_items') }} as item
    on control.source_id = item.source_id and control.source_item_code = item.source_item_code
