-- Which rule fits which kind of event, and which account each of its lines takes: worked out once for all events that
-- look alike. A rule of the lowest priority number wins, the newest version of it; two that fit alike are refused.
-- Of the rows that determine an account, the one with the most keys wins; two that fit alike are refused.
with
combination as (
    select distinct
        combination,
        {%- for name in combination_columns() %}
        {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('core_voucher_events') }}
),

rule as (select * from {{ ref('stg_house__voucher_rules') }}),

rule_line as (select * from {{ ref('stg_house__voucher_rule_lines') }}),

determination as (
    select
        *,
        {%- for name in determination_keys() %}
        case when {{ name }} is not null then 1 else 0 end {{ '+' if not loop.last else 'as keys' }}
        {%- endfor %}
    from {{ ref('stg_house__account_determination') }}
),

words as (
    select
        combination.company_code,
        max_by(
            policy.value,
            case when policy.company_code is not null then 2 else 0 end + case when policy.chart_code is not null then 1 else 0 end
        ) as kind
    from (select distinct company_code, chart_code from combination) as combination
    inner join {{ ref('stg_house__accounting_policies') }} as policy
        on policy.policy = 'voucher_words'
        and coalesce(policy.company_code, combination.company_code) = combination.company_code
        and coalesce(policy.chart_code, combination.chart_code) = combination.chart_code
    group by combination.company_code
),

account as (
    select
        chart_code,
        account_code,
        min(required_dimensions) as required_dimensions
    from {{ ref('core_accounts') }}
    group by chart_code, account_code
),

fitting as (
    select
        combination.*,
        rule.rule_code,
        rule.version as rule_version,
        rule.voucher_word,
        rule.merge,
        rule.priority,
        concat_ws(
            ', '
            {%- for name in rule_conditions() -%}
            , case when rule.{{ name }} is not null then concat('{{ name }} = ', rule.{{ name }}) end
            {%- endfor -%}
        ) as matched_conditions,
        row_number() over (
            partition by combination.combination, rule.rule_code order by rule.version desc
        ) as age_of_version
    from combination
    left join rule
        on combination.event = rule.event
        and coalesce(rule.ledger_code, combination.ledger_code) = combination.ledger_code
        and coalesce(rule.valid_from, combination.rules_of) <= combination.rules_of
        and coalesce(rule.valid_to, combination.rules_of) >= combination.rules_of
        {%- for name in rule_conditions() %}
        and {{ fits('rule.' ~ name, 'combination.' ~ name) }}
        {%- endfor %}
),

ranked as (
    select
        *,
        rank() over (partition by combination order by priority) as place,
        count(*) over (partition by combination, priority) as equals
    from fitting
    where age_of_version = 1
),

chosen as (
    select
        *,
        case
            when rule_code is null then 'no_rule'
            when equals > 1 then 'several_rules'
        end as rule_reason
    from ranked
    where place = 1
),

-- A combination without a usable rule keeps one row that says so.
placed as (
    select
        chosen.*,
        rule_line.line_no as rule_line_no,
        rule_line.side,
        rule_line.account_role,
        replace(rule_line.amount, '-', '') as amount_word,
        case when rule_line.amount like '-%' then -1 else 1 end as factor,
        rule_line.only_when,
        coalesce(rule_line.negative, 'red') as negative,
        rule_line.dimensions,
        coalesce(rule_line.with_quantity, false) as with_quantity,
        rule_line.summary
    from chosen
    left join rule_line
        on case when chosen.rule_reason is null then chosen.rule_code end = rule_line.rule_code
        and chosen.rule_version = rule_line.version
),

determined as (
    select
        placed.*,
        -- The account may be the one that the document line names.
        case
            when determination.account_code = '=document' then placed.document_account_code
            else determination.account_code
        end as account_code,
        determination.account_code = '=document' as is_from_document,
        concat_ws(
            ', '
            {%- for name in determination_keys() -%}
            , case when determination.{{ name }} is not null then concat('{{ name }} = ', determination.{{ name }}) end
            {%- endfor -%}
        ) as determined_by,
        rank() over (
            partition by placed.combination, placed.rule_code, placed.rule_line_no order by determination.keys desc nulls last
        ) as account_place,
        count(*) over (
            partition by placed.combination, placed.rule_code, placed.rule_line_no, determination.keys
        ) as account_equals
    from placed
    left join determination
        on placed.account_role = determination.account_role
        and coalesce(determination.valid_from, placed.rules_of) <= placed.rules_of
        and coalesce(determination.valid_to, placed.rules_of) >= placed.rules_of
        {%- for name in determination_keys() %}
        and {{ fits('determination.' ~ name, 'placed.' ~ name) }}
        {%- endfor %}
),

single as (
    select
        *,
        row_number() over (partition by combination, rule_code, rule_line_no order by account_code) as copy
    from determined
    where account_place = 1
)

select
    single.combination,
    single.ledger_code,
    single.chart_code,
    single.rule_code,
    single.rule_version,
    -- A rule may name two words: the general one, and that of companies which keep 收, 付 and 转 apart.
    case
        when single.voucher_word not like '%|%' then single.voucher_word
        else split_part(single.voucher_word, '|', case when words.kind = 'three' then 2 else 1 end)
    end as voucher_word,
    coalesce(single.merge, 'none') as merge,
    single.matched_conditions,
    single.rule_line_no,
    single.side,
    single.account_role,
    single.amount_word,
    single.factor,
    single.only_when,
    single.negative,
    single.with_quantity,
    single.summary,
    single.account_code,
    single.determined_by,
    concat(',', coalesce(single.dimensions, ''), ',', coalesce(account.required_dimensions, ''), ',') as dimensions,
    coalesce(account.required_dimensions, '') as required_dimensions,
    case
        when single.rule_reason is not null then single.rule_reason
        when single.merge = 'no_voucher' then null
        when single.rule_line_no is null then 'rule_without_lines'
        when single.account_code is null and single.is_from_document then 'no_account_on_document'
        when single.account_code is null then 'role_without_account'
        when single.account_equals > 1 then 'several_accounts'
        when account.account_code is null then 'account_not_in_chart'
    end as reason
from single
left join account on single.chart_code = account.chart_code and single.account_code = account.account_code
left join words on single.company_code = words.company_code
where single.copy = 1
