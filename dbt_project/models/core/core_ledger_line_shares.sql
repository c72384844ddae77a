-- Every line of the primary ledger, in shares that sum to it, each of one class: what stands for a document, what is wrong
-- about it, and what has no document.
with
line as (
    select
        *,
        source_id || ',' || voucher_id as ledger_unit
    from {{ ref('core_journal_lines') }}
    where is_primary_ledger and status <> 'void' and entry_kind <> 'closing'
),

match as (select * from {{ ref('core_voucher_matches') }}),

-- Vouchers that are equal to their documents as a whole only are set against them together.
held as (
    select distinct
        match_group,
        ledger_unit
    from match
    where match_class = 'matched'
),

match_row as (
    select *
    from {{ ref('core_match_rows') }}
    where is_in_shares
),

other_match as (
    select
        match.ledger_unit,
        match.match_class,
        min(match.reason) as reason,
        min(unit.flow) as flow,
        min(unit.event) as event,
        case when count(*) = 1 then min(match.expected_unit) end as expected_unit
    from match
    inner join (
        select
            expected_voucher_id,
            min(flow) as flow,
            min(event) as event
        from {{ ref('core_expected_lines') }}
        group by expected_voucher_id
    ) as unit on match.expected_unit = unit.expected_voucher_id
    where match.match_class <> 'matched'
    group by match.ledger_unit, match.match_class
),

in_match as (
    select
        line.*,
        match_row.flow,
        match_row.event,
        match_row.expected_unit,
        match_row.reason,
        match_row.expected_amount,
        match_row.ledger_amount,
        case
            when match_row.expected_amount is null then 'wrong_amount'
            when match_row.is_wrong_partner then 'wrong_partner'
            when match_row.is_wrong_account then 'wrong_account'
            when match_row.is_wrong_period then 'wrong_period'
            else 'matched'
        end as finding_class,
        row_number() over (
            partition by held.match_group, line.account_code, line.account_role, line.partner_kind, line.partner_code
            order by abs(line.amount) desc, line.ledger_unit, line.line_id
        ) as position
    from line
    inner join held on line.ledger_unit = held.ledger_unit
    inner join match_row
        on held.match_group = match_row.ledger_unit
        and line.account_code = match_row.ledger_account
        and {{ same('line.account_role', 'match_row.ledger_role') }}
        and {{ same('line.partner_kind', 'match_row.ledger_partner_kind') }}
        and {{ same('line.partner_code', 'match_row.ledger_partner') }}
),

-- Vouchers that no document explains: what their summary says, in the words of the rules; the longest fitting word wins.
unexplained as (
    select line.*
    from line
    left join (select distinct ledger_unit from match) as held on line.ledger_unit = held.ledger_unit
    where held.ledger_unit is null
),

word as (select * from {{ ref('stg_house__ledger_entry_words') }}),

worded as (
    select
        summary.summary,
        {{ of_largest('word.finding_class', '1000 * word.layer + length(word.pattern)', 'word.pattern') }} as finding_class,
        {{ of_largest('word.entry_reason', '1000 * word.layer + length(word.pattern)', 'word.pattern') }} as entry_reason
    from (select distinct summary from unexplained) as summary
    inner join word on summary.summary like word.pattern
    group by summary.summary
),

share as (
    select
        in_match.source_id,
        in_match.line_id,
        in_match.ledger_unit,
        in_match.flow,
        in_match.event,
        in_match.expected_unit,
        in_match.reason,
        in_match.finding_class,
        cast(null as varchar) as entry_reason,
        in_match.amount
        - case
            when in_match.position = 1 and in_match.expected_amount is not null then in_match.ledger_amount - in_match.expected_amount
            else 0
        end as amount
    from in_match
    union all
    select
        source_id,
        line_id,
        ledger_unit,
        flow,
        event,
        expected_unit,
        reason,
        'wrong_amount',
        cast(null as varchar),
        ledger_amount - expected_amount
    from in_match
    where position = 1 and expected_amount is not null and ledger_amount <> expected_amount
    union all
    select
        line.source_id,
        line.line_id,
        line.ledger_unit,
        other_match.flow,
        other_match.event,
        other_match.expected_unit,
        other_match.reason,
        other_match.match_class,
        cast(null as varchar),
        line.amount
    from line
    inner join other_match on line.ledger_unit = other_match.ledger_unit
    union all
    select
        unexplained.source_id,
        unexplained.line_id,
        unexplained.ledger_unit,
        cast(null as varchar),
        case when worded.finding_class = 'other_flow' then worded.entry_reason end,
        cast(null as varchar),
        cast(null as varchar),
        case when unexplained.entry_kind = 'opening' then 'no_document' else coalesce(worded.finding_class, 'no_document') end,
        case
            when unexplained.entry_kind = 'opening' then 'opening'
            when worded.entry_reason is not null then worded.entry_reason
            when unexplained.entry_kind not in ('document', 'manual') then unexplained.entry_kind
            when unexplained.origin_document_no is not null or unexplained.origin_document_id is not null then 'unknown_document'
            else 'manual_unexplained'
        end,
        unexplained.amount
    from unexplained
    left join worded on unexplained.summary = worded.summary
)

select
    share.source_id,
    share.line_id,
    share.ledger_unit,
    line.company_code,
    line.base_currency_code,
    line.ledger_code,
    line.fiscal_year,
    line.period_no,
    line.posting_date,
    line.voucher_id,
    line.voucher_word,
    line.voucher_no,
    line.line_no,
    line.account_role,
    line.account_code,
    line.partner_kind,
    line.partner_code,
    line.item_code,
    line.org_unit_code,
    line.is_posted,
    line.summary,
    share.flow,
    share.event,
    share.expected_unit,
    share.reason as match_reason,
    share.finding_class,
    share.entry_reason,
    cast(share.amount as decimal(18, 4)) as amount,
    line.changed_seq
from share
inner join line on share.source_id = line.source_id and share.line_id = line.line_id
