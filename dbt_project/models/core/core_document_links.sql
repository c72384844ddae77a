{{ config(materialized='view') }}
-- Which document line came from which, with exact shares: the vendor's n:m links and the pointers on the lines.
with
explicit as (select * from {{ united('document_links') }}),

line as (select * from {{ ref('core_document_lines') }}),

pointed as (
    select
        line.source_id,
        case when line.entity in ('goods_receipts', 'purchase_invoices') then 'purchase_orders' else 'sales_orders' end as from_entity,
        line.order_line_id as from_line_id,
        line.entity as to_entity,
        line.line_id as to_line_id,
        line.quantity,
        line.net_amount as amount,
        line.changed_seq
    from line
    where line.order_line_id is not null and line.entity in ('goods_receipts', 'purchase_invoices', 'shipments', 'sales_invoices')
    union all
    select
        line.source_id,
        case line.entity
            when 'purchase_invoices' then 'goods_receipts'
            else 'shipments'
        end as from_entity,
        line.stock_line_id as from_line_id,
        line.entity as to_entity,
        line.line_id as to_line_id,
        line.quantity,
        line.net_amount as amount,
        line.changed_seq
    from line
    left join explicit
        on line.source_id = explicit.source_id
        and line.entity = explicit.to_entity
        and line.line_id = explicit.to_line_id
        and explicit.from_entity in ('goods_receipts', 'shipments')
    where line.stock_line_id is not null and explicit.to_line_id is null
)

select
    source_id,
    from_entity,
    from_line_id,
    to_entity,
    to_line_id,
    quantity,
    amount,
    changed_seq
from explicit
union all
select
    source_id,
    from_entity,
    from_line_id,
    to_entity,
    to_line_id,
    quantity,
    amount,
    changed_seq
from pointed
