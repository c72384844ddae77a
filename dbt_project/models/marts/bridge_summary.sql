-- A bridge per company and month: the two calibers' own totals, the steps between them, and how much of the ledger is matched.
with
bridge as (select * from {{ ref('core_bridges') }}),

amount as (select * from {{ ref('caliber_amounts') }}),

line as (select * from {{ ref('bridge_lines') }}),

from_total as (
    select
        bridge.bridge_code,
        amount.company_code,
        amount.company_currency_code,
        amount.document_currency_code,
        amount.fiscal_year,
        amount.period_no,
        0 as step_no,
        'from_total' as row_kind,
        bridge.from_caliber as step_code,
        sum(amount.amount) as amount,
        sum(amount.line_count) as line_count
    from amount
    inner join bridge on amount.caliber_code = bridge.from_caliber
    group by
        bridge.bridge_code, amount.company_code, amount.company_currency_code, amount.document_currency_code, amount.fiscal_year,
        amount.period_no, bridge.from_caliber
),

to_total as (
    select
        bridge.bridge_code,
        amount.company_code,
        amount.company_currency_code,
        amount.document_currency_code,
        amount.fiscal_year,
        amount.period_no,
        99 as step_no,
        'to_total' as row_kind,
        bridge.to_caliber as step_code,
        sum(bridge.sign * amount.amount) as amount,
        sum(amount.line_count) as line_count
    from amount
    inner join bridge
        on amount.caliber_code = bridge.to_caliber
        and (not bridge.is_to_ledger or bridge.account_roles like '% ' || amount.account_role || ' %')
    group by
        bridge.bridge_code, amount.company_code, amount.company_currency_code, amount.document_currency_code, amount.fiscal_year,
        amount.period_no, bridge.to_caliber
),

step_total as (
    select
        bridge_code,
        company_code,
        company_currency_code,
        document_currency_code,
        fiscal_year,
        period_no,
        step_no,
        'step' as row_kind,
        step_code,
        sum(amount) as amount,
        count(*) as line_count
    from line
    group by
        bridge_code, company_code, company_currency_code, document_currency_code, fiscal_year, period_no, step_no, step_code
),

-- What of the ledger, and of what is missing in it, stands for a document as it should. Other flows are not asked, nor
-- entries that say why they have no document; those stand in steps of their own.
asked as (
    select
        bridge.bridge_code,
        share.company_code,
        share.fiscal_year,
        share.period_no,
        case when share.finding_class = 'matched' then abs(share.amount) else 0 end as matched_amount,
        case when share.finding_class = 'matched' then 1 else 0 end as matched_count,
        abs(share.amount) as asked_amount,
        1 as asked_count
    from {{ ref('core_ledger_line_shares') }} as share
    inner join bridge
        on bridge.is_to_ledger
        and bridge.account_roles like '% ' || share.account_role || ' %'
        and (share.flow is null or share.flow = bridge.flow)
    where
        share.finding_class <> 'other_flow'
        and not (share.finding_class = 'no_document' and share.entry_reason in ({{ reasons_without_document() }}))
    union all
    select
        bridge_code,
        company_code,
        fiscal_year,
        period_no,
        0,
        0,
        abs(amount),
        1
    from line
    where finding_class = 'missing'
),

rate as (
    select
        bridge_code,
        company_code,
        fiscal_year,
        period_no,
        sum({{ money('matched_amount') }}) as matched_amount,
        sum({{ money('asked_amount') }}) as asked_amount,
        sum(matched_count) as matched_count,
        sum(asked_count) as asked_count
    from asked
    group by bridge_code, company_code, fiscal_year, period_no
),

every_row as (
    select * from from_total
    union all
    select * from step_total
    union all
    select * from to_total
)

select
    every_row.bridge_code,
    bridge.name_zh as bridge_name_zh,
    bridge.name_en as bridge_name_en,
    bridge.flow,
    bridge.from_caliber,
    bridge.to_caliber,
    every_row.company_code,
    every_row.company_currency_code,
    every_row.document_currency_code,
    every_row.fiscal_year,
    every_row.period_no,
    cast(every_row.step_no as integer) as step_no,
    every_row.row_kind,
    every_row.step_code,
    {{ money('every_row.amount') }} as amount,
    -- The two-sided statement: what adjusts the business figure, and what adjusts the ledger figure, to the same sum.
    case when every_row.row_kind = 'to_total' or (every_row.row_kind = 'step' and every_row.step_no > 30) then 'ledger' else 'business' end
        as statement_side,
    {{ money("case when every_row.row_kind = 'step' and every_row.step_no > 30 then -every_row.amount else every_row.amount end") }}
        as statement_amount,
    cast(every_row.line_count as bigint) as line_count,
    coalesce(step.name_zh, caliber.name_zh) as step_name_zh,
    coalesce(step.name_en, caliber.name_en) as step_name_en,
    {{ ratio('rate.matched_amount', 'rate.asked_amount') }} as match_rate_amount,
    {{ ratio('rate.matched_count', 'rate.asked_count') }} as match_rate_count,
    rate.matched_amount,
    rate.asked_amount,
    cast(rate.matched_count as bigint) as matched_count,
    cast(rate.asked_count as bigint) as asked_count
from every_row
inner join bridge on every_row.bridge_code = bridge.bridge_code
left join {{ ref('bridge_steps') }} as step
    on case when every_row.row_kind = 'step' then every_row.step_code end = step.step_code
left join (
    select
        caliber_code,
        max_by(name_zh, version) as name_zh,
        max_by(name_en, version) as name_en
    from {{ ref('stg_house__calibers') }}
    group by caliber_code
) as caliber
    on case when every_row.row_kind <> 'step' then every_row.step_code end = caliber.caliber_code
left join rate
    on every_row.bridge_code = rate.bridge_code
    and every_row.company_code = rate.company_code
    and every_row.fiscal_year = rate.fiscal_year
    and every_row.period_no = rate.period_no
