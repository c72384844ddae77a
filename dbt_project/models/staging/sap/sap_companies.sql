-- Company codes of the clients in use, with the shift of their currency.
with
company as (select * from {{ landed('sap', 'T001') }}),

client as (select * from {{ ref('sap_clients') }}),

shift as (select * from {{ ref('sap_currency_shifts') }})

select
    company.source_id,
    company.MANDT,
    company.BUKRS,
    company.BUTXT,
    company.WAERS,
    company.KTOPL,
    company.LAND1,
    company.STCEG,
    coalesce(nullif(trim(company.OPVAR), ''), company.BUKRS) as period_variant,
    coalesce(shift.factor, 1) as factor,
    coalesce(shift.minor_units, 2) as minor_units,
    greatest(company._bb_seq, shift.changed_seq) as changed_seq
from company
inner join client on company.source_id = client.source_id and company.MANDT = client.MANDT
left join shift on company.source_id = shift.source_id and company.WAERS = shift.currency_code
