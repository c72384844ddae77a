{% call conform('purchase_invoices') %}
with
line as (select * from {{ ref('sap_invoice_lines') }}),

invoice as (select * from {{ landed('sap', 'RBKP') }}),

order_line as (select * from {{ landed('sap', 'EKPO') }}),

receipt as (
    select
        source_id,
        MANDT,
        line_id,
        changed_seq
    from {{ ref('sap_material_documents') }}
    where entity = 'goods_receipts'
),

-- The order's history holds the invoiced value in company currency.
history as (
    select
        source_id,
        MANDT,
        EBELN,
        EBELP,
        GJAHR,
        BELNR,
        right('000000' || BUZEI, 6) as BUZEI,
        sum(DMBTR) as base_amount,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'EKBE') }}
    where VGABE in ('2', '3')
    group by source_id, MANDT, EBELN, EBELP, GJAHR, BELNR, right('000000' || BUZEI, 6)
),

company as (select * from {{ ref('sap_companies') }}),

factor as (select * from {{ ref('sap_rate_factors') }}),

joined as (
    select
        line.*,
        invoice.BUKRS,
        invoice.BLDAT,
        invoice.BUDAT,
        invoice.USNAM,
        invoice.CPUDT,
        invoice.CPUTM,
        invoice.XBLNR,
        invoice.LIFNR,
        invoice.WAERS,
        invoice.KURSF,
        invoice.RBSTAT,
        invoice.XRECH,
        invoice.ZFBDT,
        case when invoice.ZBD3T > 0 then invoice.ZBD3T when invoice.ZBD2T > 0 then invoice.ZBD2T else coalesce(invoice.ZBD1T, 0) end
            as net_days,
        -- Both documents of a reversal point at each other; the later one is the reversal.
        reversed.BELNR is not null and invoice.CPUDT || invoice.CPUTM || invoice.GJAHR || invoice.BELNR
        > reversed.CPUDT || reversed.CPUTM || reversed.GJAHR || reversed.BELNR as is_reversal,
        reversed.BELNR || '/' || reversed.GJAHR as reversed_id,
        invoice.BKTXT as header_text,
        order_line.PSTYP,
        order_line.KNTTP,
        order_line.TXZ01,
        receipt.line_id as receipt_line_id,
        history.base_amount,
        company.WAERS as base_currency_code,
        coalesce(company.factor, 1) as base_factor,
        coalesce(company.minor_units, 2) as base_minor_units,
        factor.from_factor,
        factor.to_factor,
        greatest(
            line.changed_seq, invoice._bb_seq, reversed._bb_seq, order_line._bb_seq, receipt.changed_seq, history._bb_seq,
            company.changed_seq, factor.changed_seq
        ) as newest_seq
    from line
    inner join invoice
        on line.source_id = invoice.source_id
        and line.MANDT = invoice.MANDT
        and line.BELNR = invoice.BELNR
        and line.GJAHR = invoice.GJAHR
    left join invoice as reversed
        on invoice.source_id = reversed.source_id
        and invoice.MANDT = reversed.MANDT
        and invoice.STBLG = reversed.BELNR
        and invoice.STJAH = reversed.GJAHR
    left join order_line
        on line.source_id = order_line.source_id
        and line.MANDT = order_line.MANDT
        and line.EBELN = order_line.EBELN
        and line.EBELP = order_line.EBELP
    left join receipt
        on line.source_id = receipt.source_id
        and line.MANDT = receipt.MANDT
        and line.LFBNR || '/' || line.LFGJA || '/' || line.LFPOS = receipt.line_id
    left join history
        on line.source_id = history.source_id
        and line.MANDT = history.MANDT
        and line.EBELN = history.EBELN
        and line.EBELP = history.EBELP
        and line.GJAHR = history.GJAHR
        and line.BELNR = history.BELNR
        and line.BUZEI = history.BUZEI
    left join company
        on invoice.source_id = company.source_id and invoice.MANDT = company.MANDT and invoice.BUKRS = company.BUKRS
    left join factor
        on invoice.source_id = factor.source_id
        and invoice.MANDT = factor.MANDT
        and invoice.WAERS = factor.FCURR
        and company.WAERS = factor.TCURR
),

