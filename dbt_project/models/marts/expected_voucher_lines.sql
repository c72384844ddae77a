-- What the rules say must be in the books: one line per source line and rule line, before lines of a voucher are merged.
with
event as (select * from {{ ref('core_voucher_events') }}),

choice as (
    select *
    from {{ ref('core_voucher_choices') }}
    where reason is null and merge <> 'no_voucher'
),

-- Nothing is half booked: one refused line holds its whole document back.
refused as (
    select distinct
        source_id,
        event,
        document_entity,
        document_id,
        voucher_date
    from {{ ref('core_voucher_refusals') }}
),

valued as (
    select
        event.*,
        choice.rule_code,
        choice.rule_version,
        choice.voucher_word,
        choice.merge,
        choice.rule_line_no,
        choice.side,
        choice.account_role,
        choice.account_code,
        choice.dimensions as carried,
        nullif(choice.required_dimensions, '') as required,
        choice.negative,
        choice.with_quantity,
        choice.summary as template,
        {{ line_value('choice', 'event') }} as value,
        case
            when event.is_foreign = 'true' then choice.factor * case choice.amount_word
                {%- for word, columns in rule_amounts().items() if columns[1] is not none %}
                when '{{ word }}' then event.{{ columns[1] }}
                {%- endfor %}
            end
        end as currency_value,
        choice.only_when,
        case choice.merge
            when 'none' then concat_ws('/', concat(event.document_entity, ',', event.line_id), event.voucher_date)
            when 'document' then concat_ws('/', concat(event.document_entity, ',', event.document_id), event.voucher_date)
            when 'partner_day'
                then concat_ws('/', choice.rule_code, event.partner_kind, event.partner_code, event.document_currency_code, event.voucher_date)
            when 'day' then concat_ws('/', choice.rule_code, event.document_currency_code, event.voucher_date)
            else concat_ws('/', choice.rule_code, event.document_currency_code)
        end as merge_key
    from event
    inner join choice on event.combination = choice.combination
    left join refused
        on event.source_id = refused.source_id
        and event.event = refused.event
        and event.document_entity = refused.document_entity
        and event.document_id = refused.document_id
        and event.voucher_date = refused.voucher_date
    where refused.source_id is null
),

sided as (
    select
        *,
        concat_ws(
            ':', event, source_id, company_code, merge_key, concat_ws('-', fiscal_year, period_no, nullif(correction_no, 0))
        ) as expected_voucher_id,
        -- A negative amount stays on its side in red, or changes sides, as the rule wants it.
        case when side = 'debit' then value <> 0 and (value > 0 or negative = 'red') else value < 0 and negative = 'flip' end
            as is_debit
    from valued
    where
        value <> 0
        and (only_when is null or (only_when = 'positive' and value > 0) or (only_when = 'negative' and value < 0))
)

select
    expected_voucher_id,
    cast(
        row_number() over (
            partition by expected_voucher_id order by length(document_id), document_id, length(line_id), line_id, rule_line_no
        ) as integer
    ) as line_no,
    source_id,
    rule_code,
    rule_version,
    event,
    ledger_code,
    company_code,
    company_currency_code,
    fiscal_year,
    period_no,
    voucher_date,
    voucher_word,
    account_role,
    account_code,
    case when is_debit then 'debit' else 'credit' end as side,
    case
        when is_debit then case when side = 'debit' then value else -value end
        else {{ line_money('0') }}
    end as debit,
    case
        when is_debit then {{ line_money('0') }}
        when side = 'credit' then value
        else -value
    end as credit,
    case when side = 'debit' then value else -value end as amount,
    case when currency_value is null then company_currency_code else document_currency_code end as document_currency_code,
    case when currency_value is null then null when side = 'debit' then currency_value else -currency_value end as currency_amount,
    case when currency_value is null then null else exchange_rate end as exchange_rate,
    case when with_quantity then case when side = 'debit' then quantity else -quantity end end as quantity,
    case when with_quantity then uom_code end as uom_code,
    case when carried like '%,partner,%' then partner_kind end as partner_kind,
    case when carried like '%,partner,%' then partner_code end as partner_code,
    case when carried like '%,item,%' then item_code end as item_code,
    case when carried like '%,org_unit,%' then org_unit_code end as org_unit_code,
    case when carried like '%,employee,%' then employee_code end as employee_code,
    case when carried like '%,project,%' then project_code end as project_code,
    case when carried like '%,bank_account,%' then bank_account_code end as bank_account_code,
    case when carried like '%,tax,%' then tax_code end as tax_code,
    -- What the account requires and the document does not say: somebody has to add it before the voucher is posted.
    case
        when required is not null then nullif(
            concat_ws(
                ','
                {%- for name, column in {
                    'org_unit': 'org_unit_code', 'employee': 'employee_code', 'project': 'project_code',
                }.items() -%}
                , case when {{ column }} is null and concat(',', required, ',') like '%,{{ name }},%' then '{{ name }}' end
                {%- endfor -%}
            ),
            ''
        )
    end as missing_dimensions,
    {{ filled_summary('template', 'sided') }} as summary,
    document_entity,
    document_id,
    document_no,
    line_id,
    correction_no,
    merge_key,
    rule_line_no,
    changed_seq
from sided
