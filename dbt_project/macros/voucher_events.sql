{#- Business events in the one shape of core.voucher_events; each branch of its union is a call of one of these. -#}

{#- Columns of an event as a document gives them: name -> SQL type. -#}
{% macro given_event_columns() -%}
    {{ return({
        'source_id': 'varchar', 'event': 'varchar', 'document_entity': 'varchar', 'document_id': 'varchar',
        'document_no': 'varchar', 'line_id': 'varchar', 'line_no': 'varchar', 'correction_no': 'integer',
        'company_code': 'varchar', 'company_currency_code': 'varchar', 'ledger_code': 'varchar', 'chart_code': 'varchar',
        'document_date': 'date', 'voucher_date': 'date', 'fiscal_year': 'integer', 'period_no': 'integer',
        'partner_kind': 'varchar', 'partner_code': 'varchar', 'source_partner_code': 'varchar',
        'item_code': 'varchar', 'source_item_code': 'varchar', 'org_unit_code': 'varchar', 'employee_code': 'varchar',
        'project_code': 'varchar', 'bank_account_code': 'varchar', 'tax_code': 'varchar',
        'document_currency_code': 'varchar', 'exchange_rate': 'decimal(18,10)', 'quantity': 'decimal(18,6)',
        'uom_code': 'varchar', 'document_account_code': 'varchar', 'invoice_no': 'varchar', 'description': 'varchar', 'policy': 'varchar',
        'document_kind': 'varchar', 'line_kind': 'varchar', 'input_usage': 'varchar', 'is_return': 'varchar',
        'is_free': 'varchar', 'red_reason': 'varchar', 'is_prior_year': 'varchar', 'method': 'varchar',
    }) }}
{%- endmacro %}

{% macro event_amount_columns() -%}
    {%- set names = [] -%}
    {%- for columns in rule_amounts().values() -%}
        {%- for name in columns if name is not none and name not in names -%}
            {%- do names.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{#- Columns of core.voucher_events in their order, before its key of combination, its reason and its stamp. -#}
{% macro voucher_event_columns() -%}
    {%- set names = given_event_columns().keys() | list + event_amount_columns() -%}
    {{ return(names + [
        'named_item', 'named_text', 'partner_name', 'item_name', 'category_code', 'partner_group_code', 'is_internal', 'is_foreign', 'currency_code',
        'rules_of',
    ]) }}
{%- endmacro %}

{#- One branch: `given` is column -> SQL; what it does not say is NULL. -#}
{% macro event_row(given) -%}
    {%- for name, type in given_event_columns().items() %}
        cast({{ given.get(name, 'null') }} as {{ type }}) as {{ name }},
    {%- endfor %}
    {%- for name in event_amount_columns() %}
        cast({{ given.get(name, 'null') }} as decimal(18,4)) as {{ name }},
    {%- endfor %}
        {{ given.get('lacks_rate', 'false') }} as lacks_rate,
        {{ given.get('lacks_amount', 'false') }} as lacks_amount,
        cast({{ given.get('changed_seq', 'null') }} as bigint) as changed_seq
{%- endmacro %}

{#- What every line of core.document_lines says by itself, under the alias `line`. -#}
{% macro line_facts(line) -%}
    {%- set facts = {'event': none} -%}
    {%- for name in [
        'source_id', 'document_id', 'document_no', 'line_id', 'line_no', 'company_code', 'ledger_code', 'chart_code',
        'document_date', 'fiscal_year', 'period_no', 'partner_kind', 'partner_code', 'source_partner_code', 'item_code',
        'source_item_code', 'org_unit_code', 'employee_code', 'project_code', 'tax_code', 'exchange_rate', 'quantity',
        'uom_code', 'invoice_no', 'description', 'changed_seq',
    ] -%}
        {%- do facts.update({name: line ~ '.' ~ name}) -%}
    {%- endfor -%}
    {%- do facts.update({
        'document_entity': line ~ '.entity',
        'correction_no': '0',
        'company_currency_code': line ~ '.base_currency_code',
        'voucher_date': line ~ '.event_date',
        'document_currency_code': line ~ '.currency_code',
        'document_account_code': line ~ '.cost_account_code',
        'document_kind': "coalesce(" ~ line ~ ".kind, case " ~ line ~ ".entity when 'goods_receipts' then 'purchase' when 'shipments' then 'sale' else 'none' end)",
        'line_kind': "coalesce(" ~ line ~ ".line_kind, case when " ~ line ~ ".item_code is null then 'expense' else 'stock' end)",
        'red_reason': "coalesce(" ~ line ~ ".red_reason, 'none')",
        'is_return': "case when " ~ line ~ ".is_return then 'true' else 'false' end",
        'is_free': "case when " ~ line ~ ".is_free then 'true' else 'false' end",
        'is_prior_year': "'false'",
    }) -%}
    {{ return(facts) }}
{%- endmacro %}

{#- An event that books the cost of goods. -#}
{% macro cost_event(event, line, policy, cost) -%}
    {%- set given = line_facts(line) -%}
    {%- do given.update({
        'event': event, 'policy': policy, 'cost_amount': cost,
        'lacks_amount': cost ~ ' is null and coalesce(' ~ line ~ '.quantity, 0) <> 0 and not ' ~ line ~ '.is_free',
    }) -%}
    {{ event_row(given) }}
{%- endmacro %}

{#- An event that books an invoice. `converted` holds tax and total where they are converted by document. -#}
{% macro invoice_event(event, line, converted, policy, more={}) -%}
    {%- set given = line_facts(line) -%}
    {%- set tax = 'coalesce(' ~ converted ~ '.tax_amount, ' ~ line ~ '.base_tax_amount, 0)' -%}
    {%- set gross = 'coalesce(' ~ converted ~ '.gross_amount, ' ~ line ~ '.base_gross_amount, ' ~ line ~ '.base_net_amount + ' ~ tax ~ ')' -%}
    {%- do given.update({
        'event': event, 'policy': policy,
        'net_amount': line ~ '.base_net_amount', 'tax_amount': tax, 'gross_amount': gross,
        'document_net_amount': line ~ '.net_amount', 'document_tax_amount': line ~ '.tax_amount',
        'document_gross_amount': line ~ '.gross_amount',
        'rounding_amount': gross ~ ' - ' ~ line ~ '.base_net_amount - ' ~ tax,
        'lacks_rate': line ~ '.net_amount is not null and ' ~ line ~ '.base_net_amount is null',
        'lacks_amount': line ~ '.net_amount is null',
    }) -%}
    {%- do given.update(more) -%}
    {{ event_row(given) }}
{%- endmacro %}

{#- The accounting policies of each company of the primary ledgers, from each day on which one of them changes. A row for
    the company wins over one for its chart, and that over one for all. -#}
{% macro company_policies() -%}
    {%- set kinds = {
        'estimate': 'on_invoice_reversal', 'cost': 'shipment', 'conversion': 'line', 'realised_difference': 'settlement',
        'variance': 'stock', 'period_end': 'none',
    } -%}
    select
        start.company_code,
        start.valid_from,
        coalesce(
            lead(start.valid_from) over (partition by start.company_code order by start.valid_from), cast('9999-12-31' as date)
        ) as valid_until,
        {%- for kind, shipped in kinds.items() %}
        coalesce(
            max_by(
                case when rule.policy = '{{ kind }}' then rule.value end,
                case when rule.policy = '{{ kind }}' then rule.weight end
            ),
            '{{ shipped }}'
        ) as {{ kind }}_policy{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            ledger.company_code,
            ledger.chart_code,
            day.valid_from
        from ledger
        cross join (
            select cast('0001-01-01' as date) as valid_from
            union
            select valid_from from {{ ref('stg_house__accounting_policies') }} where valid_from is not null
            union
            select {{ date_plus_days('valid_to', 1) }} from {{ ref('stg_house__accounting_policies') }} where valid_to is not null
        ) as day
    ) as start
    left join (
        select
            *,
            case when company_code is not null then 2 else 0 end + case when chart_code is not null then 1 else 0 end as weight
        from {{ ref('stg_house__accounting_policies') }}
    ) as rule
        on coalesce(rule.company_code, start.company_code) = start.company_code
        and coalesce(rule.chart_code, start.chart_code) = start.chart_code
        and coalesce(rule.valid_from, start.valid_from) <= start.valid_from
        and coalesce(rule.valid_to, start.valid_from) >= start.valid_from
    group by start.company_code, start.valid_from
{%- endmacro %}

{#- The days on which a rule or the determination of an account begins or ends to hold. -#}
{% macro days_of_change() -%}
    select cast('0001-01-01' as date) as day
    {%- for table in ['stg_house__voucher_rules', 'stg_house__account_determination'] %}
    union
    select valid_from from {{ ref(table) }} where valid_from is not null
    union
    select {{ date_plus_days('valid_to', 1) }} from {{ ref(table) }} where valid_to is not null
    {%- endfor %}
{%- endmacro %}

{#- Common table expressions `header` and `converted`: tax by tax code and total of a document in a foreign currency,
    converted at once; the lines' own roundings are moved by whole minor units, largest remainders first. -#}
{% macro converted_at_once() -%}
header as (
    select
        line.source_id,
        line.entity,
        line.document_id,
        line.line_id,
        line.tax_code,
        coalesce(currency.minor_units, 2) as base_digits,
        line.base_net_amount,
        coalesce(line.base_tax_amount, 0) as tax_given,
        {{ product('coalesce(line.tax_amount, 0)', 'line.exchange_rate', 10) }} as tax_exact,
        {{ product('line.gross_amount', 'line.exchange_rate', 10) }} as gross_exact
    from {{ documents(['purchase_invoices', 'sales_invoices'], 'line.exchange_rate is not null and line.currency_code <> line.base_currency_code') }} as line
    left join {{ ref('core_currencies') }} as currency on line.base_currency_code = currency.currency_code
    where line.conversion_policy = 'document'
),

taxed as (
    {{ allotted(
        'header',
        ['source_id', 'entity', 'document_id', 'line_id', 'base_digits', 'base_net_amount', 'gross_exact'],
        ['source_id', 'entity', 'document_id', 'tax_code'], 'tax_given', 'tax_exact', 'tax_amount'
    ) }}
),

converted as (
    {{ allotted(
        '(select *, base_net_amount + tax_amount as gross_given from taxed) as taxed_lines',
        ['source_id', 'entity', 'line_id', 'tax_amount'],
        ['source_id', 'entity', 'document_id'], 'gross_given', 'gross_exact', 'gross_amount'
    ) }}
)
{%- endmacro %}

{#- `given` of each row of `relation` moved by whole minor units so that it sums to the rounded sum of `exact` over
    `group`, largest remainders first; beside the row's other columns of `kept`. -#}
{% macro allotted(relation, kept, group, given, exact, name) -%}
    {%- set over = 'partition by ' ~ group | join(', ') -%}
    select
        {{ kept | join(', ') }},
        cast(
            {{ given }} + case
                when missing_units > 0 and places_from_top <= missing_units then unit
                when missing_units < 0 and places_from_bottom <= -missing_units then -unit
                else 0
            end as decimal(18, 4)
        ) as {{ name }}
    from (
        select
            *,
            cast(
                ({{ rounded('sum(' ~ exact ~ ') over (' ~ over ~ ')', 'base_digits') }} - sum({{ given }}) over ({{ over }}))
                * case base_digits when 0 then 1 when 1 then 10 when 3 then 1000 when 4 then 10000 else 100 end as bigint
            ) as missing_units,
            case base_digits when 0 then 1 when 1 then 0.1 when 3 then 0.001 when 4 then 0.0001 else 0.01 end as unit,
            row_number() over ({{ over }} order by {{ exact }} - {{ given }} desc, line_id) as places_from_top,
            row_number() over ({{ over }} order by {{ exact }} - {{ given }}, line_id) as places_from_bottom
        from {{ relation }}
    ) as measured
{%- endmacro %}

{#- Common table expressions of a company's primary ledger: its periods with the one that follows, the days of them, and
    the last day up to which its books are expected: today, or the end of the period in which anything happened last. -#}
{% macro ledger_calendar() -%}
period as (
    select
        company_code,
        fiscal_year,
        period_no,
        start_date,
        end_date,
        lead(start_date) over (partition by company_code order by start_date) as next_start,
        lead(fiscal_year) over (partition by company_code order by start_date) as next_year,
        lead(period_no) over (partition by company_code order by start_date) as next_period
    from (
        select
            period.company_code,
            period.fiscal_year,
            period.period_no,
            min(period.start_date) as start_date,
            max(period.end_date) as end_date
        from {{ ref('core_periods') }} as period
        inner join (select distinct source_id, company_code from {{ ref('core_ledgers') }} where is_primary) as home
            on period.source_id = home.source_id and period.company_code = home.company_code
        where not period.is_adjustment and period.start_date is not null and period.end_date is not null
        group by period.company_code, period.fiscal_year, period.period_no
    ) as one
),

day as (
    select
        period.company_code,
        {{ date_plus_days('period.start_date', 'numbers.days') }} as calendar_date,
        max(period.fiscal_year) as fiscal_year,
        max(period.period_no) as period_no,
        max(period.end_date) as end_date
    from period
    inner join (select cast(n.i as integer) as days from range(400) as n (i)) as numbers
        on numbers.days <= {{ days_between('period.start_date', 'period.end_date') }}
    group by period.company_code, {{ date_plus_days('period.start_date', 'numbers.days') }}
),

horizon as (
    select
        latest.company_code,
        least(max(run.as_of), max(coalesce(period.end_date, latest.last_date))) as last_day
    from (
        select
            company_code,
            max(happened_on) as last_date
        from (
            select company_code, max(event_date) as happened_on
            from {{ ref('core_document_lines') }}
            where is_counted
            group by company_code
            union all
            select company_code, max(posting_date)
            from {{ ref('core_journal_lines') }}
            where is_primary_ledger
            group by company_code
        ) as activity
        group by company_code
    ) as latest
    cross join {{ source('house', 'run_context') }} as run
    left join period
        on latest.company_code = period.company_code
        and latest.last_date >= period.start_date
        and latest.last_date <= period.end_date
    group by latest.company_code
)
{%- endmacro %}
