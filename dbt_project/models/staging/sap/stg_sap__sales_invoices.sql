{% call conform('sales_invoices') %}
with
line as (select * from {{ landed('sap', 'VBRP') }}),

invoice as (select * from {{ landed('sap', 'VBRK') }}),

delivery_line as (select * from {{ landed('sap', 'LIPS') }}),

sale as (select * from {{ landed('sap', 'VBAK') }}),

term as (
    select
        source_id,
        MANDT,
        ZTERM,
        max(case when ZTAG3 > 0 then ZTAG3 when ZTAG2 > 0 then ZTAG2 else ZTAG1 end) as net_days,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'T052') }}
    group by source_id, MANDT, ZTERM
),

company as (select * from {{ ref('sap_companies') }}),

shift as (select * from {{ ref('sap_currency_shifts') }}),

factor as (select * from {{ ref('sap_rate_factors') }}),

-- M, P and 5 are invoices; N cancels them and O and 6 credit them, S cancels a credit. Amounts are unsigned; an item of
-- returns (SHKZG) in an invoice stands the other way round. Pro forma invoices (U) are none.
joined as (
    select
        line.*,
        invoice.VBTYP,
        invoice.FKDAT,
        invoice.ERDAT,
        invoice.ERZET,
        invoice.ERNAM,
        invoice.BUKRS,
        invoice.KUNRG,
        invoice.WAERK,
        invoice.KURRF,
        invoice.RFBSK,
        invoice.XBLNR,
        invoice.SFAKN,
        delivery_line.VBELN as delivery_id,
        sale.VBTYP as sale_kind,
        try_cast(concat_ws('-', substr(invoice.FKDAT, 1, 4), substr(invoice.FKDAT, 5, 2), substr(invoice.FKDAT, 7, 2)) as date) as billed_on,
        term.net_days,
        coalesce(shift.factor, 1) as shift_factor,
        coalesce(shift.minor_units, 2) as minor_units,
        company.WAERS as base_currency_code,
        factor.from_factor,
        factor.to_factor,
        case when invoice.VBTYP in ('N', 'O', '6') then -1 else 1 end
        * case when line.SHKZG = 'X' and invoice.VBTYP in ('M', 'N', 'P', '5') then -1 else 1 end as sign,
        greatest(
            line._bb_seq, invoice._bb_seq, delivery_line._bb_seq, sale._bb_seq, term._bb_seq, shift.changed_seq,
            company.changed_seq, factor.changed_seq
        ) as newest_seq
    from line
    inner join invoice on line.source_id = invoice.source_id and line.MANDT = invoice.MANDT and line.VBELN = invoice.VBELN
    left join delivery_line
        on line.source_id = delivery_line.source_id
        and line.MANDT = delivery_line.MANDT
        and line.VGBEL = delivery_line.VBELN
        and line.VGPOS = delivery_line.POSNR
    left join sale on line.source_id = sale.source_id and line.MANDT = sale.MANDT and line.AUBEL = sale.VBELN
    left join term
        on invoice.source_id = term.source_id and invoice.MANDT = term.MANDT and invoice.ZTERM = term.ZTERM
    left join company
        on invoice.source_id = company.source_id and invoice.MANDT = company.MANDT and invoice.BUKRS = company.BUKRS
    left join shift on invoice.source_id = shift.source_id and invoice.WAERK = shift.currency_code
    left join factor
        on invoice.source_id = factor.source_id
        and invoice.MANDT = factor.MANDT
        and invoice.WAERK = factor.FCURR
        and company.WAERS = factor.TCURR
    where invoice.VBTYP in ('M', 'N', 'O', 'P', 'S', '5', '6')
),

priced as (
    select
        joined.*,
        sign * {{ rounded(product('NETWR', 'shift_factor'), 'minor_units') }} as net_amount,
        sign * {{ rounded(product('MWSBP', 'shift_factor'), 'minor_units') }} as tax_amount
    from joined
)

-- A cancelled invoice (FKSTO) stays as it was issued; the document that cancels it takes it away on its own day.
select
    source_id,
    VBELN as document_id,
    VBELN || '/' || POSNR as line_id,
    regexp_replace(VBELN, '^0+', '') as document_no,
    regexp_replace(POSNR, '^0+', '') as line_no,
    BUKRS as company_code,
    regexp_replace(KOSTL, '^0+', '') as org_unit_code,
    case
        when coalesce(trim(LGORT), '') <> '' then WERKS || '/' || LGORT
        else nullif(trim(WERKS), '')
    end as warehouse_code,
    'customer' as partner_kind,
    regexp_replace(KUNRG, '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    ARKTX as description,
    case when coalesce(trim(MATNR), '') = '' then 'service' else 'stock' end as line_kind,
    concat_ws('-', substr(FKDAT, 1, 4), substr(FKDAT, 5, 2), substr(FKDAT, 7, 2)) as document_date,
    concat_ws('-', substr(FKDAT, 1, 4), substr(FKDAT, 5, 2), substr(FKDAT, 7, 2)) as posting_date,
    {{ date_plus_days('billed_on', 'net_days') }} as due_date,
    case when RFBSK = 'A' then 'submitted' else 'approved' end as status,
    sign = -1 and VBTYP <> 'N' as is_return,
    case
        when VBTYP in ('N', 'S') then 'error'
        when VBTYP in ('O', '6') and sale_kind = 'K' then 'price'
        when sign = -1 then 'return'
    end as red_reason,
    case
        when coalesce(trim(SFAKN), '') <> '' then SFAKN || '/' || POSNR
        when VBTYP = 'O' and delivery_id is null and coalesce(trim(VGBEL), '') <> '' then VGBEL || '/' || VGPOS
    end as original_line_id,
    case when VBTYP in ('O', '6') and sale_kind = 'K' then 0 else sign * FKIMG end as quantity,
    VRKME as uom_code,
    case when VBTYP in ('O', '6') and sale_kind = 'K' then 0 else sign * coalesce(nullif(FKLMG, 0), FKIMG) end as base_quantity,
    WAERK as currency_code,
    case
        when WAERK = base_currency_code then 1
        when KURRF > 0 then {{ ratio(product('KURRF', 'coalesce(to_factor, 1)'), 'coalesce(from_factor, 1)') }}
        when KURRF < 0 then {{ ratio('coalesce(to_factor, 1)', product('-KURRF', 'coalesce(from_factor, 1)')) }}
    end as exchange_rate,
    {{ ratio('abs(net_amount)', 'FKIMG') }} as unit_price,
    net_amount,
    case when net_amount <> 0 then {{ ratio('tax_amount', 'net_amount') }} end as tax_rate,
    tax_amount,
    net_amount + tax_amount as gross_amount,
    ERNAM as created_by,
    concat_ws('-', substr(ERDAT, 1, 4), substr(ERDAT, 5, 2), substr(ERDAT, 7, 2)) || ' '
    || concat_ws(':', substr(ERZET, 1, 2), substr(ERZET, 3, 2), substr(ERZET, 5, 2)) as created_at,
    coalesce(nullif(trim(XBLNR), ''), regexp_replace(VBELN, '^0+', '')) as invoice_no,
    concat_ws('-', substr(FKDAT, 1, 4), substr(FKDAT, 5, 2), substr(FKDAT, 7, 2)) as invoice_date,
    case when sale_kind is not null then AUBEL || '/' || AUPOS end as sales_order_line_id,
    case when delivery_id is not null then VGBEL || '/' || VGPOS end as shipment_line_id,
    newest_seq as changed_seq
from priced
{% endcall %}
