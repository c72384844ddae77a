-- From the last business caliber to what the rules expect in the ledger, document line by document line: estimated,
-- reversed, recognised by invoice, in another period, on another account, or not at all.
with
bridge as (
    select *
    from {{ ref('core_bridges') }}
    where is_to_ledger
),

atom as (select * from {{ ref('core_atoms') }}),

line as (
    select
        line.*,
        coalesce(partner.is_internal, false) as is_internal
    from {{ ref('core_document_lines') }} as line
    left join {{ ref('core_partners') }} as partner
        on line.source_id = partner.source_id
        and line.partner_kind = partner.partner_kind
        and line.source_partner_code = partner.source_partner_code
    where line.is_counted
),

payment as (
    select *
    from {{ ref('core_cash_movements') }}
    where is_counted
),

expected as (
    select
        bridge.bridge_code,
        bridge.main_role,
        bridge.flow as bridge_flow,
        bridge.recognised_by like '% ' || line.event || ' %' as is_recognition,
        line.source_id,
        line.company_code,
        line.base_currency_code,
        line.event,
        line.fiscal_year,
        line.period_no,
        line.account_role,
        line.partner_kind,
        line.partner_code,
        line.item_code,
        line.org_unit_code,
        line.document_entity,
        line.document_no,
        line.document_line_id,
        bridge.sign * line.amount as amount,
        line.changed_seq
    from {{ ref('core_expected_lines') }} as line
    inner join bridge on line.flow = bridge.flow and bridge.account_roles like '% ' || line.account_role || ' %'
),

-- Documents that the rules book at all, on whatever account.
booked as (
    select distinct
        source_id,
        document_entity,
        document_line_id
    from {{ ref('core_expected_lines') }}
),

expected_of_line as (
    select
        bridge_code,
        source_id,
        document_entity,
        document_line_id,
        event,
        is_recognition,
        fiscal_year,
        period_no,
        sum({{ money('amount') }}) as amount
    from expected
    group by bridge_code, source_id, document_entity, document_line_id, event, is_recognition, fiscal_year, period_no
    having sum({{ money('amount') }}) <> 0
),

recognised as (
    select
        bridge_code,
        source_id,
        document_entity,
        document_line_id,
        sum(amount) as amount,
        min(fiscal_year * 100 + period_no) as first_period,
        max(fiscal_year * 100 + period_no) as last_period
    from expected_of_line
    where is_recognition
    group by bridge_code, source_id, document_entity, document_line_id
),

-- Estimates of a receipt line: the first one stands for the receipt itself.
estimate as (
    select
        bridge_code,
        source_id,
        document_line_id,
        min(case when amount_of_estimate is not null then period_key end) as first_period,
        max(case when event = 'estimate_reversal' then 1 else 0 end) as is_reversed
    from (
        select
            *,
            fiscal_year * 100 + period_no as period_key,
            case when event in ('estimate', 'goods_receipt') then amount end as amount_of_estimate
        from expected_of_line
        where document_entity = 'goods_receipts'
    ) as of_receipt
    group by bridge_code, source_id, document_line_id
),

first_estimate as (
    select
        estimate.bridge_code,
        estimate.source_id,
        estimate.document_line_id,
        estimate.first_period,
        estimate.is_reversed = 1 as is_reversed,
        sum(expected_of_line.amount) as amount
    from estimate
    inner join expected_of_line
        on estimate.bridge_code = expected_of_line.bridge_code
        and estimate.source_id = expected_of_line.source_id
        and estimate.document_line_id = expected_of_line.document_line_id
        and expected_of_line.document_entity = 'goods_receipts'
        and expected_of_line.event in ('estimate', 'goods_receipt')
        and estimate.first_period = expected_of_line.fiscal_year * 100 + expected_of_line.period_no
    group by estimate.bridge_code, estimate.source_id, estimate.document_line_id, estimate.first_period, estimate.is_reversed
),

