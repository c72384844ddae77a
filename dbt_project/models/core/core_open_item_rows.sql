{{ config(materialized='view') }}
-- Every change of an open item of receivables and payables; what is open on a day is a sum over the movements until it.
-- Positive: owed to us (receivable) or owed by us (payable).
--
-- Where the ledger itself says what cleared what (clearing ids), its lines are the items. Elsewhere the documents and their
-- settlements are, and what the control account holds beyond them is a ledger-only item per partner and day; so
-- the total equals the control account in both cases.
--
-- What a year begins with (period 0) repeats what the years before it left: it counts in the first year that is landed only.
with
first_year as (
    select
        company_code,
        min(fiscal_year) as fiscal_year
    from {{ ref('core_journal_lines') }}
    where is_primary_ledger
    group by company_code
),

journal as (
    select
        line.*,
        case line.account_role when 'accounts_receivable' then 'receivable' else 'payable' end as side,
        case line.account_role when 'accounts_receivable' then 1 else -1 end as sign
    from {{ ref('core_journal_lines') }} as line
    inner join first_year on line.company_code = first_year.company_code
    where
        line.account_role in ('accounts_receivable', 'accounts_payable')
        and line.is_primary_ledger
        and line.status <> 'void'
        and (line.period_no <> 0 or line.fiscal_year = first_year.fiscal_year)
),

document as (
    select
        line.*,
        case when line.entity in ('sales_invoices', 'other_receivables') then 'receivable' else 'payable' end as side
    from {{ ref('core_document_lines') }} as line
    where line.entity in ('purchase_invoices', 'sales_invoices', 'other_payables', 'other_receivables') and line.is_counted
),

clearing_companies as (
    select
        company_code,
        side
    from journal
    where clearing_id is not null
    group by company_code, side
),

ledger_items as (
    select
        journal.source_id,
        journal.company_code,
        journal.base_currency_code,
        'ledger,' || journal.line_id as open_item_id,
        journal.side,
        journal.account_code,
        journal.partner_kind,
        journal.partner_code,
        coalesce(journal.origin_entity, 'journal_lines') as document_entity,
        coalesce(journal.origin_document_id, journal.voucher_id) as document_id,
        coalesce(journal.origin_document_no, journal.voucher_no) as document_no,
        coalesce(journal.document_date, journal.posting_date) as document_date,
        journal.due_date,
        journal.currency_code,
        journal.is_posted,
        journal.posting_date,
        journal.cleared_on,
        journal.clearing_id,
        journal.sign * journal.amount as amount,
        journal.sign * coalesce(journal.currency_amount, journal.amount) as document_amount,
        case
            when journal.entry_kind = 'opening' or journal.period_no = 0 then 'opening'
            when journal.sign * journal.amount < 0 and journal.origin_entity is not null and journal.due_date is null then 'unapplied'
            when journal.origin_entity is not null then 'invoice'
            else 'ledger_only'
        end as item_kind,
        journal.changed_seq
    from journal
    inner join clearing_companies
        on journal.company_code = clearing_companies.company_code and journal.side = clearing_companies.side
),

invoice_items as (
    select
        document.source_id,
        document.company_code,
        min(document.base_currency_code) as base_currency_code,
        document.entity,
        document.document_id,
        document.side,
        max(document.partner_kind) as partner_kind,
        max(document.partner_code) as partner_code,
        max(document.document_no) as document_no,
        min(document.document_date) as document_date,
        max(document.due_date) as due_date,
        max(document.currency_code) as currency_code,
        min(document.event_date) as event_date,
        sum(coalesce(document.base_gross_amount, document.base_net_amount)) as amount,
        sum(coalesce(document.gross_amount, document.net_amount)) as document_amount,
        max(document.changed_seq) as changed_seq
    from document
    left join clearing_companies
        on document.company_code = clearing_companies.company_code and document.side = clearing_companies.side
    where clearing_companies.company_code is null
    group by document.source_id, document.company_code, document.entity, document.document_id, document.side
),

