-- Invoice lines of both directions in canonical words; purchase_invoices and sales_invoices take their half.
with
line as (select * from {{ ref('tryton_invoice_lines') }}),

invoice as (
    select *
    from {{ landed('tryton', 'account_invoice') }}
),

-- The voucher that cancels an invoice is usually that of its credit note, which is an invoice of its own.
credit_note as (
    select
        source_id,
        move,
        max(_bb_seq) as _bb_seq
    from {{ landed('tryton', 'account_invoice') }}
    where move is not null
    group by source_id, move
),

cancellation as (
    select
        entry.source_id,
        entry.id,
        entry.date,
        entry._bb_seq
    from {{ landed('tryton', 'account_move') }} as entry
),

original as (select * from {{ landed('tryton', 'account_invoice_line') }}),

party as (select * from {{ landed('tryton', 'party_party') }}),

product as (select * from {{ landed('tryton', 'product_product') }}),

template as (select * from {{ landed('tryton', 'product_template') }}),

uom as (select * from {{ landed('tryton', 'product_uom') }}),

account as (select * from {{ landed('tryton', 'account_account') }}),

-- One stock move: the link itself; several: see document_links.
move_link as (
    select
        source_id,
        invoice_line,
        case when count(*) = 1 then min(stock_move) end as only_move,
        max(_bb_seq) as _bb_seq
    from {{ landed('tryton', 'account_invoice_line-stock_move') }}
    group by source_id, invoice_line
),

past_link as (
    select
        source_id,
        invoice_line,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('tryton', 'account_invoice_line-stock_move') }}
    group by source_id, invoice_line
),

due as (
    select
        source_id,
        move,
        max(maturity_date) as due_date,
        max(_bb_seq) as _bb_seq
    from (
        select source_id, move, maturity_date, _bb_seq
        from {{ landed('tryton', 'account_move_line') }}
        where maturity_date is not null
        union all
        select source_id, move, cast(null as date), _bb_seq
        from {{ landed_past('tryton', 'account_move_line') }}
    ) as line
    group by source_id, move
),

joined as (
    select
        line.*,
        invoice.company,
        invoice.state,
        invoice.number,
        invoice.reference,
        invoice.move,
        invoice.create_uid,
        coalesce(invoice.invoice_date, cast(invoice.create_date as date)) as invoice_date,
        coalesce(invoice.accounting_date, invoice.invoice_date) as posting_date,
        invoice.party,
        invoice.write_date as invoice_write_date,
        party.code as party_code,
        product.code as product_code,
        template.type as product_type,
        uom.symbol as uom_symbol,
        account.code as account_code,
        move_link.only_move,
        due.due_date,
        original.id as original_line_id,
        -- A credit note points to the line it credits, which points to the order.
        case when original.id is null then line.origin else original.origin end as order_reference,
        case when invoice.cancel_move is not null and credit_note.move is null then cancellation.date end as cancelled_on,
        greatest(
            line.seq, invoice._bb_seq, party._bb_seq, product._bb_seq, template._bb_seq, uom._bb_seq, account._bb_seq,
            move_link._bb_seq, past_link._bb_seq, due._bb_seq, original._bb_seq, credit_note._bb_seq, cancellation._bb_seq
        ) as newest_seq
    from line
    inner join invoice on line.source_id = invoice.source_id and line.invoice = invoice.id
    left join party on invoice.source_id = party.source_id and invoice.party = party.id
    left join product on line.source_id = product.source_id and line.product = product.id
    left join template on product.source_id = template.source_id and product.template = template.id
    left join uom on line.source_id = uom.source_id and line.unit = uom.id
    left join account on line.source_id = account.source_id and line.account = account.id
    left join move_link on line.source_id = move_link.source_id and line.id = move_link.invoice_line
    left join past_link on line.source_id = past_link.source_id and line.id = past_link.invoice_line
    left join due on invoice.source_id = due.source_id and invoice.move = due.move
    left join original
        on line.source_id = original.source_id
        and case when line.origin like 'account.invoice.line,%' then try_cast(substr(line.origin, 22) as bigint) end = original.id
    left join credit_note on invoice.source_id = credit_note.source_id and invoice.cancel_move = credit_note.move
    left join cancellation on invoice.source_id = cancellation.source_id and invoice.cancel_move = cancellation.id
),

-- An invoice that was posted and then cancelled stands in the ledger twice: as itself and as its reversal.
signed as (
    select
        joined.*,
        1 as sign
    from joined
    union all
    select
        joined.*,
        -1 as sign
    from joined
    where cancelled_on is not null and move is not null
)

select
    source_id,
    invoice_type,
    case sign when 1 then cast(invoice as varchar) else cast(invoice as varchar) || '/cancelled' end as document_id,
    case sign when 1 then cast(id as varchar) else cast(id as varchar) || '/cancelled' end as line_id,
    coalesce(number, '*' || cast(invoice as varchar)) as document_no,
    coalesce(sequence, id) as line_no,
    company as company_code,
    case invoice_type when 'in' then 'supplier' else 'customer' end as partner_kind,
    coalesce(party_code, '*' || cast(party as varchar)) as partner_code,
    case when product is not null then coalesce(product_code, '*' || cast(product as varchar)) end as item_code,
    description,
    case product_type when 'service' then 'service' when 'goods' then 'stock' when 'assets' then 'asset' else 'expense' end
        as line_kind,
    coalesce(account_code, '*' || cast(account as varchar)) as cost_account_code,
    case sign when 1 then invoice_date else cancelled_on end as document_date,
    case sign when 1 then coalesce(posting_date, invoice_date) else cancelled_on end as posting_date,
    due_date,
    case
        when state = 'draft' then 'draft'
        when state = 'validated' then 'submitted'
        when state = 'posted' then 'approved'
        when state = 'paid' then 'closed'
        when state = 'cancelled' and move is not null then 'closed'
        when state = 'cancelled' then 'cancelled'
        else 'draft'
    end as status,
    sign * quantity < 0 as is_return,
    case when sign = -1 then 'error' when quantity < 0 then 'return' end as red_reason,
    case sign when 1 then cast(original_line_id as varchar) else cast(id as varchar) end as original_line_id,
    sign * quantity as quantity,
    coalesce(uom_symbol, cast(unit as varchar)) as uom_code,
    currency_code,
    unit_price,
    sign * net_amount as net_amount,
    tax as tax_code,
    tax_rate,
    sign * tax_amount as tax_amount,
    sign * (net_amount + tax_amount) as gross_amount,
    -- The tax invoice's number is the supplier's reference, or our own number.
    case invoice_type when 'in' then reference else number end as invoice_no,
    invoice_date,
    case when order_reference like 'purchase.line,%' then substr(order_reference, 15) end as purchase_order_line_id,
    case when order_reference like 'sale.line,%' then substr(order_reference, 11) end as sales_order_line_id,
    only_move,
    create_uid as created_by,
    create_date as created_at,
    coalesce(write_date, invoice_write_date) as updated_at,
    newest_seq as changed_seq
from signed