-- Purchases by receipt: what is received waits for its invoice, by way of estimates.
received as (
    select
        bridge.bridge_code,
        bridge.main_role,
        atom.source_id,
        atom.atom_id,
        atom.company_code,
        atom.base_currency_code,
        atom.base_digits,
        atom.partner_kind,
        atom.partner_code,
        atom.item_code,
        atom.org_unit_code,
        atom.delivery_line_id,
        atom.invoice_line_id,
        atom.delivery_kind,
        atom.delivery_document_no,
        atom.invoice_document_no,
        atom.delivery_year,
        atom.delivery_period,
        atom.invoice_year,
        atom.invoice_period,
        case when bridge.to_population = 'without_internal' and atom.is_internal then 0 else atom.delivery_base_net_amount end
            as received_amount,
        atom.invoice_base_net_amount as invoiced_amount,
        case
            when atom.invoice_currency_code = atom.base_currency_code or atom.delivery_currency_code <> atom.invoice_currency_code
                then atom.invoice_base_net_amount - atom.delivery_base_net_amount
            else {{ rounded(product('atom.invoice_net_amount - atom.delivery_net_amount', 'coalesce(atom.invoice_rate, 1)', 10), 'atom.base_digits') }}
        end as price_amount,
        first_estimate.first_period as estimated_in,
        coalesce(first_estimate.is_reversed, false) as is_reversed,
        recognised.first_period is not null as is_recognised,
        booked.document_line_id is not null as is_booked,
        'goods_receipts' as document_entity,
        atom.delivery_document_no as document_no,
        atom.delivery_line_id as document_line_id,
        atom.changed_seq
    from atom
    inner join bridge on atom.flow = bridge.flow and bridge.to_event = 'delivery' and bridge.to_price = 'delivery' and bridge.flow = 'purchases'
    left join first_estimate
        on bridge.bridge_code = first_estimate.bridge_code
        and atom.source_id = first_estimate.source_id
        and atom.delivery_line_id = first_estimate.document_line_id
    left join recognised
        on bridge.bridge_code = recognised.bridge_code
        and atom.source_id = recognised.source_id
        and recognised.document_entity = 'purchase_invoices'
        and atom.invoice_line_id = recognised.document_line_id
    left join booked
        on atom.source_id = booked.source_id
        and booked.document_entity = 'purchase_invoices'
        and atom.invoice_line_id = booked.document_line_id
    where atom.delivery_line_id is not null or atom.invoice_line_id is not null
),

receipt as (
    select
        bridge_code,
        main_role,
        source_id,
        delivery_line_id,
        min(company_code) as company_code,
        min(base_currency_code) as base_currency_code,
        min(partner_kind) as partner_kind,
        min(partner_code) as partner_code,
        min(item_code) as item_code,
        min(org_unit_code) as org_unit_code,
        min(document_entity) as document_entity,
        min(document_no) as document_no,
        delivery_line_id as document_line_id,
        min(delivery_year) as delivery_year,
        min(delivery_period) as delivery_period,
        sum({{ money('received_amount') }}) as received_amount,
        max(changed_seq) as changed_seq
    from received
    where delivery_line_id is not null
    group by bridge_code, main_role, source_id, delivery_line_id
),

invoice as (
    select
        received.bridge_code,
        received.main_role,
        received.source_id,
        received.invoice_line_id,
        min(received.company_code) as company_code,
        min(received.base_currency_code) as base_currency_code,
        min(received.partner_kind) as partner_kind,
        min(received.partner_code) as partner_code,
        min(received.item_code) as item_code,
        min(received.org_unit_code) as org_unit_code,
        'purchase_invoices' as document_entity,
        min(received.invoice_document_no) as document_no,
        received.invoice_line_id as document_line_id,
        min(received.invoice_year) as invoice_year,
        min(received.invoice_period) as invoice_period,
        -- What was modelled so far: the invoice, or its difference from an estimate that still stands.
        sum({{ money(
            'case when received.delivery_line_id is not null and received.estimated_in is not null and not received.is_reversed '
            ~ 'then received.invoiced_amount - received.received_amount else received.invoiced_amount end'
        ) }}) as modelled_amount,
        max(received.changed_seq) as changed_seq
    from received
    where received.is_recognised
    group by received.bridge_code, received.main_role, received.source_id, received.invoice_line_id
),

-- The part of a price variance that the rules book on what is no longer in stock.
variance_elsewhere as (
    select
        source_id,
        document_line_id,
        sum({{ money('amount') }}) as amount
    from {{ ref('core_expected_lines') }}
    where
        document_entity = 'purchase_invoices'
        and event = 'purchase_invoice'
        and account_role in ('cogs', 'other_cogs', 'purchase_price_variance')
    group by source_id, document_line_id
),

