{{ config(materialized='view') }}
-- Which line of a purchase order came from which line of a request: the pointer that orders carry.
with
asked as (select * from {{ united('purchase_orders') }})

select
    source_id,
    request_line_id,
    line_id as order_line_id,
    net_amount as amount,
    changed_seq
from asked
where request_line_id is not null
