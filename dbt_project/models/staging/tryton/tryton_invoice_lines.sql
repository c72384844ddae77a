-- Lines of supplier and customer invoices with their share of tax, one text for both directions.
with
line as (select * from {{ landed('tryton', 'account_invoice_line') }}),

invoice as (select * from {{ landed('tryton', 'account_invoice') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

tax as (select * from {{ landed('tryton', 'account_tax') }}),

invoice_tax as (select * from {{ landed('tryton', 'account_invoice_tax') }}),

-- Tax stands on the invoice, by tax; which tax a line bears is known from its own link or, where the invoice has
-- one tax only, from that.
taxed_invoice as (
    select
        source_id,
        invoice,
        sum(amount) as tax_amount,
        count(distinct tax) as taxes,
        min(tax) as only_tax,
        max(_bb_seq) as _bb_seq
    from invoice_tax
    group by source_id, invoice
),

line_tax as (
    select
        source_id,
        line,
        min(tax) as tax,
        count(*) as taxes,
        max(_bb_seq) as _bb_seq
    from {{ landed('tryton', 'account_invoice_line_account_tax') }}
    group by source_id, line
),

-- A line that left its invoice changes the shares of those that stay.
past as (
    select
        source_id,
        invoice,
        max(_bb_seq) as _bb_seq
    from (
        select source_id, invoice, _bb_seq from {{ landed_past('tryton', 'account_invoice_line') }}
        union all
        select source_id, invoice, _bb_seq from {{ landed_past('tryton', 'account_invoice_tax') }}
    ) as versions
    group by source_id, invoice
),

priced as (
    select
        line.*,
        currency.digits,
        currency.code as currency_code,
        {{ rounded_half_even(product('line.quantity', 'line.unit_price', 8), 'currency.digits') }} as net_amount,
        coalesce(line_tax.tax, case when taxed_invoice.taxes = 1 then taxed_invoice.only_tax end) as tax,
        coalesce(taxed_invoice.tax_amount, 0) as invoice_tax_amount,
        greatest(
            invoice._bb_seq, currency._bb_seq, taxed_invoice._bb_seq, line_tax._bb_seq, past._bb_seq,
            max(line._bb_seq) over (partition by line.source_id, line.invoice)
        ) as seq
    from line
    inner join invoice on line.source_id = invoice.source_id and line.invoice = invoice.id
    left join currency on invoice.source_id = currency.source_id and invoice.currency = currency.id
    left join taxed_invoice on line.source_id = taxed_invoice.source_id and line.invoice = taxed_invoice.invoice
    left join line_tax on line.source_id = line_tax.source_id and line.id = line_tax.line
    left join past on line.source_id = past.source_id and line.invoice = past.invoice
    where line.type = 'line'
),

-- First guess: the line's own rate, or its part of the net where its tax is not known; in whole minor units.
guessed as (
    select
        priced.*,
        tax.rate as tax_rate,
        {{ rounded_half_even(
            product(
                'priced.net_amount',
                'coalesce(tax.rate, ' ~ ratio(
                    'priced.invoice_tax_amount',
                    'sum(priced.net_amount) over (partition by priced.source_id, priced.invoice)'
                ) ~ ', 0)',
                10
            ),
            'priced.digits'
        ) }} as tax_guess
    from priced
    left join tax on priced.source_id = tax.source_id and priced.tax = tax.id
),

-- The rest goes to the largest line, so that the lines sum to the invoice's tax.
shared as (
    select
        guessed.*,
        invoice_tax_amount - sum(tax_guess) over (partition by source_id, invoice) as tax_rest,
        row_number() over (partition by source_id, invoice order by abs(net_amount) desc, id) as position_by_size
    from guessed
)

select
    source_id,
    id,
    invoice,
    product,
    quantity,
    unit,
    unit_price,
    account,
    description,
    origin,
    sequence,
    create_date,
    write_date,
    currency_code,
    digits,
    net_amount,
    tax,
    tax_rate,
    tax_guess + case when position_by_size = 1 then tax_rest else 0 end as tax_amount,
    seq
from shared
