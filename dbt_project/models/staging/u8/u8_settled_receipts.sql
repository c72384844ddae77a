-- U8's own match of invoice lines and receipt lines (采购结算), one row per pair.
with
line as (select * from {{ landed('u8', 'PurSettleVouchs') }}),

past as (
    select
        source_id,
        iBsID,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('u8', 'PurSettleVouchs') }}
    group by source_id, iBsID
)

select
    line.source_id,
    line.iBsID as invoice_line,
    line.iRdsID as receipt_line,
    sum(line.iSVQuantity) as quantity,
    sum(line.iSVPrice) as amount,
    max(greatest(line._bb_seq, past._bb_seq)) as changed_seq
from line
left join past on line.source_id = past.source_id and line.iBsID = past.iBsID
where line.iBsID is not null and line.iRdsID is not null
group by line.source_id, line.iBsID, line.iRdsID
