{% call conform('notes') %}
select
    source_id,
    cNoteID as note_no,
    case cFlag when 'AR' then 'receivable' else 'payable' end as side,
    iMoney as face_amount,
    dSignDate as issue_date,
    dEndDate as due_date,
    cDrawer as drawer,
    case cFlag when 'AR' then 'customer' else 'supplier' end as partner_kind,
    cDwCode as partner_code,
    _bb_seq as changed_seq
from {{ landed('u8', 'Ap_Note') }}
{% endcall %}
