-- Events of which no voucher may be made, with the first reason; nothing of their document is booked. A missing department,
-- person or project is no such reason: the draft says that it waits for it.
with
event as (select * from {{ ref('core_voucher_events') }}),

-- One row per combination: what its rule lacks, and whether the accounts of its lines want a partner.
verdict as (
    select
        combination,
        min(rule_code) as rule_code,
        min(case when rule_line_no is null then reason end) as reason,
        max(case when merge <> 'no_voucher' then 1 else 0 end) as books,
        max(case when concat(',', required_dimensions, ',') like '%,partner,%' then 1 else 0 end) as wants_partner
    from {{ ref('core_voucher_choices') }}
    group by combination
),

-- A line of a rule that has no account holds back those events alone that have an amount for it: who never gets a
-- discount needs no account for discounts.
unplaced as (
    select
        event.source_id,
        event.event,
        event.document_entity,
        event.line_id,
        event.voucher_date,
        event.correction_no,
        min(choice.account_role) as account_role,
        min(choice.reason) as reason
    from event
    inner join {{ ref('core_voucher_choices') }} as choice on event.combination = choice.combination
    where
        choice.reason is not null
        and choice.rule_line_no is not null
        and sign({{ line_value('choice', 'event') }}) in (
            case when choice.only_when = 'negative' then -1 else 1 end,
            case when choice.only_when = 'positive' then 1 else -1 end
        )
    group by
        event.source_id, event.event, event.document_entity, event.line_id, event.voucher_date, event.correction_no
)

select
    event.source_id,
    event.event,
    event.document_entity,
    event.document_id,
    event.line_id,
    event.voucher_date,
    event.correction_no,
    event.combination,
    verdict.rule_code,
    unplaced.account_role,
    case
        when event.reason is not null then event.reason
        when verdict.reason is not null then verdict.reason
        when unplaced.reason is not null then unplaced.reason
        else 'missing_partner'
    end as reason
from event
inner join verdict on event.combination = verdict.combination
left join unplaced
    on event.source_id = unplaced.source_id
    and event.event = unplaced.event
    and event.document_entity = unplaced.document_entity
    and event.line_id = unplaced.line_id
    and event.voucher_date = unplaced.voucher_date
    and event.correction_no = unplaced.correction_no
where
    verdict.books = 1
    and (
        event.reason is not null
        or verdict.reason is not null
        or unplaced.reason is not null
        or (verdict.wants_partner = 1 and event.partner_code is null)
    )
