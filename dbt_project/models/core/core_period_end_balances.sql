-- What is left on accounts at the end of a period, once per account and what its lines tell apart: foreign balances to be
-- revalued, VAT due, profit and loss to be transferred. It is worked out from what the ledger holds, so that what is booked
-- already leaves nothing. Periods end in their order: the first open one that is over is ended.
{%- set apart = [
    'company_code', 'account_code', 'partner_kind', 'partner_code', 'item_code', 'org_unit_code', 'employee_code', 'project_code',
] %}
with
open_period as (
    select
        period.source_id,
        period.company_code,
        period.source_company_code,
        ledger.ledger_code,
        ledger.chart_code,
        ledger.currency_code as company_currency_code,
        min(period.end_date) as end_date,
        min(period.fiscal_year * 100 + period.period_no) as year_and_period
    from {{ ref('core_periods') }} as period
    inner join {{ ref('core_ledgers') }} as ledger
        on period.source_id = ledger.source_id and period.company_code = ledger.company_code and ledger.is_primary
    inner join {{ source('house', 'run_context') }} as run on period.end_date <= run.as_of
    -- Only companies that transfer by month at all.
    inner join (
        select distinct
            company_code,
            chart_code
        from {{ ref('stg_house__accounting_policies') }}
        where policy = 'period_end' and value = 'monthly'
    ) as monthly
        on coalesce(monthly.company_code, period.company_code) = period.company_code
        and coalesce(monthly.chart_code, ledger.chart_code) = ledger.chart_code
    where period.status = 'open' and not period.is_adjustment
    group by
        period.source_id, period.company_code, period.source_company_code, ledger.ledger_code, ledger.chart_code, ledger.currency_code
),

-- Two years' databases may both be open: the earlier one is ended first.
ending as (
    select *
    from (
        select
            *,
            row_number() over (partition by company_code order by year_and_period, source_id) as place
        from open_period
    ) as ranked
    where place = 1
),

-- The whole history of a company's primary ledger, over all databases that it is spread over; later opening balances only
-- repeat what went before, and often without currencies.
first_year as (
    select
        company_code,
        min(fiscal_year) as fiscal_year
    from {{ ref('core_journal_lines') }}
    where is_primary_ledger
    group by company_code
),

held as (
    select
        ending.source_id,
        {%- for name in apart %}
        {%- if name in ('company_code', 'account_code', 'partner_kind') %}
        line.{{ name }},
        {%- else %}
        -- Databases of a ledger's years call the same thing alike: who is in no master data is who he was in each of them.
        case
            when substring(line.{{ name }}, 1, length(line.source_id) + 1) = line.source_id || ':'
                then ending.source_id || substring(line.{{ name }}, length(line.source_id) + 1)
            else line.{{ name }}
        end as {{ name }},
        {%- endif %}
        {%- endfor %}
        line.source_partner_code,
        line.source_item_code,
        line.source_id || ',' || line.voucher_id as voucher_key,
        line.entry_kind,
        line.amount,
        line.currency_amount,
        line.currency_code,
        line.base_currency_code,
        line.changed_seq,
        line.fiscal_year * 100 + line.period_no = ending.year_and_period and line.entry_kind <> 'opening' as is_of_period,
        account.account_role,
        account.statement,
        account.is_revalued or account.account_role in ({{ monetary_roles() }}) as is_monetary
    from {{ ref('core_journal_lines') }} as line
    inner join ending
        on line.company_code = ending.company_code and line.fiscal_year * 100 + line.period_no <= ending.year_and_period
    inner join first_year on line.company_code = first_year.company_code
    left join {{ ref('core_accounts') }} as account
        on line.source_id = account.source_id and line.chart_code = account.chart_code and line.account_code = account.account_code
    where
        line.is_primary_ledger
        and line.status <> 'void'
        and (line.entry_kind <> 'opening' or line.fiscal_year = first_year.fiscal_year)
),

-- A line in company currency beside a line of exchange differences changes what a foreign balance is worth, not the balance.
differing as (
    select distinct voucher_key
    from held
    where account_role = 'exchange_difference'
),

