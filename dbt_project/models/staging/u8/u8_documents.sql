-- Every document as vouchers and sub-ledgers name it: sub-ledger, kind of document, number. One row per name; a name
-- that two documents share points to none of them.
with
shipped as (
    select
        issue_line.source_id,
        issue_line.ID,
        min(dispatch_line.DLID) as DLID
    from {{ landed('u8', 'rdrecords32') }} as issue_line
    inner join {{ landed('u8', 'DispatchLists') }} as dispatch_line
        on issue_line.source_id = dispatch_line.source_id and issue_line.iDLsID = dispatch_line.iDLsID
    group by issue_line.source_id, issue_line.ID
),

named as (
    select
        source_id,
        'AP' as module,
        cPBVBillType as kind,
        cPBVCode as document_no,
        cast(PBVID as varchar) as internal_id,
        'purchase_invoices' as entity,
        cast(PBVID as varchar) as document_id,
        _bb_seq
    from {{ landed('u8', 'PurBillVouch') }}
    union all
    select
        source_id,
        'AR',
        cVouchType,
        cSBVCode,
        cast(SBVID as varchar),
        'sales_invoices',
        cast(SBVID as varchar),
        _bb_seq
    from {{ landed('u8', 'SaleBillVouch') }}
    union all
    -- Cost of sales may be booked by invoice.
    select
        source_id,
        'IA',
        cVouchType,
        cSBVCode,
        cast(SBVID as varchar),
        'sales_invoices',
        cast(SBVID as varchar),
        _bb_seq
    from {{ landed('u8', 'SaleBillVouch') }}
    union all
    select
        source_id,
        case cFlag when 'AR' then 'AR' else 'AP' end,
        cVouchType,
        cVouchID,
        cast(iID as varchar),
        'cash_movements',
        cast(iID as varchar),
        _bb_seq
    from {{ landed('u8', 'Ap_CloseBill') }}
    union all
    select
        source_id,
        case cFlag when 'AR' then 'AR' else 'AP' end,
        cVouchType,
        cVouchID,
        cast(Auto_ID as varchar),
        case cFlag when 'AR' then 'other_receivables' else 'other_payables' end,
        cast(Auto_ID as varchar),
        _bb_seq
    from {{ landed('u8', 'Ap_Vouch') }}
    union all
    select
        source_id,
        'IA',
        '01',
        cCode,
        cast(ID as varchar),
        'goods_receipts',
        cast(ID as varchar),
        _bb_seq
    from {{ landed('u8', 'RdRecord01') }}
    union all
    select
        issue.source_id,
        'IA',
        '32',
        issue.cCode,
        cast(issue.ID as varchar),
        'shipments',
        coalesce(cast(shipped.DLID as varchar), '32/' || cast(issue.ID as varchar)),
        issue._bb_seq
    from {{ landed('u8', 'RdRecord32') }} as issue
    left join shipped on issue.source_id = shipped.source_id and issue.ID = shipped.ID
    union all
    select
        source_id,
        'IA',
        '05',
        cDLCode,
        cast(DLID as varchar),
        'shipments',
        cast(DLID as varchar),
        _bb_seq
    from {{ landed('u8', 'DispatchList') }}
    union all
    select
        source_id,
        'IA',
        '08',
        cCode,
        cast(ID as varchar),
        'stock_movements',
        '08/' || cast(ID as varchar),
        _bb_seq
    from {{ landed('u8', 'RdRecord08') }}
    union all
    select
        source_id,
        'IA',
        '09',
        cCode,
        cast(ID as varchar),
        'stock_movements',
        '09/' || cast(ID as varchar),
        _bb_seq
    from {{ landed('u8', 'RdRecord09') }}
    union all
    select
        source_id,
        'IA',
        '10',
        cCode,
        cast(ID as varchar),
        'stock_movements',
        '10/' || cast(ID as varchar),
        _bb_seq
    from {{ landed('u8', 'RdRecord10') }}
    union all
    select
        source_id,
        'IA',
        '11',
        cCode,
        cast(ID as varchar),
        'stock_movements',
        '11/' || cast(ID as varchar),
        _bb_seq
    from {{ landed('u8', 'RdRecord11') }}
)

select
    source_id,
    module,
    kind,
    document_no,
    min(entity) as entity,
    case when count(*) = 1 then min(document_id) end as document_id,
    case when count(*) = 1 then min(internal_id) end as internal_id,
    max(_bb_seq) as changed_seq
from named
group by source_id, module, kind, document_no
