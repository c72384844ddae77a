{% call conform('tax_entries') %}
with
tax_line as (select * from {{ landed('tryton', 'account_tax_line') }}),

line as (select * from {{ landed('tryton', 'account_move_line') }}),

voucher as (select * from {{ landed('tryton', 'account_move') }}),

period as (select * from {{ ref('tryton_periods') }}),

invoice as (
    select
        source_id,
        move,
        min(type) as type,
        max(_bb_seq) as _bb_seq
    from {{ landed('tryton', 'account_invoice') }}
    where move is not null
    group by source_id, move
)

-- Tryton tells an invoice from a credit note by comparing the sign of the tax line with that of its voucher line.
select
    tax_line.source_id,
    tax_line.id as line_id,
    'GL' as ledger_code,
    voucher.company as company_code,
    voucher.id as voucher_id,
    voucher.date as posting_date,
    coalesce(period.fiscal_year, extract(year from voucher.date)) as fiscal_year,
    coalesce(period.period_no, extract(month from voucher.date)) as period_no,
    tax_line.tax as tax_code,
    case invoice.type when 'in' then 'input' when 'out' then 'output' end as tax_direction,
    case
        when (tax_line.amount > 0) = (line.debit > 0 or line.credit > 0) then 'invoice'
        else 'credit'
    end as document_kind,
    tax_line.type as amount_kind,
    tax_line.amount,
    case voucher.state when 'posted' then 'posted' else 'draft' end as status,
    greatest(tax_line._bb_seq, line._bb_seq, voucher._bb_seq, period.changed_seq, invoice._bb_seq) as changed_seq
from tax_line
inner join line on tax_line.source_id = line.source_id and tax_line.move_line = line.id
inner join voucher on line.source_id = voucher.source_id and line.move = voucher.id
left join period on voucher.source_id = period.source_id and voucher.period = period.id
left join invoice on voucher.source_id = invoice.source_id and voucher.id = invoice.move
{% endcall %}
