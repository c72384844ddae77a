{% call conform('exchange_rates') %}
with
rate as (select * from {{ landed('tryton', 'currency_currency_rate') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

company as (select * from {{ landed('tryton', 'company_company') }}),

base_rate as (
    select
        rate.source_id,
        rate.currency,
        rate.date as valid_from,
        lead(rate.date) over (partition by rate.source_id, rate.currency order by rate.date) as valid_to,
        rate.rate,
        rate._bb_seq
    from rate
    where rate.rate > 0
)

-- Tryton keeps units of currency per unit of a common base; ours is company currency per unit of document currency.
select
    rate.source_id,
    company.id as company_code,
    foreign_currency.code as from_currency_code,
    company_currency.code as to_currency_code,
    'spot' as rate_kind,
    rate.date as rate_date,
    {{ ratio('coalesce(base_rate.rate, 1)', 'rate.rate') }} as rate,
    'tryton' as rate_source,
    greatest(rate._bb_seq, base_rate._bb_seq, company._bb_seq) as changed_seq
from rate
inner join company on rate.source_id = company.source_id
inner join currency as foreign_currency
    on rate.source_id = foreign_currency.source_id and rate.currency = foreign_currency.id
inner join currency as company_currency
    on company.source_id = company_currency.source_id and company.currency = company_currency.id
left join base_rate
    on company.source_id = base_rate.source_id
    and company.currency = base_rate.currency
    and rate.date >= base_rate.valid_from
    and rate.date < coalesce(base_rate.valid_to, cast('9999-12-31' as date))
where rate.currency <> company.currency and rate.rate > 0 and rate.date is not null
{% endcall %}
