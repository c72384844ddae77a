-- SAP stores every amount with two decimals. In currencies with another number of decimals the stored figure is
-- shifted: 12,345 JPY stand as 123.45. `factor` gives the true amount back.
select
    source_id,
    CURRKEY as currency_code,
    CURRDEC as minor_units,
    case CURRDEC
        when 0 then cast(100 as decimal(18, 6))
        when 1 then cast(10 as decimal(18, 6))
        when 3 then cast(0.1 as decimal(18, 6))
        when 4 then cast(0.01 as decimal(18, 6))
        when 5 then cast(0.001 as decimal(18, 6))
        else cast(1 as decimal(18, 6))
    end as factor,
    _bb_seq as changed_seq
from {{ landed('sap', 'TCURX') }}
