{% call conform('note_events') %}
-- A bill of exchange (special ledger W) is known by the voucher with which it was taken or given;
-- the clearing of that line is its end.
select
    source_id,
    voucher_id as note_no,
    'collected' as event,
    concat_ws('-', substr(AUGDT, 1, 4), substr(AUGDT, 5, 2), substr(AUGDT, 7, 2)) as event_date,
    sum(abs(amount)) as amount,
    greatest(max(newest_seq), max(changed_seq)) as changed_seq
from {{ ref('sap_open_items') }}
where
    UMSKZ = 'W'
    and ((KOART = 'K' and amount < 0) or (KOART = 'D' and amount > 0))
    and BSTAT not in ('V', 'W', 'Z')
    and AUGBL is not null
group by source_id, voucher_id, AUGDT
{% endcall %}
