-- Lines on suppliers and customers. A voucher is a payment when it also moves a cash account: one marked as such, a
-- house bank's, or any account in vouchers of the payment types that SAP delivers. Bills of exchange (special ledger W)
-- are not money yet: what they pay is paid by note, and their own lines are no payments.
with
line as (select * from {{ ref('sap_ledger_lines') }}),

bank_account as (
    select
        source_id,
        MANDT,
        BUKRS,
        HKONT,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'T012K') }}
    where trim(HKONT) <> ''
    group by source_id, MANDT, BUKRS, HKONT
),

voucher as (
    select
        line.source_id,
        line.MANDT,
        line.voucher_id,
        max(
            case
                when line.is_cash or bank_account.HKONT is not null or line.BLART in ('KZ', 'ZP', 'DZ') then 1
                else 0
            end
        ) = 1 as moves_cash,
        max(case when line.UMSKZ = 'W' then 1 else 0 end) = 1 as has_note,
        max(case when line.UMSKZ = 'A' then 1 else 0 end) = 1 as has_advance,
        -- What the advances were worth that the voucher pays or uses up.
        abs(sum(case when line.UMSKZ = 'A' then line.amount end)) as advance_amount,
        -- With one partner line, the money is what moved on cash and note accounts; a discount and an exchange
        -- difference stand between the two.
        case
            when sum(case when line.KOART in ('D', 'K') and coalesce(line.UMSKZ, '') <> 'W' then 1 else 0 end) = 1
                then sum(case when line.is_cash or bank_account.HKONT is not null or line.UMSKZ = 'W' then -line.amount end)
        end as money_amount,
        case
            when sum(case when line.KOART in ('D', 'K') and coalesce(line.UMSKZ, '') <> 'W' then 1 else 0 end) = 1
                then sum(case when line.is_cash or bank_account.HKONT is not null or line.UMSKZ = 'W' then -line.currency_amount end)
        end as money_currency_amount,
        max(greatest(line.changed_seq, bank_account._bb_seq)) as changed_seq
    from line
    left join bank_account
        on line.source_id = bank_account.source_id
        and line.MANDT = bank_account.MANDT
        and line.BUKRS = bank_account.BUKRS
        and line.HKONT = bank_account.HKONT
    group by line.source_id, line.MANDT, line.voucher_id
)

select
    line.*,
    voucher.moves_cash and coalesce(line.UMSKZ, '') <> 'W' as is_payment,
    voucher.has_note,
    voucher.has_advance,
    voucher.advance_amount,
    coalesce(voucher.money_amount, line.amount) as money_amount,
    coalesce(voucher.money_currency_amount, line.currency_amount) as money_currency_amount,
    case line.KOART when 'D' then 'customer' else 'supplier' end as partner_kind,
    regexp_replace(case line.KOART when 'D' then line.KUNNR else line.LIFNR end, '^0+', '') as partner_code,
    voucher.changed_seq as newest_seq
from line
inner join voucher
    on line.source_id = voucher.source_id and line.MANDT = voucher.MANDT and line.voucher_id = voucher.voucher_id
where line.KOART in ('D', 'K') and line.BSTAT not in ('V', 'W', 'Z')
