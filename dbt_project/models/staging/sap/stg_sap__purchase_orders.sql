{% call conform('purchase_orders') %}
with
line as (select * from {{ landed('sap', 'EKPO') }}),

purchase as (select * from {{ landed('sap', 'EKKO') }}),

history as (select * from {{ ref('sap_order_history') }}),

delivery as (
    select
        source_id,
        MANDT,
        EBELN,
        EBELP,
        min(EINDT) as EINDT,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'EKET') }}
    group by source_id, MANDT, EBELN, EBELP
),

-- A line over several accounts names the first.
assignment as (
    select
        *,
        row_number() over (partition by source_id, MANDT, EBELN, EBELP order by ZEKKN) as position
    from {{ landed('sap', 'EKKN') }}
),

project as (select * from {{ landed('sap', 'PRPS') }}),

tax as (select * from {{ ref('sap_tax_rates') }}),

shift as (select * from {{ ref('sap_currency_shifts') }}),

company as (select * from {{ ref('sap_companies') }}),

factor as (select * from {{ ref('sap_rate_factors') }}),

joined as (
    select
        line.*,
        purchase.BUKRS as company_code,
        purchase.LOEKZ as head_deletion,
        purchase.FRGRL,
        purchase.PROCSTAT,
        purchase.BEDAT,
        purchase.AEDAT,
        purchase.ERNAM,
        purchase.LIFNR,
        purchase.WAERS,
        purchase.WKURS,
        coalesce(shift.factor, 1) as shift_factor,
        coalesce(shift.minor_units, 2) as minor_units,
        company.WAERS as base_currency_code,
        tax.tax_rate,
        delivery.EINDT,
        assignment.SAKTO,
        assignment.KOSTL,
        project.POSID,
        factor.from_factor,
        factor.to_factor,
        history.received_quantity,
        case when line.RETPO = 'X' then -1 else 1 end as sign,
        greatest(
            line._bb_seq, purchase._bb_seq, history.changed_seq, delivery._bb_seq, assignment._bb_seq, project._bb_seq,
            tax.changed_seq, shift.changed_seq, company.changed_seq, factor.changed_seq
        ) as newest_seq
    from line
    inner join purchase
        on line.source_id = purchase.source_id and line.MANDT = purchase.MANDT and line.EBELN = purchase.EBELN
    left join company
        on purchase.source_id = company.source_id and purchase.MANDT = company.MANDT and purchase.BUKRS = company.BUKRS
    left join history
        on line.source_id = history.source_id
        and line.MANDT = history.MANDT
        and line.EBELN = history.EBELN
        and line.EBELP = history.EBELP
    left join delivery
        on line.source_id = delivery.source_id
        and line.MANDT = delivery.MANDT
        and line.EBELN = delivery.EBELN
        and line.EBELP = delivery.EBELP
    left join assignment
        on line.source_id = assignment.source_id
        and line.MANDT = assignment.MANDT
        and line.EBELN = assignment.EBELN
        and line.EBELP = assignment.EBELP
        and assignment.position = 1
    left join project
        on assignment.source_id = project.source_id
        and assignment.MANDT = project.MANDT
        and assignment.PS_PSP_PNR = project.PSPNR
    left join tax on line.source_id = tax.source_id and line.MANDT = tax.MANDT and line.MWSKZ = tax.MWSKZ
    left join shift on purchase.source_id = shift.source_id and purchase.WAERS = shift.currency_code
    left join factor
        on purchase.source_id = factor.source_id
        and purchase.MANDT = factor.MANDT
        and purchase.WAERS = factor.FCURR
        and company.WAERS = factor.TCURR
    where purchase.BSTYP = 'F'
),

priced as (
    select
        joined.*,
        sign * {{ rounded(product('NETWR', 'shift_factor'), 'minor_units') }} as net_amount,
        sign * {{ rounded(product('BRTWR', 'shift_factor'), 'minor_units') }} as list_amount
    from joined
)

