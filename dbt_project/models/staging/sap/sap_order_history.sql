-- What has been received and invoiced of an order line, in its own unit, by the order's history.
with
history as (select * from {{ landed('sap', 'EKBE') }}),

past as (
    select
        source_id,
        MANDT,
        EBELN,
        EBELP,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('sap', 'EKBE') }}
    group by source_id, MANDT, EBELN, EBELP
)

select
    history.source_id,
    history.MANDT,
    history.EBELN,
    history.EBELP,
    sum(
        case
            when history.VGABE <> '1' then 0
            when history.SHKZG = 'H' then -history.MENGE
            else history.MENGE
        end
    ) as received_quantity,
    sum(
        case
            when history.VGABE <> '2' then 0
            when history.SHKZG = 'H' then -history.MENGE
            else history.MENGE
        end
    ) as invoiced_quantity,
    max(greatest(history._bb_seq, past._bb_seq)) as changed_seq
from history
left join past
    on history.source_id = past.source_id
    and history.MANDT = past.MANDT
    and history.EBELN = past.EBELN
    and history.EBELP = past.EBELP
group by history.source_id, history.MANDT, history.EBELN, history.EBELP
