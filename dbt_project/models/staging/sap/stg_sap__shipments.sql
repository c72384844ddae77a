{% call conform('shipments') %}
with
line as (select * from {{ landed('sap', 'LIPS') }}),

delivery as (select * from {{ landed('sap', 'LIKP') }}),

organisation as (select * from {{ landed('sap', 'TVKO') }}),

plant as (select * from {{ ref('sap_plants') }}),

status as (select * from {{ landed('sap', 'VBUK') }}),

sale as (select * from {{ landed('sap', 'VBAK') }}),

company as (select * from {{ ref('sap_companies') }}),

-- What left stock for a delivery line, cancelled issues (602) taken off.
issued as (
    select
        movement.source_id,
        movement.MANDT,
        movement.VBELN_IM,
        movement.VBELP_IM,
        sum(-movement.sign * movement.DMBTR) as cost_amount,
        max(movement.changed_seq) as changed_seq
    from {{ ref('sap_material_documents') }} as movement
    where movement.entity = 'shipments'
    group by movement.source_id, movement.MANDT, movement.VBELN_IM, movement.VBELP_IM
),

-- Deliveries to customers (J) and their returns (T). Transfers between own plants leave by delivery too (64x).
joined as (
    select
        line.*,
        delivery.VBTYP,
        delivery.LFART,
        delivery.ERDAT,
        delivery.ERNAM,
        delivery.WADAT,
        delivery.KUNNR,
        delivery.KUNAG,
        delivery.WAERK,
        case when try_cast(delivery.WADAT_IST as integer) > 0 then delivery.WADAT_IST end as issued_on,
        coalesce(nullif(trim(line.WBSTA), ''), nullif(trim(delivery.WBSTK), ''), status.WBSTK) as issue_status,
        coalesce(organisation.BUKRS, plant.BUKRS) as company_code,
        sale.VBELN as sale_id,
        sale.AUART as sale_type,
        sale.WAERK as sale_currency,
        issued.cost_amount,
        company.WAERS as base_currency_code,
        coalesce(company.factor, 1) as base_factor,
        coalesce(company.minor_units, 2) as base_minor_units,
        case when delivery.VBTYP = 'T' or line.SHKZG = 'X' then -1 else 1 end as sign,
        greatest(
            line._bb_seq, delivery._bb_seq, organisation._bb_seq, plant.changed_seq, status._bb_seq, sale._bb_seq,
            issued.changed_seq, company.changed_seq
        ) as newest_seq
    from line
    inner join delivery
        on line.source_id = delivery.source_id and line.MANDT = delivery.MANDT and line.VBELN = delivery.VBELN
    left join organisation
        on delivery.source_id = organisation.source_id
        and delivery.MANDT = organisation.MANDT
        and delivery.VKORG = organisation.VKORG
    left join plant on line.source_id = plant.source_id and line.MANDT = plant.MANDT and line.WERKS = plant.WERKS
    left join status
        on delivery.source_id = status.source_id and delivery.MANDT = status.MANDT and delivery.VBELN = status.VBELN
    left join sale on line.source_id = sale.source_id and line.MANDT = sale.MANDT and line.VGBEL = sale.VBELN
    left join issued
        on line.source_id = issued.source_id
        and line.MANDT = issued.MANDT
        and line.VBELN = issued.VBELN_IM
        and line.POSNR = issued.VBELP_IM
    left join company
        on line.source_id = company.source_id
        and line.MANDT = company.MANDT
        and coalesce(organisation.BUKRS, plant.BUKRS) = company.BUKRS
    where delivery.VBTYP in ('J', 'T') and coalesce(line.BWART, '') not between '641' and '648'
)

-- The actual goods issue is the shipment; a delivery that has not left, or whose issue was taken back, is only planned.
select
    source_id,
    VBELN as document_id,
    VBELN || '/' || POSNR as line_id,
    regexp_replace(VBELN, '^0+', '') as document_no,
    regexp_replace(POSNR, '^0+', '') as line_no,
    company_code,
    case
        when coalesce(trim(LGORT), '') <> '' then WERKS || '/' || LGORT
        else nullif(trim(WERKS), '')
    end as warehouse_code,
    'customer' as partner_kind,
    regexp_replace(coalesce(nullif(trim(KUNAG), ''), KUNNR), '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    ARKTX as description,
    'stock' as line_kind,
    concat_ws('-', substr(coalesce(issued_on, nullif(trim(WADAT), ''), ERDAT), 1, 4), substr(coalesce(issued_on, nullif(trim(WADAT), ''), ERDAT), 5, 2), substr(coalesce(issued_on, nullif(trim(WADAT), ''), ERDAT), 7, 2)) as document_date,
    case
        when issued_on is not null and coalesce(issue_status, 'C') not in ('A') then 'closed'
        else 'submitted'
    end as status,
    sign = -1 as is_return,
    case when sign = -1 then 'return' end as red_reason,
    sign * LFIMG as quantity,
    VRKME as uom_code,
    sign * coalesce(nullif(LGMNG, 0), LFIMG) as base_quantity,
    coalesce(nullif(trim(sale_currency), ''), nullif(trim(WAERK), ''), base_currency_code) as currency_code,
    case
        when sign = -1 then 'return'
        when BWART in ('631', '632') then 'consignment'
        -- Deliveries free of charge are FD in English systems, KL in German ones.
        when sale_type in ('FD', 'KL') then 'sample'
        else 'sale'
    end as shipment_kind,
    case when sale_id is not null then VGBEL || '/' || VGPOS end as sales_order_line_id,
    {{ rounded(product('cost_amount', 'base_factor'), 'base_minor_units') }} as cost_amount,
    cost_amount is not null as is_cost_final,
    ERNAM as created_by,
    concat_ws('-', substr(ERDAT, 1, 4), substr(ERDAT, 5, 2), substr(ERDAT, 7, 2)) as created_at,
    newest_seq as changed_seq
from joined
{% endcall %}
