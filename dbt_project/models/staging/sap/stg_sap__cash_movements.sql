{% call conform('cash_movements') %}
with
item as (
    select *
    from {{ ref('sap_open_items') }}
    where is_payment
),

factor as (select * from {{ ref('sap_rate_factors') }})

-- SAP has no payment document beside the voucher: the supplier's or customer's line of a voucher that moves cash is it.
select
    item.source_id,
    item.voucher_id as document_id,
    item.line_id,
    regexp_replace(item.BELNR, '^0+', '') as document_no,
    regexp_replace(item.BUZEI, '^0+', '') as line_no,
    item.BUKRS as company_code,
    item.partner_kind,
    item.partner_code,
    coalesce(nullif(trim(item.SGTXT), ''), item.BKTXT) as description,
    concat_ws('-', substr(item.BLDAT, 1, 4), substr(item.BLDAT, 5, 2), substr(item.BLDAT, 7, 2)) as document_date,
    concat_ws('-', substr(item.BUDAT, 1, 4), substr(item.BUDAT, 5, 2), substr(item.BUDAT, 7, 2)) as posting_date,
    item.GJAHR as fiscal_year,
    item.MONAT as period_no,
    'closed' as status,
    item.WAERS as currency_code,
    case
        when item.WAERS = item.base_currency_code then 1
        when item.KURSF > 0 then {{ ratio(product('item.KURSF', 'coalesce(factor.to_factor, 1)'), 'coalesce(factor.from_factor, 1)') }}
        when item.KURSF < 0 then {{ ratio('coalesce(factor.to_factor, 1)', product('-item.KURSF', 'coalesce(factor.from_factor, 1)')) }}
    end as exchange_rate,
    case when item.amount >= 0 then 'out' else 'in' end as direction,
    (item.KOART = 'K') <> (item.amount >= 0) as is_refund,
    case when item.has_note then 'note' else 'transfer' end as method,
    -- A note is known by the voucher with which it came.
    case when item.has_note then item.voucher_id else item.ZUONR end as settlement_no,
    concat_ws('-', substr(item.BUDAT, 1, 4), substr(item.BUDAT, 5, 2), substr(item.BUDAT, 7, 2)) as value_date,
    abs(item.money_currency_amount) as amount,
    abs(item.money_amount) as base_amount,
    coalesce(trim(item.UMSKZ), '') = 'A' as is_prepayment,
    item.USNAM as created_by,
    concat_ws('-', substr(item.CPUDT, 1, 4), substr(item.CPUDT, 5, 2), substr(item.CPUDT, 7, 2)) || ' '
    || concat_ws(':', substr(item.CPUTM, 1, 2), substr(item.CPUTM, 3, 2), substr(item.CPUTM, 5, 2)) as created_at,
    greatest(item.newest_seq, factor.changed_seq) as changed_seq
from item
left join factor
    on item.source_id = factor.source_id
    and item.MANDT = factor.MANDT
    and item.WAERS = factor.FCURR
    and item.base_currency_code = factor.TCURR
{% endcall %}
