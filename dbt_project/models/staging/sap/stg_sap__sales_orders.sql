{% call conform('sales_orders') %}
with
line as (select * from {{ landed('sap', 'VBAP') }}),

sale as (select * from {{ landed('sap', 'VBAK') }}),

organisation as (select * from {{ landed('sap', 'TVKO') }}),

status as (select * from {{ landed('sap', 'VBUK') }}),

business_data as (
    select
        source_id,
        MANDT,
        VBELN,
        max(KURSK) as KURSK,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'VBKD') }}
    where try_cast(POSNR as integer) = 0
    group by source_id, MANDT, VBELN
),

delivered as (
    select
        item.source_id,
        item.MANDT,
        item.VGBEL,
        item.VGPOS,
        sum(item.LFIMG) as quantity,
        max(item._bb_seq) as _bb_seq
    from {{ landed('sap', 'LIPS') }} as item
    group by item.source_id, item.MANDT, item.VGBEL, item.VGPOS
),

project as (select * from {{ landed('sap', 'PRPS') }}),

company as (select * from {{ ref('sap_companies') }}),

shift as (select * from {{ ref('sap_currency_shifts') }}),

factor as (select * from {{ ref('sap_rate_factors') }}),

-- C and I are orders, L asks for money; H (returns) and K (credit requests) take away.
joined as (
    select
        line.*,
        sale.VBTYP,
        sale.AUDAT,
        sale.ERDAT,
        sale.ERZET,
        sale.ERNAM,
        sale.VTWEG,
        sale.KUNNR,
        sale.WAERK as head_currency,
        sale.VDATU,
        coalesce(nullif(trim(sale.BUKRS_VF), ''), organisation.BUKRS) as company_code,
        coalesce(nullif(trim(sale.GBSTK), ''), status.GBSTK) as overall_status,
        business_data.KURSK,
        coalesce(delivered.quantity, 0) as delivered_quantity,
        project.POSID,
        coalesce(shift.factor, 1) as shift_factor,
        coalesce(shift.minor_units, 2) as minor_units,
        company.WAERS as base_currency_code,
        factor.from_factor,
        factor.to_factor,
        case when sale.VBTYP in ('H', 'K') or line.SHKZG = 'X' then -1 else 1 end as sign,
        greatest(
            line._bb_seq, sale._bb_seq, organisation._bb_seq, status._bb_seq, business_data._bb_seq, delivered._bb_seq,
            project._bb_seq, shift.changed_seq, company.changed_seq, factor.changed_seq
        ) as newest_seq
    from line
    inner join sale on line.source_id = sale.source_id and line.MANDT = sale.MANDT and line.VBELN = sale.VBELN
    left join organisation
        on sale.source_id = organisation.source_id and sale.MANDT = organisation.MANDT and sale.VKORG = organisation.VKORG
    left join status on sale.source_id = status.source_id and sale.MANDT = status.MANDT and sale.VBELN = status.VBELN
    left join business_data
        on sale.source_id = business_data.source_id and sale.MANDT = business_data.MANDT and sale.VBELN = business_data.VBELN
    left join delivered
        on line.source_id = delivered.source_id
        and line.MANDT = delivered.MANDT
        and line.VBELN = delivered.VGBEL
        and line.POSNR = delivered.VGPOS
    left join project
        on line.source_id = project.source_id and line.MANDT = project.MANDT and line.PS_PSP_PNR = project.PSPNR
    left join company
        on sale.source_id = company.source_id
        and sale.MANDT = company.MANDT
        and coalesce(nullif(trim(sale.BUKRS_VF), ''), organisation.BUKRS) = company.BUKRS
    left join shift on sale.source_id = shift.source_id and sale.WAERK = shift.currency_code
    left join factor
        on sale.source_id = factor.source_id
        and sale.MANDT = factor.MANDT
        and sale.WAERK = factor.FCURR
        and company.WAERS = factor.TCURR
    where sale.VBTYP in ('C', 'H', 'I', 'K', 'L')
),

priced as (
    select
        joined.*,
        sign * {{ rounded(product('NETWR', 'shift_factor'), 'minor_units') }} as net_amount,
        sign * {{ rounded(product('MWSBP', 'shift_factor'), 'minor_units') }} as tax_amount
    from joined
)

select
    source_id,
    VBELN as document_id,
    VBELN || '/' || POSNR as line_id,
    regexp_replace(VBELN, '^0+', '') as document_no,
    regexp_replace(POSNR, '^0+', '') as line_no,
    company_code,
    POSID as project_code,
    case
        when coalesce(trim(LGORT), '') <> '' then WERKS || '/' || LGORT
        else nullif(trim(WERKS), '')
    end as warehouse_code,
    'customer' as partner_kind,
    regexp_replace(KUNNR, '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    ARKTX as description,
    case when coalesce(trim(MATNR), '') = '' then 'service' else 'stock' end as line_kind,
    concat_ws('-', substr(AUDAT, 1, 4), substr(AUDAT, 5, 2), substr(AUDAT, 7, 2)) as document_date,
    case
        when coalesce(trim(ABGRU), '') <> '' and delivered_quantity = 0 then 'cancelled'
        when coalesce(trim(ABGRU), '') <> '' or overall_status = 'C' then 'closed'
        else 'approved'
    end as status,
    sign = -1 as is_return,
    case VBTYP when 'H' then 'return' when 'K' then 'price' end as red_reason,
    VBTYP = 'I' as is_free,
    case when coalesce(trim(VGBEL), '') <> '' and sign = -1 then VGBEL || '/' || VGPOS end as original_line_id,
    sign * KWMENG as quantity,
    VRKME as uom_code,
    {{ ratio(product('sign * KWMENG', 'coalesce(nullif(UMVKZ, 0), 1)'), 'coalesce(nullif(UMVKN, 0), 1)') }} as base_quantity,
    case when coalesce(trim(ABGRU), '') <> '' then greatest(KWMENG - delivered_quantity, 0) end as cancelled_quantity,
    overall_status = 'C' as is_delivery_complete,
    coalesce(nullif(trim(WAERK), ''), head_currency) as currency_code,
    case
        when head_currency = base_currency_code then 1
        when KURSK > 0 then {{ ratio(product('KURSK', 'coalesce(to_factor, 1)'), 'coalesce(from_factor, 1)') }}
        when KURSK < 0 then {{ ratio('coalesce(to_factor, 1)', product('-KURSK', 'coalesce(from_factor, 1)')) }}
    end as exchange_rate,
    {{ ratio('abs(net_amount)', 'KWMENG') }} as unit_price,
    net_amount,
    case when net_amount <> 0 then {{ ratio('tax_amount', 'net_amount') }} end as tax_rate,
    tax_amount,
    net_amount + tax_amount as gross_amount,
    ERNAM as created_by,
    concat_ws('-', substr(ERDAT, 1, 4), substr(ERDAT, 5, 2), substr(ERDAT, 7, 2)) || ' '
    || concat_ws(':', substr(ERZET, 1, 2), substr(ERZET, 3, 2), substr(ERZET, 5, 2)) as created_at,
    concat_ws('-', substr(VDATU, 1, 4), substr(VDATU, 5, 2), substr(VDATU, 7, 2)) as promised_date,
    VTWEG as channel_code,
    newest_seq as changed_seq
from priced
{% endcall %}
