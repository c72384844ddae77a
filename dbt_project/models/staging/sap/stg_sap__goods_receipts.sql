{% call conform('goods_receipts') %}
with
movement as (
    select *
    from {{ ref('sap_material_documents') }}
    where entity = 'goods_receipts'
),

order_line as (select * from {{ landed('sap', 'EKPO') }}),

purchase as (select * from {{ landed('sap', 'EKKO') }}),

-- The order's history holds the receipt in the order's unit and currency; several accounts are several rows.
history as (
    select
        source_id,
        MANDT,
        EBELN,
        EBELP,
        GJAHR,
        BELNR,
        BUZEI,
        sum(MENGE) as order_quantity,
        sum(WRBTR) as document_amount,
        sum(DMBTR) as base_amount,
        max(WAERS) as WAERS,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'EKBE') }}
    where VGABE = '1'
    group by source_id, MANDT, EBELN, EBELP, GJAHR, BELNR, BUZEI
),

shift as (select * from {{ ref('sap_currency_shifts') }}),

company as (select * from {{ ref('sap_companies') }}),

joined as (
    select
        movement.*,
        order_line.PSTYP,
        order_line.KNTTP,
        order_line.TXZ01,
        order_line.MEINS as order_unit,
        order_line.UMREZ,
        order_line.UMREN,
        purchase.LIFNR as order_partner,
        purchase.WAERS as order_currency,
        history.order_quantity,
        history.document_amount,
        history.base_amount,
        history.WAERS as history_currency,
        coalesce(shift.factor, 1) as shift_factor,
        coalesce(shift.minor_units, 2) as minor_units,
        coalesce(company.factor, 1) as base_factor,
        coalesce(company.minor_units, 2) as base_minor_units,
        greatest(
            movement.changed_seq, order_line._bb_seq, purchase._bb_seq, history._bb_seq, shift.changed_seq, company.changed_seq
        ) as newest_seq
    from movement
    left join order_line
        on movement.source_id = order_line.source_id
        and movement.MANDT = order_line.MANDT
        and movement.EBELN = order_line.EBELN
        and movement.EBELP = order_line.EBELP
    left join purchase
        on movement.source_id = purchase.source_id
        and movement.MANDT = purchase.MANDT
        and movement.EBELN = purchase.EBELN
    left join history
        on movement.source_id = history.source_id
        and movement.MANDT = history.MANDT
        and movement.EBELN = history.EBELN
        and movement.EBELP = history.EBELP
        and movement.MJAHR = history.GJAHR
        and movement.MBLNR = history.BELNR
        and movement.ZEILE = history.BUZEI
    left join shift
        on movement.source_id = shift.source_id
        and coalesce(nullif(trim(history.WAERS), ''), purchase.WAERS) = shift.currency_code
    left join company
        on movement.source_id = company.source_id and movement.MANDT = company.MANDT and movement.BUKRS = company.BUKRS
)

select
    source_id,
    document_id,
    line_id,
    regexp_replace(MBLNR, '^0+', '') as document_no,
    regexp_replace(ZEILE, '^0+', '') as line_no,
    BUKRS as company_code,
    regexp_replace(KOSTL, '^0+', '') as org_unit_code,
    case
        when coalesce(trim(LGORT), '') <> '' then WERKS || '/' || LGORT
        else nullif(trim(WERKS), '')
    end as warehouse_code,
    'supplier' as partner_kind,
    regexp_replace(coalesce(nullif(trim(LIFNR), ''), order_partner), '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    coalesce(nullif(trim(BKTXT), ''), TXZ01) as description,
    case
        when PSTYP = '9' then 'service'
        when KNTTP = 'A' then 'asset'
        when coalesce(trim(KNTTP), '') <> '' then 'expense'
        else 'stock'
    end as line_kind,
    regexp_replace(SAKTO, '^0+', '') as cost_account_code,
    concat_ws('-', substr(BLDAT, 1, 4), substr(BLDAT, 5, 2), substr(BLDAT, 7, 2)) as document_date,
    concat_ws('-', substr(BUDAT, 1, 4), substr(BUDAT, 5, 2), substr(BUDAT, 7, 2)) as posting_date,
    -- Goods in blocked receipt (103, 107) are not ours yet; their release (105, 109) is the receipt.
    case when BWART in ('103', '104', '107', '108', '124', '125') then 'submitted' else 'closed' end as status,
    BWART in ('122', '123', '161', '162') as is_return,
    case
        when BWART in ('102', '104', '106', '108', '110', '123', '125', '162') then 'error'
        when BWART in ('122', '124', '161') then 'return'
    end as red_reason,
    cancelled_line_id as original_line_id,
    sign * case
        when order_quantity is not null then order_quantity
        when ERFME = order_unit and ERFMG > 0 then ERFMG
        when order_unit is null or order_unit = MEINS then MENGE
        else {{ ratio(product('MENGE', 'coalesce(nullif(UMREN, 0), 1)'), 'coalesce(nullif(UMREZ, 0), 1)') }}
    end as quantity,
    coalesce(order_unit, MEINS) as uom_code,
    sign * MENGE as base_quantity,
    coalesce(nullif(trim(history_currency), ''), order_currency, WAERS) as currency_code,
    sign * {{ rounded(product('document_amount', 'shift_factor'), 'minor_units') }} as net_amount,
    sign * {{ rounded(product('base_amount', 'base_factor'), 'base_minor_units') }} as base_net_amount,
    case
        when BWART in ('122', '123', '161', '162') then 'return'
        when SOBKZ = 'K' then 'consignment'
        when PSTYP = '3' then 'subcontract'
        else 'purchase'
    end as receipt_kind,
    EBELN || '/' || EBELP as purchase_order_line_id,
    sign * {{ rounded(product('DMBTR', 'base_factor'), 'base_minor_units') }} as cost_amount,
    true as is_cost_final,
    USNAM as created_by,
    concat_ws('-', substr(CPUDT, 1, 4), substr(CPUDT, 5, 2), substr(CPUDT, 7, 2)) || ' '
    || concat_ws(':', substr(CPUTM, 1, 2), substr(CPUTM, 3, 2), substr(CPUTM, 5, 2)) as created_at,
    newest_seq as changed_seq
from joined
{% endcall %}