compared_invoice as (
    select
        invoice.*,
        coalesce(variance_elsewhere.amount, 0) as variance_amount,
        recognised.amount as expected_amount,
        recognised.first_period,
        coalesce(line.base_tax_amount, 0) as tax_amount
    from invoice
    inner join recognised
        on invoice.bridge_code = recognised.bridge_code
        and invoice.source_id = recognised.source_id
        and recognised.document_entity = 'purchase_invoices'
        and invoice.document_line_id = recognised.document_line_id
    left join line
        on invoice.source_id = line.source_id and line.entity = 'purchase_invoices' and invoice.document_line_id = line.line_id
    left join variance_elsewhere
        on invoice.source_id = variance_elsewhere.source_id and invoice.document_line_id = variance_elsewhere.document_line_id
),

-- Other business calibers: one document line against its own expected lines.
business_line as (
    select
        bridge.bridge_code,
        bridge.main_role,
        line.source_id,
        line.company_code,
        line.base_currency_code,
        line.partner_kind,
        line.partner_code,
        line.item_code,
        line.org_unit_code,
        line.entity as document_entity,
        line.document_no,
        line.line_id as document_line_id,
        line.fiscal_year,
        line.period_no,
        coalesce(line.base_tax_amount, 0) as tax_amount,
        case
            when bridge.to_price = 'cost' then coalesce(line.cost_amount, 0)
            else {{ line_amount('line', 'bridge.to_tax', 'base_') }}
        end as amount,
        line.changed_seq
    from line
    inner join bridge
        on line.entity in ('goods_receipts', 'purchase_invoices', 'shipments', 'acceptances', 'sales_invoices')
        and {{ document_flow('line.entity') }} = bridge.flow
        and {{ document_role('line.entity') }} = bridge.to_event
        and not (bridge.to_event = 'delivery' and bridge.to_price = 'delivery' and bridge.flow = 'purchases')
    where bridge.to_population <> 'without_internal' or not line.is_internal
    union all
    select
        bridge.bridge_code,
        bridge.main_role,
        payment.source_id,
        payment.company_code,
        payment.base_currency_code,
        payment.partner_kind,
        payment.partner_code,
        cast(null as varchar),
        cast(null as varchar),
        'cash_movements',
        payment.document_no,
        payment.line_id,
        payment.fiscal_year,
        payment.period_no,
        0,
        case when payment.direction = case bridge.to_event when 'paid' then 'out' else 'in' end then payment.base_amount else -payment.base_amount end,
        payment.changed_seq
    from payment
    inner join bridge
        on bridge.to_event = case payment.partner_kind when 'supplier' then 'paid' when 'customer' then 'collected' end
),

compared_line as (
    select
        business_line.*,
        recognised.amount as expected_amount,
        recognised.first_period,
        recognised.last_period,
        booked.document_line_id is not null as is_booked
    from business_line
    left join recognised
        on business_line.bridge_code = recognised.bridge_code
        and business_line.source_id = recognised.source_id
        and business_line.document_entity = recognised.document_entity
        and business_line.document_line_id = recognised.document_line_id
    left join booked
        on business_line.source_id = booked.source_id
        and business_line.document_entity = booked.document_entity
        and business_line.document_line_id = booked.document_line_id
),

-- Expected lines that no document line of the business caliber explains.
entering as (
    select expected.*
    from expected
    left join business_line
        -- Conditions on one side stand within the key: beside it they would make this a loop over all pairs.
        on expected.bridge_code = business_line.bridge_code
        and expected.source_id = business_line.source_id
        and expected.document_entity = business_line.document_entity
        and case when expected.is_recognition then expected.document_line_id end = business_line.document_line_id
    left join invoice
        on expected.bridge_code = invoice.bridge_code
        and expected.source_id = invoice.source_id
        and case
            when expected.is_recognition and expected.document_entity = 'purchase_invoices' then expected.document_line_id
        end = invoice.invoice_line_id
    left join first_estimate
        on expected.bridge_code = first_estimate.bridge_code
        and expected.source_id = first_estimate.source_id
        and case
            when expected.document_entity = 'goods_receipts' and expected.event in ('estimate', 'goods_receipt')
                then expected.document_line_id
        end = first_estimate.document_line_id
        and expected.fiscal_year * 100 + expected.period_no = first_estimate.first_period
    where business_line.bridge_code is null and invoice.bridge_code is null and first_estimate.bridge_code is null
),

