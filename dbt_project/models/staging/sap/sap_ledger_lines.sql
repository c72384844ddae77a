-- Lines of posted, parked and voided FI documents with their header, signed: S debit, H credit; true amounts.
with
line as (select * from {{ landed('sap', 'BSEG') }}),

voucher as (
    select *
    from {{ landed('sap', 'BKPF') }}
    -- Recurring entries (D), samples (M) and noted items (S) post nothing; L is not for the leading ledger.
    where coalesce(BSTAT, '') not in ('D', 'M', 'S', 'L')
),

company as (select * from {{ ref('sap_companies') }}),

shift as (select * from {{ ref('sap_currency_shifts') }}),

-- Cash accounts are marked in the company's part of an account; only balance sheet accounts hold money.
account as (
    select
        own.source_id,
        own.MANDT,
        own.BUKRS,
        own.SAKNR,
        chart.XBILK = 'X' and (own.XGKON = 'X' or coalesce(trim(own.HBKID), '') <> '') as is_cash,
        greatest(own._bb_seq, chart._bb_seq) as _bb_seq
    from {{ landed('sap', 'SKB1') }} as own
    inner join company on own.source_id = company.source_id and own.MANDT = company.MANDT and own.BUKRS = company.BUKRS
    inner join {{ landed('sap', 'SKA1') }} as chart
        on own.source_id = chart.source_id
        and own.MANDT = chart.MANDT
        and company.KTOPL = chart.KTOPL
        and own.SAKNR = chart.SAKNR
)

select
    line.source_id,
    line.MANDT,
    line.BUKRS || '/' || line.BELNR || '/' || line.GJAHR as voucher_id,
    line.BUKRS || '/' || line.BELNR || '/' || line.GJAHR || '/' || line.BUZEI as line_id,
    line.BUKRS,
    line.BELNR,
    line.GJAHR,
    line.BUZEI,
    voucher.BLART,
    voucher.BLDAT,
    voucher.BUDAT,
    voucher.MONAT,
    voucher.CPUDT,
    voucher.CPUTM,
    voucher.USNAM,
    voucher.PPNAM,
    voucher.TCODE,
    voucher.BKTXT,
    voucher.STBLG,
    voucher.STJAH,
    voucher.XREVERSAL,
    voucher.WAERS,
    voucher.KURSF,
    voucher.AWTYP,
    voucher.AWKEY,
    coalesce(voucher.BSTAT, '') as BSTAT,
    line.KOART,
    line.UMSKZ,
    line.SHKZG,
    line.XNEGP,
    line.MWSKZ,
    line.HKONT,
    line.KOSTL,
    line.PROJK,
    line.LIFNR,
    line.KUNNR,
    line.MATNR,
    line.MENGE,
    line.MEINS,
    line.SGTXT,
    line.ZUONR,
    line.ZFBDT,
    case
        when line.ZBD3T > 0 then line.ZBD3T
        when line.ZBD2T > 0 then line.ZBD2T
        else coalesce(line.ZBD1T, 0)
    end as net_days,
    line.HBKID,
    line.HKTID,
    nullif(trim(line.AUGBL), '') as AUGBL,
    line.AUGDT,
    line.REBZG,
    line.REBZJ,
    line.REBZZ,
    coalesce(account.is_cash, false) as is_cash,
    company.WAERS as base_currency_code,
    case line.SHKZG when 'H' then -1 else 1 end
    * {{ rounded(product('line.DMBTR', 'coalesce(company.factor, 1)'), 'coalesce(company.minor_units, 2)') }} as amount,
    case line.SHKZG when 'H' then -1 else 1 end
    * {{ rounded(product('line.WRBTR', 'coalesce(shift.factor, 1)'), 'coalesce(shift.minor_units, 2)') }}
        as currency_amount,
    greatest(line._bb_seq, voucher._bb_seq, company.changed_seq, shift.changed_seq, account._bb_seq) as changed_seq
from line
inner join voucher
    on line.source_id = voucher.source_id
    and line.MANDT = voucher.MANDT
    and line.BUKRS = voucher.BUKRS
    and line.BELNR = voucher.BELNR
    and line.GJAHR = voucher.GJAHR
left join company on line.source_id = company.source_id and line.MANDT = company.MANDT and line.BUKRS = company.BUKRS
left join shift on voucher.source_id = shift.source_id and voucher.WAERS = shift.currency_code
left join account
    on line.source_id = account.source_id
    and line.MANDT = account.MANDT
    and line.BUKRS = account.BUKRS
    and line.HKONT = account.SAKNR
