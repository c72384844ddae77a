{% call conform('settlements') %}
with
link as (select * from {{ landed('tryton', 'account_invoice-account_move_line') }}),

payment as (select * from {{ ref('tryton_payments') }}),

invoice as (select * from {{ landed('tryton', 'account_invoice') }}),

invoice_line as (
    select
        line.source_id,
        line.id,
        line.move,
        line.reconciliation,
        line.debit - line.credit as base_amount,
        coalesce(line.amount_second_currency, line.debit - line.credit) as amount,
        invoice.id as invoice,
        invoice.type,
        greatest(line._bb_seq, invoice._bb_seq) as _bb_seq
    from {{ landed('tryton', 'account_move_line') }} as line
    inner join invoice on line.source_id = invoice.source_id and line.move = invoice.move and line.account = invoice.account
    where line.reconciliation is not null
),

reconciliation as (select * from {{ landed('tryton', 'account_move_reconciliation') }}),

-- Groups that hold lines of invoices only: a credit note set off against its invoice. The credit's lines are settled.
set_off as (
    select
        credit.source_id,
        credit.id,
        credit.invoice as from_invoice,
        credit.type,
        -credit.amount as amount,
        -credit.base_amount as base_amount,
        min(debit.invoice) as to_invoice,
        count(distinct debit.invoice) as targets,
        max(greatest(credit._bb_seq, debit._bb_seq)) as _bb_seq,
        credit.reconciliation
    from invoice_line as credit
    inner join invoice_line as debit
        on credit.source_id = debit.source_id
        and credit.reconciliation = debit.reconciliation
        and credit.invoice <> debit.invoice
    where
        (credit.type = 'out' and credit.base_amount < 0 and debit.base_amount > 0)
        or (credit.type = 'in' and credit.base_amount > 0 and debit.base_amount < 0)
    group by
        credit.source_id, credit.id, credit.invoice, credit.type, credit.amount, credit.base_amount, credit.reconciliation
)

-- A payment settles an invoice as a whole; the amount is in the sign of the invoice (positive: it becomes smaller).
select
    link.source_id,
    'payment,' || cast(link.id as varchar) as settlement_id,
    'cash_movements' as from_entity,
    payment.id as from_line_id,
    case invoice.type when 'in' then 'purchase_invoices' else 'sales_invoices' end as to_entity,
    invoice.id as to_line_id,
    'document' as level,
    'cash' as settlement_kind,
    payment.date as settled_on,
    case invoice.type when 'in' then payment.amount else -payment.amount end as amount,
    case invoice.type when 'in' then payment.base_amount else -payment.base_amount end as from_base_amount,
    case invoice.type when 'in' then payment.base_amount else -payment.base_amount end as to_base_amount,
    greatest(link._bb_seq, payment.changed_seq, invoice._bb_seq) as changed_seq
from link
inner join payment on link.source_id = payment.source_id and link.line = payment.id
inner join invoice on link.source_id = invoice.source_id and link.invoice = invoice.id
where payment.state = 'posted'
union all
select
    set_off.source_id,
    'set_off,' || cast(set_off.id as varchar),
    case set_off.type when 'in' then 'purchase_invoices' else 'sales_invoices' end,
    set_off.from_invoice,
    case set_off.type when 'in' then 'purchase_invoices' else 'sales_invoices' end,
    set_off.to_invoice,
    'document',
    'red_blue',
    reconciliation.date,
    case set_off.type when 'out' then set_off.amount else -set_off.amount end,
    case set_off.type when 'out' then set_off.base_amount else -set_off.base_amount end,
    case set_off.type when 'out' then set_off.base_amount else -set_off.base_amount end,
    greatest(set_off._bb_seq, reconciliation._bb_seq)
from set_off
inner join reconciliation
    on set_off.source_id = reconciliation.source_id and set_off.reconciliation = reconciliation.id
where set_off.targets = 1
{% endcall %}
