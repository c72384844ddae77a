-- How many units of either currency a stored rate stands for: JPY is often quoted per 100.
with
factor as (
    select
        *,
        row_number() over (partition by source_id, MANDT, FCURR, TCURR order by GDATU) as newest
    from {{ landed('sap', 'TCURF') }}
    where KURST = 'M'
)

select
    source_id,
    MANDT,
    FCURR,
    TCURR,
    nullif(FFACT, 0) as from_factor,
    nullif(TFACT, 0) as to_factor,
    _bb_seq as changed_seq
from factor
where newest = 1