dated as (
    select
        joined.*,
        try_cast(concat_ws('-', substr(ZFBDT, 1, 4), substr(ZFBDT, 5, 2), substr(ZFBDT, 7, 2)) as date) as base_date
    from joined
)

select
    source_id,
    BELNR || '/' || GJAHR as document_id,
    BELNR || '/' || GJAHR || '/' || BUZEI as line_id,
    regexp_replace(BELNR, '^0+', '') as document_no,
    coalesce(try_cast(BUZEI as integer), 900000 + row_number() over (partition by source_id, MANDT, BELNR, GJAHR order by BUZEI))
        as line_no,
    BUKRS as company_code,
    regexp_replace(KOSTL, '^0+', '') as org_unit_code,
    nullif(trim(WERKS), '') as warehouse_code,
    'supplier' as partner_kind,
    regexp_replace(LIFNR, '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    coalesce(nullif(trim(SGTXT), ''), TXZ01) as description,
    case
        when BUZEI = 'BEZNK' then 'freight'
        when PSTYP = '9' then 'service'
        when KNTTP = 'A' then 'asset'
        when coalesce(trim(KNTTP), '') <> '' or SAKNR is not null then 'expense'
        else 'stock'
    end as line_kind,
    regexp_replace(SAKNR, '^0+', '') as cost_account_code,
    concat_ws('-', substr(BLDAT, 1, 4), substr(BLDAT, 5, 2), substr(BLDAT, 7, 2)) as document_date,
    concat_ws('-', substr(BUDAT, 1, 4), substr(BUDAT, 5, 2), substr(BUDAT, 7, 2)) as posting_date,
    {{ date_plus_days('base_date', 'net_days') }} as due_date,
    case RBSTAT when '5' then 'approved' when '2' then 'cancelled' else 'draft' end as status,
    coalesce(XRECH, '') <> 'X' and not coalesce(is_reversal, false) as is_return,
    case
        when is_reversal then 'error'
        when sign = -1 and TBTKZ = 'X' then 'price'
        when sign = -1 then 'return'
    end as red_reason,
    case when is_reversal then reversed_id || '/' || BUZEI end as original_line_id,
    -- A subsequent debit or credit corrects the value of goods invoiced before, not their quantity.
    case when TBTKZ = 'X' then 0 else sign * MENGE end as quantity,
    BSTME as uom_code,
    WAERS as currency_code,
    case
        when WAERS = base_currency_code then 1
        when KURSF > 0 then {{ ratio(product('KURSF', 'coalesce(to_factor, 1)'), 'coalesce(from_factor, 1)') }}
        when KURSF < 0 then {{ ratio('coalesce(to_factor, 1)', product('-KURSF', 'coalesce(from_factor, 1)')) }}
    end as exchange_rate,
    case when MENGE <> 0 then {{ ratio('abs(net_amount)', 'MENGE') }} end as unit_price,
    net_amount,
    MWSKZ as tax_code,
    tax_rate,
    tax_amount,
    net_amount + tax_amount as gross_amount,
    sign * {{ rounded(product('base_amount', 'base_factor'), 'base_minor_units') }} as base_net_amount,
    -- Clerks write on the header what must not be deducted; SAP itself knows it by tax code only.
    case when header_text like '%不得抵扣%' then 'none' end as input_usage,
    USNAM as created_by,
    concat_ws('-', substr(CPUDT, 1, 4), substr(CPUDT, 5, 2), substr(CPUDT, 7, 2)) || ' '
    || concat_ws(':', substr(CPUTM, 1, 2), substr(CPUTM, 3, 2), substr(CPUTM, 5, 2)) as created_at,
    XBLNR as invoice_no,
    concat_ws('-', substr(BLDAT, 1, 4), substr(BLDAT, 5, 2), substr(BLDAT, 7, 2)) as invoice_date,
    case when coalesce(trim(EBELN), '') <> '' then EBELN || '/' || EBELP end as purchase_order_line_id,
    receipt_line_id as goods_receipt_line_id,
    newest_seq as changed_seq
from dated
{% endcall %}