payment_items as (
    select
        payment.*,
        case payment.partner_kind when 'customer' then 'receivable' else 'payable' end as side,
        -- Money in from a customer or out to a supplier makes the open amount smaller.
        case when (payment.partner_kind = 'customer') = (payment.direction = 'in') then -1 else 1 end as sign
    from {{ ref('core_cash_movements') }} as payment
    left join clearing_companies
        on payment.company_code = clearing_companies.company_code
        and case payment.partner_kind when 'customer' then 'receivable' else 'payable' end = clearing_companies.side
    where
        payment.is_counted
        and payment.partner_kind in ('supplier', 'customer')
        and clearing_companies.company_code is null
),

settlement as (select * from {{ ref('core_settlements') }}),

settled_document as (
    -- A settlement names a line or a whole document; both find the document.
    select
        settlement.source_id,
        settlement.settlement_id,
        settlement.from_entity,
        settlement.from_line_id,
        settlement.to_entity,
        case when settlement.level = 'document' then settlement.to_line_id else line.document_id end as document_id,
        settlement.settled_on,
        settlement.to_base_amount,
        settlement.from_base_amount,
        settlement.amount,
        settlement.changed_seq
    from settlement
    left join document as line
        on settlement.source_id = line.source_id
        and settlement.to_entity = line.entity
        -- Within the key, because a condition on one side alone would make this a loop over all pairs.
        and case when settlement.level <> 'document' then settlement.to_line_id end = line.line_id
),

document_movements as (
    select
        source_id,
        company_code,
        base_currency_code,
        entity || ',' || document_id as open_item_id,
        'document' as movement_part,
        event_date as movement_date,
        'invoice' as movement_kind,
        'invoice' as item_kind,
        side,
        partner_kind,
        partner_code,
        entity as document_entity,
        document_id,
        document_no,
        document_date,
        due_date,
        currency_code,
        amount,
        document_amount,
        changed_seq
    from invoice_items
    union all
    select
        item.source_id,
        item.company_code,
        item.base_currency_code,
        item.entity || ',' || item.document_id,
        'to/' || settled.settlement_id,
        settled.settled_on,
        'settlement',
        'invoice',
        item.side,
        item.partner_kind,
        item.partner_code,
        item.entity,
        item.document_id,
        item.document_no,
        item.document_date,
        item.due_date,
        item.currency_code,
        -settled.to_base_amount,
        -settled.amount,
        greatest(item.changed_seq, settled.changed_seq)
    from invoice_items as item
    inner join settled_document as settled
        on item.source_id = settled.source_id
        and item.entity = settled.to_entity
        and item.document_id = settled.document_id
    union all
    select
        source_id,
        company_code,
        base_currency_code,
        'cash_movements,' || line_id,
        'document',
        event_date,
        'payment',
        'unapplied',
        side,
        partner_kind,
        partner_code,
        'cash_movements',
        document_id,
        document_no,
        event_date,
        cast(null as date),
        currency_code,
        sign * base_amount,
        sign * amount,
        changed_seq
    from payment_items
    union all
    select
        item.source_id,
        item.company_code,
        item.base_currency_code,
        'cash_movements,' || item.line_id,
        'from/' || settled.settlement_id,
        settled.settled_on,
        'settlement',
        'unapplied',
        item.side,
        item.partner_kind,
        item.partner_code,
        'cash_movements',
        item.document_id,
        item.document_no,
        item.event_date,
        cast(null as date),
        item.currency_code,
        -- What the payment settles leaves the payment with the opposite sign.
        settled.from_base_amount,
        settled.amount,
        greatest(item.changed_seq, settled.changed_seq)
    from payment_items as item
    inner join settled_document as settled
        on item.source_id = settled.source_id
        and settled.from_entity = 'cash_movements'
        and item.line_id = settled.from_line_id
),

