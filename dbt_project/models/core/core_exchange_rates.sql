-- Rates with the days from which and until which each is the newest one.
with
rate as (select * from {{ united('exchange_rates') }}),

-- A rate without a company holds for all companies of its source.
distinct_rates as (
    select
        rate.source_id,
        company.source_company_code as company_code,
        rate.from_currency_code,
        rate.to_currency_code,
        rate.rate_kind,
        rate.rate_date,
        max(rate.rate) as rate,
        max(rate.changed_seq) as changed_seq
    from rate
    inner join {{ ref('core_companies') }} as company
        on rate.source_id = company.source_id
        and company.source_company_code = coalesce(rate.company_code, company.source_company_code)
    where rate.rate > 0
    group by
        rate.source_id, company.source_company_code, rate.from_currency_code, rate.to_currency_code, rate.rate_kind,
        rate.rate_date
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
