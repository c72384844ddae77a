-- Events of which no voucher may be made, with the first reason; nothing of their document is booked. A missing department,
-- person or project is no such reason: the draft says that it waits for it.
with
event as (select * from {{ ref('core_voucher_events') }}),

-- One row per combination: what its rule lacks, and whether the accounts of its lines want a partner.
verdict as (
    select
        combination,
        min(rule_code) as rule_code,
        min(case when reason is not null then account_role end) as account_role,
        min(reason) as reason,
        max(case when merge <> 'no_voucher' then 1 else 0 end) as books,
        max(case when concat(',', required_dimensions, ',') like '%,partner,%' then 1 else 0 end) as wants_partner
    from {{ ref('core_voucher_choices') }}
    group by combination
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
    verdict.account_role,
    case
        when event.reason is not null then event.reason
        when verdict.reason is not null then verdict.reason
        else 'missing_partner'
    end as reason
from event
inner join verdict on event.combination = verdict.combination
where
    verdict.books = 1
    and (
        event.reason is not null
        or verdict.reason is not null
        or (verdict.wants_partner = 1 and event.partner_code is null)
    )
