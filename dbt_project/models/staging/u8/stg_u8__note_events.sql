{% call conform('note_events') %}
-- The register has a state and no day of settlement: a settled note was settled when it fell due.
select
    source_id,
    cNoteID as note_no,
    'collected' as event,
    dEndDate as event_date,
    iMoney as amount,
    _bb_seq as changed_seq
from {{ landed('u8', 'Ap_Note') }}
where cState = '已结算'
{% endcall %}
