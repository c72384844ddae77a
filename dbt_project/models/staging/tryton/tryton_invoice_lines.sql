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

joined as (
    select
        line.*,
        -- In every window's key, so that who asks for one direction computes that one only.
        invoice.type as invoice_type,
        currency.digits,
        currency.code as currency_code,
        {{ product('line.quantity', 'line.unit_price', 8) }} as exact_amount,
        coalesce(line_tax.tax, case when taxed_invoice.taxes = 1 then taxed_invoice.only_tax end) as tax,
        coalesce(taxed_invoice.tax_amount, 0) as invoice_tax_amount,
        greatest(
            line._bb_seq, invoice._bb_seq, currency._bb_seq, taxed_invoice._bb_seq, line_tax._bb_seq, past._bb_seq
        ) as own_seq
    from line
    inner join invoice on line.source_id = invoice.source_id and line.invoice = invoice.id
    left join currency on invoice.source_id = currency.source_id and invoice.currency = currency.id
    left join taxed_invoice on line.source_id = taxed_invoice.source_id and line.invoice = taxed_invoice.invoice
    left join line_tax on line.source_id = line_tax.source_id and line.id = line_tax.line
    left join past on line.source_id = past.source_id and line.invoice = past.invoice
    where line.type = 'line'
),

priced as (
    select
        joined.*,
        tax.rate as tax_rate,
        {{ rounded_half_even('joined.exact_amount', 'joined.digits') }} as net_amount
    from joined
    left join tax on joined.source_id = tax.source_id and joined.tax = tax.id
),

whole as (
    select
        priced.*,
        max(own_seq) over (partition by source_id, invoice, invoice_type) as seq,
        sum(net_amount) over (partition by source_id, invoice, invoice_type) as invoice_net_amount
    from priced
),

-- First guess: the line's own rate, or its part of the net where its tax is not known; in whole minor units.
taxed as (
    select
        whole.*,
        {{ product(
            'net_amount',
            'case when tax_rate is not null then tax_rate else coalesce(' ~ ratio('invoice_tax_amount', 'invoice_net_amount') ~ ', 0) end',
            10
        ) }} as exact_tax
    from whole
),

guessed as (
    select
        taxed.*,
        {{ rounded_half_even('exact_tax', 'digits') }} as tax_guess
    from taxed
),

-- The rest goes to the largest line, so that the lines sum to the invoice's tax.
shared as (
    select
        guessed.*,
        invoice_tax_amount - sum(tax_guess) over (partition by source_id, invoice, invoice_type) as tax_rest,
        row_number() over (partition by source_id, invoice, invoice_type order by abs(net_amount) desc, id) as position_by_size
    from guessed
)

select
    source_id,
    id,
    invoice,
    invoice_type,
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