foreign_balance as (
    select
        held.source_id,
        {%- for name in apart %}
        held.{{ name }},
        {%- endfor %}
        max(held.source_partner_code) as source_partner_code,
        max(held.source_item_code) as source_item_code,
        held.base_currency_code,
        case when held.currency_code <> held.base_currency_code then held.currency_code end as currency_code,
        sum({{ money('held.amount') }}) as amount,
        sum({{ money('case when held.currency_code <> held.base_currency_code then held.currency_amount end') }}) as currency_amount,
        sum({{ money('case when coalesce(held.currency_code, held.base_currency_code) = held.base_currency_code and differing.voucher_key is null then held.amount end') }})
            as own_amount,
        max(held.changed_seq) as changed_seq
    from held
    left join differing on held.voucher_key = differing.voucher_key
    where held.is_monetary
    group by
        held.source_id,
        {%- for name in apart %}
        held.{{ name }},
        {%- endfor %}
        held.base_currency_code,
        case when held.currency_code <> held.base_currency_code then held.currency_code end
),

revalued as (
    select
        balance.source_id,
        {%- for name in apart %}
        balance.{{ name }},
        {%- endfor %}
        max(balance.source_partner_code) as source_partner_code,
        max(balance.source_item_code) as source_item_code,
        sum({{ money('coalesce(balance.own_amount, 0)') }})
        + sum({{ money(rounded(product('coalesce(balance.currency_amount, 0)', 'coalesce(rate.rate, 0)', 10), 'coalesce(base_currency.minor_units, 2)')) }})
        - sum({{ money('balance.amount') }}) as amount,
        max(case when coalesce(balance.currency_amount, 0) <> 0 and rate.rate is null then 1 else 0 end) as rates_missing,
        max(balance.changed_seq) as changed_seq
    from foreign_balance as balance
    inner join ending on balance.source_id = ending.source_id and balance.company_code = ending.company_code
    left join {{ ref('core_exchange_rates') }} as rate
        on rate.rate_kind = 'month_end'
        and balance.source_id = rate.source_id
        and ending.source_company_code = rate.source_company_code
        and balance.currency_code = rate.from_currency_code
        and balance.base_currency_code = rate.to_currency_code
        and ending.end_date = rate.valid_from
    left join {{ ref('core_currencies') }} as base_currency on balance.base_currency_code = base_currency.currency_code
    group by
        balance.source_id
        {%- for name in apart -%}
        , balance.{{ name }}
        {%- endfor %}
    having count(balance.currency_code) > 0
),

left_over as (
    select
        'exchange_revaluation' as event,
        source_id,
        {%- for name in apart %}
        {{ name }},
        {%- endfor %}
        source_partner_code,
        source_item_code,
        amount,
        rates_missing = 1 as lacks_rate,
        changed_seq
    from revalued
    union all
    select
        'profit_transfer',
        source_id,
        {%- for name in apart %}
        {{ name }},
        {%- endfor %}
        max(source_partner_code),
        max(source_item_code),
        sum({{ money('amount') }}),
        false,
        max(changed_seq)
    from held
    where statement = 'income' and is_of_period
    group by
        source_id
        {%- for name in apart -%}
        , {{ name }}
        {%- endfor %}
    union all
    select
        'vat_transfer',
        source_id,
        company_code,
        {%- for name in apart[1:] %}
        cast(null as varchar),
        {%- endfor %}
        cast(null as varchar),
        cast(null as varchar),
        -sum({{ money('amount') }}),
        false,
        max(changed_seq)
    from held
    where account_role in ({{ vat_roles() }})
    group by source_id, company_code
    having -sum({{ money('amount') }}) > 0
)

select
    left_over.event,
    left_over.source_id,
    left_over.company_code,
    ending.company_currency_code,
    ending.ledger_code,
    ending.chart_code,
    cast(floor(ending.year_and_period / 100) as integer) as fiscal_year,
    cast(ending.year_and_period % 100 as integer) as period_no,
    ending.end_date,
    {%- for name in apart[1:] %}
    left_over.{{ name }},
    {%- endfor %}
    left_over.source_partner_code,
    left_over.source_item_code,
    cast(left_over.amount as decimal(18, 4)) as amount,
    left_over.lacks_rate,
    left_over.changed_seq
from left_over
inner join ending on left_over.source_id = ending.source_id and left_over.company_code = ending.company_code
where left_over.amount <> 0 or left_over.lacks_rate
