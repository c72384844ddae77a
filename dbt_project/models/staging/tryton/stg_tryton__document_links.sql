{% call conform('document_links') %}
with
link as (select * from {{ landed('tryton', 'account_invoice_line-stock_move') }}),

line as (select * from {{ ref('tryton_invoice_lines') }}),

invoice as (select * from {{ landed('tryton', 'account_invoice') }}),

move as (select * from {{ ref('tryton_stock_moves') }}),

-- An invoice line over several moves: each move takes its own quantity, the last one the rest.
ordered as (
    select
        link.source_id,
        link.invoice_line,
        link.stock_move,
        line.quantity as line_quantity,
        line.net_amount,
        line.digits,
        invoice.type,
        move.quantity * case when line.quantity < 0 then -1 else 1 end as move_quantity,
        row_number() over (partition by link.source_id, link.invoice_line order by link.stock_move) as position,
        count(*) over (partition by link.source_id, link.invoice_line) as positions,
        max(greatest(link._bb_seq, line.seq, invoice._bb_seq, move.changed_seq))
            over (partition by link.source_id, link.invoice_line) as newest_seq
    from link
    inner join line on link.source_id = line.source_id and link.invoice_line = line.id
    inner join invoice on line.source_id = invoice.source_id and line.invoice = invoice.id
    inner join move on link.source_id = move.source_id and link.stock_move = move.id
),

shared as (
    select
        ordered.*,
        case
            when positions > 1
                then {{ rounded_half_even(product('net_amount', ratio('move_quantity', 'line_quantity'), 10), 'digits') }}
        end as share
    from ordered
)

select
    source_id,
    case type when 'in' then 'goods_receipts' else 'shipments' end as from_entity,
    stock_move as from_line_id,
    case type when 'in' then 'purchase_invoices' else 'sales_invoices' end as to_entity,
    invoice_line as to_line_id,
    case
        when position < positions then move_quantity
        else line_quantity - (sum(move_quantity) over (partition by source_id, invoice_line) - move_quantity)
    end as quantity,
    case
        when positions = 1 then net_amount
        when position < positions then share
        else net_amount - (sum(share) over (partition by source_id, invoice_line) - share)
    end as amount,
    newest_seq as changed_seq
from shared
{% endcall %}
