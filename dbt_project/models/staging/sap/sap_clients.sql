-- Clients that hold documents. Direct copies of customizing tables also bring client 000, whose companies are nobody's.
with
used as (
    select
        source_id,
        MANDT
    from {{ landed('sap', 'EKKO') }}
    union all
    select
        source_id,
        MANDT
    from {{ landed('sap', 'VBAK') }}
    union all
    select
        source_id,
        MANDT
    from {{ landed('sap', 'VBRK') }}
    union all
    select
        source_id,
        MANDT
    from {{ landed('sap', 'RBKP') }}
    union all
    select
        source_id,
        MANDT
    from {{ landed('sap', 'BKPF') }}
)

select
    source_id,
    MANDT
from used
group by source_id, MANDT