select
    source_id,
    EBELN as document_id,
    EBELN || '/' || EBELP as line_id,
    regexp_replace(EBELN, '^0+', '') as document_no,
    regexp_replace(EBELP, '^0+', '') as line_no,
    company_code,
    regexp_replace(KOSTL, '^0+', '') as org_unit_code,
    POSID as project_code,
    case
        when coalesce(trim(LGORT), '') <> '' then WERKS || '/' || LGORT
        else nullif(trim(WERKS), '')
    end as warehouse_code,
    'supplier' as partner_kind,
    regexp_replace(LIFNR, '^0+', '') as partner_code,
    regexp_replace(MATNR, '^0+', '') as item_code,
    TXZ01 as description,
    case
        when PSTYP = '9' then 'service'
        when KNTTP = 'A' then 'asset'
        when coalesce(trim(KNTTP), '') <> '' then 'expense'
        else 'stock'
    end as line_kind,
    regexp_replace(SAKTO, '^0+', '') as cost_account_code,
    concat_ws('-', substr(BEDAT, 1, 4), substr(BEDAT, 5, 2), substr(BEDAT, 7, 2)) as document_date,
    -- A line deleted after part of it came is closed short; one of which nothing came is cancelled.
    case
        when (head_deletion in ('L', 'X') or LOEKZ in ('L', 'X')) and coalesce(received_quantity, 0) = 0 then 'cancelled'
        when head_deletion in ('L', 'X') or LOEKZ in ('L', 'X') then 'closed'
        when PROCSTAT in ('01', '08') then 'draft'
        when FRGRL = 'X' then 'submitted'
        when ELIKZ = 'X' and (EREKZ = 'X' or coalesce(REPOS, '') = '') then 'closed'
        else 'approved'
    end as status,
    sign = -1 as is_return,
    UMSON = 'X' as is_free,
    sign * MENGE as quantity,
    MEINS as uom_code,
    {{ ratio(product('sign * MENGE', 'coalesce(nullif(UMREZ, 0), 1)'), 'coalesce(nullif(UMREN, 0), 1)') }} as base_quantity,
    case
        when ELIKZ = 'X' or LOEKZ in ('L', 'X') or head_deletion in ('L', 'X')
            then greatest(MENGE - abs(coalesce(received_quantity, 0)), 0)
    end as cancelled_quantity,
    ELIKZ = 'X' as is_delivery_complete,
    EREKZ = 'X' as is_finally_invoiced,
    WAERS as currency_code,
    case
        when WAERS = base_currency_code then 1
        when WKURS > 0 then {{ ratio(product('WKURS', 'coalesce(to_factor, 1)'), 'coalesce(from_factor, 1)') }}
        when WKURS < 0 then {{ ratio('coalesce(to_factor, 1)', product('-WKURS', 'coalesce(from_factor, 1)')) }}
    end as exchange_rate,
    -- The price is for PEINH price units; a price unit may differ from the order's unit.
    {{ ratio(
        product(product('NETPR', 'shift_factor'), 'coalesce(nullif(BPUMZ, 0), 1)'),
        product('coalesce(nullif(PEINH, 0), 1)', 'coalesce(nullif(BPUMN, 0), 1)')
    ) }} as unit_price,
    list_amount,
    net_amount,
    MWSKZ as tax_code,
    tax_rate,
    {{ rounded(product('net_amount', 'tax_rate', 10), 'minor_units') }} as tax_amount,
    net_amount + {{ rounded(product('net_amount', 'tax_rate', 10), 'minor_units') }} as gross_amount,
    KONNR as contract_no,
    ERNAM as created_by,
    concat_ws('-', substr(AEDAT, 1, 4), substr(AEDAT, 5, 2), substr(AEDAT, 7, 2)) as created_at,
    concat_ws('-', substr(EINDT, 1, 4), substr(EINDT, 5, 2), substr(EINDT, 7, 2)) as promised_date,
    PSTYP = '5' as is_drop_ship,
    case when coalesce(trim(BANFN), '') <> '' then BANFN || '/' || BNFPO end as request_line_id,
    newest_seq as changed_seq
from priced
{% endcall %}