-- The control account beyond the documents, per partner and day, for companies whose ledger knows no clearing.
control as (
    select
        company_code,
        side,
        partner_kind,
        partner_code,
        posting_date as movement_date,
        sum(sign * amount) as amount,
        max(changed_seq) as changed_seq
    from journal
    where is_posted
    group by company_code, side, partner_kind, partner_code, posting_date
    union all
    select
        company_code,
        side,
        partner_kind,
        partner_code,
        movement_date,
        -sum(amount),
        max(changed_seq)
    from document_movements
    group by company_code, side, partner_kind, partner_code, movement_date
),

ledger_only as (
    select
        control.company_code,
        control.side,
        control.partner_kind,
        control.partner_code,
        control.movement_date,
        -- One ledger source may keep the books of several companies, all with the same partners.
        'ledger_only,' || control.company_code || ',' || control.side || ',' || coalesce(control.partner_kind, '*')
        || ',' || coalesce(control.partner_code, '*') as open_item_id,
        sum(control.amount) as amount,
        max(control.changed_seq) as changed_seq
    from control
    inner join (
        -- Only companies that keep a primary ledger have a control account.
        select company_code from journal group by company_code
    ) as kept on control.company_code = kept.company_code
    left join clearing_companies
        on control.company_code = clearing_companies.company_code and control.side = clearing_companies.side
    where clearing_companies.company_code is null
    group by control.company_code, control.side, control.partner_kind, control.partner_code, control.movement_date
    having sum(control.amount) <> 0
),

ledger_of_company as (
    select
        company_code,
        max(source_id) as source_id,
        max(base_currency_code) as base_currency_code
    from journal
    group by company_code
)

select
    source_id,
    company_code,
    base_currency_code,
    open_item_id,
    open_item_id || '/open' as movement_id,
    posting_date as movement_date,
    case item_kind when 'unapplied' then 'payment' else item_kind end as movement_kind,
    item_kind,
    side,
    account_code,
    partner_kind,
    partner_code,
    document_entity,
    document_id,
    document_no,
    document_date,
    due_date,
    currency_code,
    is_posted,
    amount,
    document_amount,
    true as is_beginning,
    changed_seq
from ledger_items
union all
select
    source_id,
    company_code,
    base_currency_code,
    open_item_id,
    open_item_id || '/cleared',
    greatest(cleared_on, posting_date),
    'settlement',
    item_kind,
    side,
    account_code,
    partner_kind,
    partner_code,
    document_entity,
    document_id,
    document_no,
    document_date,
    due_date,
    currency_code,
    is_posted,
    -amount,
    -document_amount,
    false,
    changed_seq
from ledger_items
where clearing_id is not null and cleared_on is not null
union all
select
    source_id,
    company_code,
    base_currency_code,
    open_item_id,
    open_item_id || '/' || movement_part,
    movement_date,
    movement_kind,
    item_kind,
    side,
    cast(null as varchar),
    partner_kind,
    partner_code,
    document_entity,
    document_id,
    document_no,
    document_date,
    due_date,
    currency_code,
    true,
    cast(amount as decimal(18, 4)),
    cast(document_amount as decimal(18, 4)),
    movement_part = 'document',
    changed_seq
from document_movements
union all
select
    ledger_of_company.source_id,
    ledger_only.company_code,
    ledger_of_company.base_currency_code,
    ledger_only.open_item_id,
    ledger_only.open_item_id || '/' || cast(ledger_only.movement_date as varchar),
    ledger_only.movement_date,
    'ledger_only',
    'ledger_only',
    ledger_only.side,
    cast(null as varchar),
    ledger_only.partner_kind,
    ledger_only.partner_code,
    'journal_lines',
    cast(null as varchar),
    cast(null as varchar),
    ledger_only.movement_date,
    cast(null as date),
    ledger_of_company.base_currency_code,
    true,
    cast(ledger_only.amount as decimal(18, 4)),
    cast(ledger_only.amount as decimal(18, 4)),
    true,
    ledger_only.changed_seq
from ledger_only
inner join ledger_of_company on ledger_only.company_code = ledger_of_company.company_code
