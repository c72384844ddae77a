-- Lines on suppliers and customers, and what kind of document each is: money where the voucher also moves a cash account.
with
line as (select * from {{ ref('sap_ledger_lines') }}),

cash_voucher as (
    select
        source_id,
        MANDT,
        voucher_id,
        max(changed_seq) as changed_seq
    from line
    where is_cash
    group by source_id, MANDT, voucher_id
)

select
    line.*,
    cash_voucher.voucher_id is not null as is_payment,
    case line.KOART when 'D' then 'customer' else 'supplier' end as partner_kind,
    regexp_replace(case line.KOART when 'D' then line.KUNNR else line.LIFNR end, '^0+', '') as partner_code,
    greatest(line.changed_seq, cash_voucher.changed_seq) as newest_seq
from line
left join cash_voucher
    on line.source_id = cash_voucher.source_id
    and line.MANDT = cash_voucher.MANDT
    and line.voucher_id = cash_voucher.voucher_id
where line.KOART in ('D', 'K') and line.BSTAT not in ('V', 'W', 'Z')
