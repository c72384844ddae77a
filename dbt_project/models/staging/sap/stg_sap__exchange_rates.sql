{% call conform('exchange_rates') %}
with
rate as (
    select
        *,
        -- Dates are kept as 99999999 less the date; some extractors already give the date itself.
        case
            when substr(GDATU, 1, 1) in ('7', '8') then cast(99999999 - try_cast(GDATU as bigint) as varchar)
            else replace(GDATU, '-', '')
        end as rate_day
    from {{ landed('sap', 'TCURR') }}
    where KURST = 'M'
),

client as (select * from {{ ref('sap_clients') }}),

factor as (select * from {{ ref('sap_rate_factors') }}),

scaled as (
    select
        rate.source_id,
        rate.FCURR,
        rate.TCURR,
        rate.rate_day,
        rate.UKURS,
        coalesce(nullif(rate.FFACT, 0), factor.from_factor, 1) as from_factor,
        coalesce(nullif(rate.TFACT, 0), factor.to_factor, 1) as to_factor,
        greatest(rate._bb_seq, factor.changed_seq) as changed_seq
    from rate
    inner join client on rate.source_id = client.source_id and rate.MANDT = client.MANDT
    left join factor
        on rate.source_id = factor.source_id
        and rate.MANDT = factor.MANDT
        and rate.FCURR = factor.FCURR
        and rate.TCURR = factor.TCURR
)

-- Type M is the rate that SAP posts with.
select
    source_id,
    FCURR as from_currency_code,
    TCURR as to_currency_code,
    'spot' as rate_kind,
    concat_ws('-', substr(rate_day, 1, 4), substr(rate_day, 5, 2), substr(rate_day, 7, 2)) as rate_date,
    case
        when UKURS > 0 then {{ ratio(product('UKURS', 'to_factor'), 'from_factor') }}
        when UKURS < 0 then {{ ratio('to_factor', product('-UKURS', 'from_factor')) }}
    end as rate,
    'SAP M' as rate_source,
    changed_seq
from scaled
{% endcall %}
