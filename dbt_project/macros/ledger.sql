{#- Journal lines with all names; `is_posted` picks posted lines or those not yet booked. -#}
{% macro named_journal_lines(is_posted) -%}
with
line as (
    select *
    from {{ ref('core_journal_lines') }}
    where {{ 'is_posted' if is_posted else "not is_posted and status <> 'void'" }}
),

company as (select * from {{ ref('core_company_names') }}),

account as (select * from {{ ref('core_accounts') }}),

partner as (select * from {{ ref('core_partners') }}),

item as (select * from {{ ref('core_items') }}),

org_unit as (select * from {{ ref('core_org_units') }}),

line_class as {{ class_of_lines() }},

named as (
    select
        line.source_id,
        line.company_code,
        company.company_name,
        line.base_currency_code as company_currency_code,
        line.ledger_code,
        line.is_primary_ledger,
        line.fiscal_year,
        line.period_no,
        line.posting_date,
        line.document_date,
        line.voucher_id,
        line.line_id,
        line.voucher_word,
        line.voucher_no,
        line.line_no,
        line.account_code,
        account.account_name,
        account.account_type,
        line.account_role,
        line.summary,
        line.debit,
        line.credit,
        line.amount,
        line.currency_code as document_currency_code,
        line.currency_amount,
        line.quantity,
        line.partner_kind,
        line.partner_code,
        partner.partner_name,
        line.item_code,
        item.item_name,
        line.org_unit_code,
        org_unit.org_unit_name,
        line.project_code,
        line.employee_code,
        line.bank_account_code,
        line.entry_kind,
        line.status,
        line.is_posted,
        line.is_red,
        line.origin_source_id,
        line.origin_entity,
        line.origin_document_id,
        line.origin_document_no,
        line.origin_line_id,
        line.settlement_no,
        line.due_date,
        line.clearing_id,
        line.prepared_by,
        line.reviewed_by,
        line.posted_by,
        line_class.finding_class,
        greatest(
            line.changed_seq, company.changed_seq, account.changed_seq, partner.changed_seq, item.changed_seq, org_unit.changed_seq
        ) as changed_seq
    from line
    left join company on line.source_id = company.source_id and line.company_code = company.company_code
    left join account
        on line.source_id = account.source_id
        and line.chart_code = account.chart_code
        and line.account_code = account.account_code
    left join partner
        on line.source_id = partner.source_id
        and line.partner_kind = partner.partner_kind
        and line.source_partner_code = partner.source_partner_code
    left join item on line.source_id = item.source_id and line.source_item_code = item.source_item_code
    left join org_unit on line.source_id = org_unit.source_id and line.org_unit_code = org_unit.org_unit_code
    left join line_class on line.source_id = line_class.source_id and line.line_id = line_class.line_id
)

select *
from named
{% if is_incremental() %}
where {{ is_new('named') }} {{ or_relabelled('named', ['source_id', 'line_id'], ['partner_code', 'item_code']) }}
{% endif %}
{%- endmacro %}

{#- One class per line of the primary ledger: that of its largest share; with equal shares a defect goes before what agrees. -#}
{% macro class_of_lines() -%}
(
    select
        source_id,
        line_id,
        {{ of_largest('finding_class', 'share_amount', "case finding_class when 'matched' then '' else finding_class end") }}
            as finding_class
    from (
        select
            source_id,
            line_id,
            finding_class,
            abs(sum({{ money('amount') }})) as share_amount
        from {{ ref('core_ledger_line_shares') }}
        group by source_id, line_id, finding_class
    ) as share
    group by source_id, line_id
)
{%- endmacro %}

{#- Post-hook: a line's class changes with its documents, also where the line itself stays. In increments only the lines
    whose class is another one now are written. -#}
{% macro refresh_classes() -%}
    {%- if execute and is_incremental() -%}
    update {{ this }}
    set finding_class = now.finding_class
    from (
        select
            line.source_id,
            line.line_id,
            line_class.finding_class
        from {{ this }} as line
        left join {{ class_of_lines() }} as line_class on line.source_id = line_class.source_id and line.line_id = line_class.line_id
        where not {{ same('line.finding_class', 'line_class.finding_class') }}
    ) as now
    where {{ this.identifier }}.source_id = now.source_id and {{ this.identifier }}.line_id = now.line_id
    {%- else -%}
    select 1
    {%- endif -%}
{%- endmacro %}

{#- Balances of the ledger by period over `dimensions` (columns of core.journal_lines beyond the account), ending in a CTE
    `balance`; of posted lines, or with those not yet booked. A year whose opening stands in period 0 starts from those lines; other years start from the closing of
    the year before. Every period from a key's first to the ledger's last one is there, whether or not it has postings. -#}
{% macro ledger_balances(dimensions, where='1 = 1', with_unposted=false) -%}
{%- set keys = ['source_id', 'ledger_code', 'company_code', 'chart_code', 'account_code'] + dimensions -%}
{%- set counted = "status <> 'void'" if with_unposted else 'is_posted' -%}
movement as (
    select
        {{ keys | join(', ') }},
        fiscal_year,
        period_no,
        sum({{ money('debit') }}) as debit,
        sum({{ money('credit') }}) as credit
    from {{ ref('core_journal_lines') }}
    where {{ counted }} and {{ where }}
    group by {{ keys | join(', ') }}, fiscal_year, period_no
),

-- Lines of every account tell which periods a ledger has and which years begin with opening lines of their own.
used as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from {{ ref('core_journal_lines') }}
    where {{ counted }}
    group by source_id, ledger_code, company_code, fiscal_year, period_no
),

known_period as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        min(start_date) as start_date,
        max(end_date) as end_date
    from {{ ref('core_periods') }}
    group by source_id, company_code, fiscal_year, period_no
),

span as (
    select
        source_id,
        ledger_code,
        company_code,
        min(fiscal_year * 100 + period_no) as first_period,
        max(fiscal_year * 100 + period_no) as last_period
    from used
    group by source_id, ledger_code, company_code
),

period as (
    select
        span.source_id,
        span.ledger_code,
        span.company_code,
        known.fiscal_year,
        known.period_no
    from span
    inner join known_period as known
        on span.source_id = known.source_id
        and span.company_code = known.company_code
        and known.fiscal_year * 100 + known.period_no between span.first_period and span.last_period
    union
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no
    from used
),

era as (
    select
        source_id,
        ledger_code,
        company_code,
        fiscal_year,
        period_no,
        coalesce(
            max(case when period_no = 0 then fiscal_year end) over (
                partition by source_id, ledger_code, company_code
                order by fiscal_year, period_no
                rows between unbounded preceding and current row
            ),
            0
        ) as era
    from period
),

first_use as (
    select
        {{ keys | join(', ') }},
        min(fiscal_year * 100 + period_no) as first_period
    from movement
    group by {{ keys | join(', ') }}
),

filled as (
    select
        {{ keys | join(', ') }},
        fiscal_year,
        period_no,
        debit,
        credit
    from movement
    union all
    select
        {%- for key in keys %}
        first_use.{{ key }},
        {%- endfor %}
        era.fiscal_year,
        era.period_no,
        {{ money('0') }} as debit,
        {{ money('0') }} as credit
    from first_use
    inner join era
        on first_use.source_id = era.source_id
        and first_use.ledger_code = era.ledger_code
        and first_use.company_code = era.company_code
        and era.fiscal_year * 100 + era.period_no >= first_use.first_period
),

turnover as (
    select
        {{ keys | join(', ') }},
        fiscal_year,
        period_no,
        sum(debit) as debit,
        sum(credit) as credit
    from filled
    group by {{ keys | join(', ') }}, fiscal_year, period_no
),

running as (
    select
        {%- for key in keys %}
        turnover.{{ key }},
        {%- endfor %}
        turnover.fiscal_year,
        turnover.period_no,
        turnover.debit,
        turnover.credit,
        sum(turnover.debit - turnover.credit) over (
            partition by
                {%- for key in keys %}
                turnover.{{ key }},
                {%- endfor %}
                era.era
            order by turnover.fiscal_year, turnover.period_no
            rows between unbounded preceding and current row
        ) as closing_amount,
        sum(case when turnover.period_no > 0 then turnover.debit else 0 end) over (
            partition by
                {%- for key in keys %}
                turnover.{{ key }},
                {%- endfor %}
                turnover.fiscal_year
            order by turnover.period_no
            rows between unbounded preceding and current row
        ) as year_debit,
        sum(case when turnover.period_no > 0 then turnover.credit else 0 end) over (
            partition by
                {%- for key in keys %}
                turnover.{{ key }},
                {%- endfor %}
                turnover.fiscal_year
            order by turnover.period_no
            rows between unbounded preceding and current row
        ) as year_credit
    from turnover
    inner join era
        on turnover.source_id = era.source_id
        and turnover.ledger_code = era.ledger_code
        and turnover.company_code = era.company_code
        and turnover.fiscal_year = era.fiscal_year
        and turnover.period_no = era.period_no
),

balance as (
    select
        {%- for key in keys %}
        running.{{ key }},
        {%- endfor %}
        running.fiscal_year,
        running.period_no,
        known.start_date as period_start,
        known.end_date as period_end,
        {{ money('running.closing_amount - running.year_debit + running.year_credit') }} as year_opening_amount,
        {{ money('running.closing_amount - running.debit + running.credit') }} as opening_amount,
        {{ money('running.debit') }} as debit,
        {{ money('running.credit') }} as credit,
        {{ money('running.year_debit') }} as year_debit,
        {{ money('running.year_credit') }} as year_credit,
        {{ money('running.closing_amount') }} as closing_amount,
        case when running.closing_amount > 0 then 'debit' when running.closing_amount < 0 then 'credit' else 'zero' end as balance_side
    from running
    left join known_period as known
        on running.source_id = known.source_id
        and running.company_code = known.company_code
        and running.fiscal_year = known.fiscal_year
        and running.period_no = known.period_no
    where
        running.period_no > 0
        and (
            running.debit <> 0
            or running.credit <> 0
            or running.closing_amount <> 0
            or running.year_debit <> 0
            or running.year_credit <> 0
            or running.closing_amount - running.year_debit + running.year_credit <> 0
        )
)
{%- endmacro %}

{% macro journal_line_keys(is_posted) -%}
(
    select
        source_id,
        line_id
    from {{ ref('core_journal_lines') }}
    where {{ 'is_posted' if is_posted else "not is_posted and status <> 'void'" }}
)
{%- endmacro %}

{#- The trial balance of every ledger, posted only or with vouchers not yet booked. -#}
{% macro trial_balance(with_unposted) -%}
with
{{ ledger_balances([], with_unposted=with_unposted) }},

company as (select * from {{ ref('core_company_names') }}),

ledger as (select * from {{ ref('core_ledgers') }}),

account as (select * from {{ ref('core_accounts') }}),

-- The finance system's own closing figures, whole accounts only.
reported as (
    select
        source_id,
        ledger_code,
        company_code,
        account_code,
        fiscal_year,
        period_no,
        sum({{ money('closing_amount') }}) as closing_amount
    from {{ ref('core_account_balances') }}
    where is_whole_account
    group by source_id, ledger_code, company_code, account_code, fiscal_year, period_no
)

select
    balance.source_id,
    balance.company_code,
    company.company_name,
    company.base_currency_code as company_currency_code,
    balance.ledger_code,
    coalesce(ledger.is_primary, false) as is_primary_ledger,
    '{{ 'all' if with_unposted else 'posted' }}' as posting_scope,
    balance.fiscal_year,
    balance.period_no,
    balance.period_start,
    balance.period_end,
    balance.account_code,
    account.account_name,
    account.account_type,
    account.account_role,
    account.master_account_code,
    account.normal_side,
    balance.year_opening_amount,
    balance.opening_amount,
    balance.debit,
    balance.credit,
    balance.year_debit,
    balance.year_credit,
    balance.closing_amount,
    balance.balance_side,
    -- What the finance system reports is about posted vouchers.
    {{ 'cast(null as decimal(38, 4))' if with_unposted else 'reported.closing_amount' }} as reported_closing_amount,
    {{ 'cast(null as decimal(38, 4))' if with_unposted else money('balance.closing_amount - reported.closing_amount') }} as difference_amount
from balance
left join company on balance.source_id = company.source_id and balance.company_code = company.company_code
left join ledger
    on balance.source_id = ledger.source_id
    and balance.ledger_code = ledger.ledger_code
    and balance.company_code = ledger.company_code
left join account
    on balance.source_id = account.source_id
    and balance.chart_code = account.chart_code
    and balance.account_code = account.account_code
left join reported
    on balance.source_id = reported.source_id
    and balance.ledger_code = reported.ledger_code
    and balance.company_code = reported.company_code
    and balance.account_code = reported.account_code
    and balance.fiscal_year = reported.fiscal_year
    and balance.period_no = reported.period_no
{%- endmacro %}
