{% call conform('notes') %}
-- A bill of exchange (special ledger W) is known by the voucher with which it was taken or given.
select
    source_id,
    voucher_id as note_no,
    case min(KOART) when 'K' then 'payable' else 'receivable' end as side,
    sum(abs(amount)) as face_amount,
    concat_ws('-', substr(min(BUDAT), 1, 4), substr(min(BUDAT), 5, 2), substr(min(BUDAT), 7, 2)) as issue_date,
    min(partner_kind) as partner_kind,
    min(partner_code) as partner_code,
    greatest(max(newest_seq), max(changed_seq)) as changed_seq
from {{ ref('sap_open_items') }}
where
    UMSKZ = 'W'
    and ((KOART = 'K' and amount < 0) or (KOART = 'D' and amount > 0))
    and BSTAT not in ('V', 'W', 'Z')
group by source_id, voucher_id
{% endcall %}
