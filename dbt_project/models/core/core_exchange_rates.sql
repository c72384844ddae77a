-- Rates with the days from which and until which each is the newest one.
with
rate as (select * from {{ united('exchange_rates') }}),

distinct_rates as (
    select
        source_id,
        company_code,
        from_currency_code,
        to_currency_code,
        rate_kind,
        rate_date,
        max(rate) as rate,
        max(changed_seq) as changed_seq
    from rate
    where rate > 0
    group by source_id, company_code, from_currency_code, to_currency_code, rate_kind, rate_date
)

select
    source_id,
    company_code as source_company_code,
    from_currency_code,
    to_currency_code,
    rate_kind,
    rate_date as valid_from,
    lead(rate_date) over (
        partition by source_id, company_code, from_currency_code, to_currency_code, rate_kind
        order by rate_date
    ) as valid_until,
    rate,
    changed_seq
from distinct_rates
