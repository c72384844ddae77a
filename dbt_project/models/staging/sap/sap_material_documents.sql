-- Lines of material documents: MKPF and MSEG, or MATDOC where S/4 keeps them. What a line is follows from its movement
-- type; `sign` is its direction as seen by our stock (S in, H out).
with
classic as (
    select
        line.source_id,
        line.MANDT,
        line.MBLNR,
        line.MJAHR,
        line.ZEILE,
        line.BWART,
        line.XAUTO,
        line.MATNR,
        line.WERKS,
        line.LGORT,
        line.SOBKZ,
        line.LIFNR,
        line.KUNNR,
        line.SHKZG,
        line.WAERS,
        line.DMBTR,
        line.MENGE,
        line.MEINS,
        line.ERFMG,
        line.ERFME,
        line.EBELN,
        line.EBELP,
        line.SMBLN,
        line.SJAHR,
        line.SMBLP,
        line.SAKTO,
        line.KOSTL,
        line.AUFNR,
        line.PS_PSP_PNR,
        line.BUKRS,
        line.UMWRK,
        line.UMLGO,
        line.VBELN_IM,
        line.VBELP_IM,
        head.BLDAT,
        head.BUDAT,
        head.CPUDT,
        head.CPUTM,
        head.USNAM,
        head.XBLNR,
        head.BKTXT,
        greatest(line._bb_seq, head._bb_seq) as _bb_seq
    from {{ landed('sap', 'MSEG') }} as line
    inner join {{ landed('sap', 'MKPF') }} as head
        on line.source_id = head.source_id
        and line.MANDT = head.MANDT
        and line.MBLNR = head.MBLNR
        and line.MJAHR = head.MJAHR
),

-- A copy of S/4 may hold both the table and the old names, which are views on it.
universal as (
    select
        line.source_id,
        line.MANDT,
        line.MBLNR,
        line.MJAHR,
        line.ZEILE,
        line.BWART,
        line.XAUTO,
        line.MATNR,
        line.WERKS,
        line.LGORT,
        line.SOBKZ,
        line.LIFNR,
        line.KUNNR,
        line.SHKZG,
        line.WAERS,
        line.DMBTR,
        line.MENGE,
        line.MEINS,
        line.ERFMG,
        line.ERFME,
        line.EBELN,
        line.EBELP,
        line.SMBLN,
        line.SJAHR,
        line.SMBLP,
        line.SAKTO,
        line.KOSTL,
        line.AUFNR,
        line.PS_PSP_PNR,
        line.BUKRS,
        line.UMWRK,
        line.UMLGO,
        line.VBELN_IM,
        line.VBELP_IM,
        line.BLDAT,
        line.BUDAT,
        line.CPUDT,
        line.CPUTM,
        line.USNAM,
        line.XBLNR,
        line.BKTXT,
        line._bb_seq
    from {{ landed('sap', 'MATDOC') }} as line
    left join classic
        on line.source_id = classic.source_id
        and line.MANDT = classic.MANDT
        and line.MBLNR = classic.MBLNR
        and line.MJAHR = classic.MJAHR
        and line.ZEILE = classic.ZEILE
    where line.RECORD_TYPE = 'MDOC' and classic.MBLNR is null
),

line as (
    select * from classic
    union all
    select * from universal
),

plant as (select * from {{ ref('sap_plants') }}),

delivery as (
    select
        source_id,
        MANDT,
        VBELN,
        VBTYP
    from {{ landed('sap', 'LIKP') }}
)

select
    line.source_id,
    line.MANDT,
    line.MBLNR || '/' || line.MJAHR as document_id,
    line.MBLNR || '/' || line.MJAHR || '/' || line.ZEILE as line_id,
    line.MBLNR,
    line.MJAHR,
    line.ZEILE,
    line.BWART,
    line.XAUTO,
    line.MATNR,
    line.WERKS,
    line.LGORT,
    line.SOBKZ,
    line.LIFNR,
    line.KUNNR,
    line.SHKZG,
    line.WAERS,
    line.DMBTR,
    line.MENGE,
    line.MEINS,
    line.ERFMG,
    line.ERFME,
    line.EBELN,
    line.EBELP,
    line.SMBLN,
    line.SJAHR,
    line.SMBLP,
    line.SAKTO,
    line.KOSTL,
    line.AUFNR,
    line.PS_PSP_PNR,
    coalesce(nullif(trim(line.BUKRS), ''), plant.BUKRS) as BUKRS,
    line.UMWRK,
    line.UMLGO,
    line.VBELN_IM,
    line.VBELP_IM,
    line.BLDAT,
    line.BUDAT,
    line.CPUDT,
    line.CPUTM,
    line.USNAM,
    line.XBLNR,
    line.BKTXT,
    case line.SHKZG when 'H' then -1 else 1 end as sign,
    case when coalesce(trim(line.SMBLN), '') <> '' then line.SMBLN || '/' || line.SJAHR || '/' || line.SMBLP end
        as cancelled_line_id,
    case
        when
            coalesce(trim(line.EBELN), '') <> ''
            and line.BWART in (
                '101', '102', '103', '104', '105', '106', '107', '108', '109', '110',
                '122', '123', '124', '125', '161', '162'
            )
            then 'goods_receipts'
        when delivery.VBTYP in ('J', 'T') and line.BWART not between '641' and '648' then 'shipments'
        else 'stock_movements'
    end as entity,
    greatest(line._bb_seq, plant.changed_seq) as changed_seq
from line
left join plant on line.source_id = plant.source_id and line.MANDT = plant.MANDT and line.WERKS = plant.WERKS
left join delivery
    on line.source_id = delivery.source_id and line.MANDT = delivery.MANDT and line.VBELN_IM = delivery.VBELN
