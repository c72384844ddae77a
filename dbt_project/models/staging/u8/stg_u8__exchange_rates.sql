{% call conform('exchange_rates') %}
with
rate as (select * from {{ landed('u8', 'exch') }}),

currency as (select * from {{ ref('u8_currencies') }}),

company as (select * from {{ ref('u8_company') }}),

period as (select * from {{ ref('u8_periods') }})

select
    rate.source_id,
    company.company_code,
    currency.currency_code as from_currency_code,
    company.currency_code as to_currency_code,
    case rate.itype when 1 then 'spot' when 2 then 'month_start' when 3 then 'month_end' end as rate_kind,
    case rate.itype
        when 1 then coalesce(cast(rate.cdate as date), period.start_date)
        when 2 then period.start_date
        else period.end_date
    end as rate_date,
    case when currency.is_multiplied then rate.nflat else {{ ratio('1', 'rate.nflat') }} end as rate,
    'U8' as rate_source,
    greatest(rate._bb_seq, currency.changed_seq, period.changed_seq) as changed_seq
from rate
inner join currency on rate.source_id = currency.source_id and rate.cexch_name = currency.currency_name
inner join company on rate.source_id = company.source_id
left join period
    on rate.source_id = period.source_id and rate.iyear = period.fiscal_year and rate.iperiod = period.period_no
where not currency.is_base and rate.nflat > 0 and rate.itype in (1, 2, 3)
{% endcall %}