step as (
    -- A receipt that is neither estimated nor invoiced, or whose invoice goes elsewhere.
    select
        {{ recognition_row(
            'received', 11,
            "case when received.delivery_kind in ('consignment', 'subcontract') then received.delivery_kind "
            ~ "when received.is_booked then 'other_account' else 'received_not_booked' end",
            "'population'", '-received.received_amount', 'received.delivery_year', 'received.delivery_period', 'received.atom_id'
        ) }}
    from received
    where received.delivery_line_id is not null and received.estimated_in is null and not received.is_recognised
    union all
    select
        {{ recognition_row(
            'received', 12, "'receipt_to_invoice'", "'move'", '-received.received_amount', 'received.delivery_year',
            'received.delivery_period', 'received.atom_id'
        ) }}
    from received
    where
        received.delivery_line_id is not null and received.estimated_in is null and received.is_recognised
        and (received.delivery_year <> received.invoice_year or received.delivery_period <> received.invoice_period)
    union all
    select
        {{ recognition_row(
            'received', 12, "'receipt_to_invoice'", "'move'", 'received.received_amount', 'received.invoice_year',
            'received.invoice_period', 'received.atom_id'
        ) }}
    from received
    where
        received.delivery_line_id is not null and received.estimated_in is null and received.is_recognised
        and (received.delivery_year <> received.invoice_year or received.delivery_period <> received.invoice_period)
    union all
    select
        {{ recognition_row(
            'receipt', 13, "'estimate_timing'", "'move'", '-receipt.received_amount', 'receipt.delivery_year', 'receipt.delivery_period'
        ) }}
    from receipt
    inner join first_estimate
        on receipt.bridge_code = first_estimate.bridge_code
        and receipt.source_id = first_estimate.source_id
        and receipt.delivery_line_id = first_estimate.document_line_id
    where receipt.delivery_year * 100 + receipt.delivery_period <> first_estimate.first_period
    union all
    select
        {{ recognition_row(
            'receipt', 13, "'estimate_timing'", "'move'", 'receipt.received_amount', 'floor(first_estimate.first_period / 100)',
            'first_estimate.first_period % 100'
        ) }}
    from receipt
    inner join first_estimate
        on receipt.bridge_code = first_estimate.bridge_code
        and receipt.source_id = first_estimate.source_id
        and receipt.delivery_line_id = first_estimate.document_line_id
    where receipt.delivery_year * 100 + receipt.delivery_period <> first_estimate.first_period
    union all
    select
        {{ recognition_row(
            'receipt', 14, "'estimate_price'", "'value'", 'first_estimate.amount - receipt.received_amount',
            'floor(first_estimate.first_period / 100)', 'first_estimate.first_period % 100'
        ) }}
    from receipt
    inner join first_estimate
        on receipt.bridge_code = first_estimate.bridge_code
        and receipt.source_id = first_estimate.source_id
        and receipt.delivery_line_id = first_estimate.document_line_id
    where first_estimate.amount <> receipt.received_amount
    union all
    select
        {{ recognition_row(
            'received', 16, "'invoiced_after_reversal'", "'population'", 'received.received_amount', 'received.invoice_year',
            'received.invoice_period', 'received.atom_id'
        ) }}
    from received
    where received.delivery_line_id is not null and received.estimated_in is not null and received.is_reversed and received.is_recognised
    union all
    select
        {{ recognition_row(
            'received', 17, "'invoice_without_receipt'", "'population'", 'received.invoiced_amount', 'received.invoice_year',
            'received.invoice_period', 'received.atom_id'
        ) }}
    from received
    where received.delivery_line_id is null and received.is_recognised
    union all
    select
        {{ recognition_row(
            'received', 18, "'price_variance'", "'value'", 'received.price_amount', 'received.invoice_year', 'received.invoice_period',
            'received.atom_id'
        ) }}
    from received
    where received.delivery_line_id is not null and received.is_recognised
    union all
    select
        {{ recognition_row(
            'received', 19, "'exchange_rate'", "'value'",
            'received.invoiced_amount - received.received_amount - received.price_amount', 'received.invoice_year',
            'received.invoice_period', 'received.atom_id'
        ) }}
    from received
    where received.delivery_line_id is not null and received.is_recognised
    union all
    select
        {{ recognition_row(
            'compared_invoice', 20, "'voucher_period'", "'move'", '-compared_invoice.modelled_amount',
            'compared_invoice.invoice_year', 'compared_invoice.invoice_period'
        ) }}
    from compared_invoice
    where compared_invoice.invoice_year * 100 + compared_invoice.invoice_period <> compared_invoice.first_period
    union all
    select
        {{ recognition_row(
            'compared_invoice', 20, "'voucher_period'", "'move'", 'compared_invoice.modelled_amount',
            'floor(compared_invoice.first_period / 100)', 'compared_invoice.first_period % 100'
        ) }}
    from compared_invoice
    where compared_invoice.invoice_year * 100 + compared_invoice.invoice_period <> compared_invoice.first_period
    union all
    select
        {{ recognition_row(
            'compared_invoice', 21,
            "case when compared_invoice.expected_amount - compared_invoice.modelled_amount = compared_invoice.tax_amount "
            ~ "then 'tax_not_deducted' when compared_invoice.variance_amount <> 0 "
            ~ "and compared_invoice.expected_amount - compared_invoice.modelled_amount = -compared_invoice.variance_amount "
            ~ "then 'variance_of_goods_sold' else 'rule_difference' end",
            "'value'", 'compared_invoice.expected_amount - compared_invoice.modelled_amount',
            'floor(compared_invoice.first_period / 100)', 'compared_invoice.first_period % 100'
        ) }}
    from compared_invoice
    union all
    select
        {{ recognition_row(
            'compared_line', 11, "case when compared_line.is_booked then 'other_account' else 'not_booked' end", "'population'",
            '-compared_line.amount', 'compared_line.fiscal_year', 'compared_line.period_no'
        ) }}
    from compared_line
    where compared_line.first_period is null
    union all
    select
        {{ recognition_row(
            'compared_line', 20, "'voucher_period'", "'move'", '-compared_line.amount', 'compared_line.fiscal_year', 'compared_line.period_no'
        ) }}
    from compared_line
    where compared_line.fiscal_year * 100 + compared_line.period_no <> compared_line.first_period
    union all
    select
        {{ recognition_row(
            'compared_line', 20, "'voucher_period'", "'move'", 'compared_line.amount', 'floor(compared_line.first_period / 100)',
            'compared_line.first_period % 100'
        ) }}
    from compared_line
    where compared_line.fiscal_year * 100 + compared_line.period_no <> compared_line.first_period
    union all
    select
        {{ recognition_row(
            'compared_line', 21,
            "case when abs(compared_line.expected_amount - compared_line.amount) = abs(compared_line.tax_amount) "
            ~ "and compared_line.tax_amount <> 0 then 'tax_not_deducted' "
            ~ "when abs(compared_line.expected_amount - compared_line.amount) < 1 then 'rounding' else 'rule_difference' end",
            "'value'", 'compared_line.expected_amount - compared_line.amount', 'floor(compared_line.first_period / 100)',
            'compared_line.first_period % 100'
        ) }}
    from compared_line
    where compared_line.first_period is not null
    union all
    -- What the rules book in several periods goes from the first into its own.
    select
        {{ recognition_row(
            'expected', 22, "'further_periods'", "'move'", 'expected.amount', 'expected.fiscal_year', 'expected.period_no'
        ) }}
    from expected
    inner join recognised
        on expected.is_recognition
        and expected.bridge_code = recognised.bridge_code
        and expected.source_id = recognised.source_id
        and expected.document_entity = recognised.document_entity
        and expected.document_line_id = recognised.document_line_id
    where expected.fiscal_year * 100 + expected.period_no <> recognised.first_period
    union all
    select
        {{ recognition_row(
            'expected', 22, "'further_periods'", "'move'", '-expected.amount', 'floor(recognised.first_period / 100)',
            'recognised.first_period % 100'
        ) }}
    from expected
    inner join recognised
        on expected.is_recognition
        and expected.bridge_code = recognised.bridge_code
        and expected.source_id = recognised.source_id
        and expected.document_entity = recognised.document_entity
        and expected.document_line_id = recognised.document_line_id
    where expected.fiscal_year * 100 + expected.period_no <> recognised.first_period
    union all
    -- Reversals, later estimates, payments, discounts ...: each by its event.
    select
        {{ recognition_row('entering', 15, 'entering.event', "'population'", 'entering.amount', 'entering.fiscal_year', 'entering.period_no') }}
    from entering
    union all
    -- From the bridge's first account role to the one that the rules name.
    select
        {{ recognition_row('expected', 23, "'account_role'", "'move'", '-expected.amount', 'expected.fiscal_year', 'expected.period_no') }}
    from expected
    where expected.account_role <> expected.main_role
    union all
    select
        {{ recognition_row(
            'expected', 23, "'account_role'", "'move'", 'expected.amount', 'expected.fiscal_year', 'expected.period_no',
            role='expected.account_role'
        ) }}
    from expected
    where expected.account_role <> expected.main_role
)

select *
from step
where amount <> 0
