-- What comes from what, document by document: along the orders, into payments, into the voucher that the ledger holds or
-- that must be made. Amounts in company currency. The ledger's own lines hang on their vouchers in document_trace.
-- Stored in the order of from_key, so that whoever follows a chain reads only the few rows of a thing, however many there are.
with
document as (
    select
        source_id,
        entity,
        line_id,
        document_id,
        document_no,
        company_code,
        exchange_rate
    from {{ ref('core_document_lines') }}
),

cash as (select * from {{ ref('core_cash_movements') }}),

-- An order names the request that it came from.
link as (
    select
        source_id,
        from_entity,
        from_line_id,
        to_entity,
        to_line_id,
        amount
    from {{ ref('core_document_links') }}
    union all
    select
        source_id,
        'purchase_requests',
        request_line_id,
        'purchase_orders',
        order_line_id,
        amount
    from {{ ref('core_request_links') }}
),

settlement as (select * from {{ ref('core_settlements') }}),

expected as (select * from {{ ref('expected_voucher_lines') }}),

match as (select * from {{ ref('core_voucher_matches') }}),

journal as (select * from {{ ref('core_journal_lines') }}),

draft as (select * from {{ ref('voucher_drafts') }}),

numbered as (
    select
        source_id,
        entity,
        document_id,
        min(document_no) as document_no,
        min(company_code) as company_code
    from document
    group by source_id, entity, document_id
),

flow as (
    select
        link.source_id as from_source_id,
        link.from_entity as from_kind,
        origin.document_id as from_id,
        min(origin.document_no) as from_no,
        min(origin.company_code) as from_company_code,
        link.source_id as to_source_id,
        link.to_entity as to_kind,
        follower.document_id as to_id,
        min(follower.document_no) as to_no,
        min(follower.company_code) as company_code,
        sum({{ money('link.amount * coalesce(follower.exchange_rate, 1)') }}) as amount
    from link
    inner join document as origin
        on link.source_id = origin.source_id
        and link.from_entity = origin.entity
        and link.from_line_id = origin.line_id
    inner join document as follower
        on link.source_id = follower.source_id
        and link.to_entity = follower.entity
        and link.to_line_id = follower.line_id
    group by link.source_id, link.from_entity, origin.document_id, link.to_entity, follower.document_id
),

-- An invoice is settled as a whole or line by line.
settled as (
    select
        source_id,
        entity,
        line_id as settled_id,
        'line' as level,
        document_id,
        document_no,
        company_code
    from document
    union all
    select
        source_id,
        entity,
        document_id,
        'document',
        document_id,
        document_no,
        company_code
    from numbered
),

paid as (
    select
        settlement.source_id as from_source_id,
        settlement.to_entity as from_kind,
        settled.document_id as from_id,
        min(settled.document_no) as from_no,
        min(settled.company_code) as from_company_code,
        settlement.source_id as to_source_id,
        settlement.from_entity as to_kind,
        cash.document_id as to_id,
        min(cash.document_no) as to_no,
        min(cash.company_code) as company_code,
        sum({{ money('coalesce(settlement.to_base_amount, settlement.amount)') }}) as amount
    from settlement
    inner join settled
        on settlement.source_id = settled.source_id
        and settlement.to_entity = settled.entity
        and settlement.level = settled.level
        and settlement.to_line_id = settled.settled_id
    inner join cash
        on settlement.source_id = cash.source_id
        and settlement.from_line_id = cash.line_id
    where settlement.from_entity = 'cash_movements'
    group by settlement.source_id, settlement.to_entity, settled.document_id, settlement.from_entity, cash.document_id
),

entitled as (
    select
        source_id,
        document_entity,
        document_id,
        min(document_no) as document_no,
        min(company_code) as company_code,
        expected_voucher_id,
        sum({{ money('debit') }}) as amount
    from expected
    group by source_id, document_entity, document_id, expected_voucher_id
),

voucher as (
    select
        source_id,
        voucher_id,
        source_id || ',' || voucher_id as unit_id,
        min(coalesce(voucher_word || '-', '') || voucher_no) as voucher_no,
        min(company_code) as company_code
    from journal
    where status <> 'void'
    group by source_id, voucher_id
),

held as (
    select
        entitled.source_id as from_source_id,
        entitled.document_entity as from_kind,
        entitled.document_id as from_id,
        min(entitled.document_no) as from_no,
        min(entitled.company_code) as from_company_code,
        voucher.source_id as to_source_id,
        'voucher' as to_kind,
        voucher.voucher_id as to_id,
        min(voucher.voucher_no) as to_no,
        min(voucher.company_code) as company_code,
        sum({{ money('entitled.amount') }}) as amount
    from entitled
    inner join match
        on entitled.expected_voucher_id = match.expected_unit
        and match.match_class in ('matched', 'duplicate')
    inner join voucher on match.ledger_unit = voucher.unit_id
    group by entitled.source_id, entitled.document_entity, entitled.document_id, voucher.source_id, voucher.voucher_id
),

-- What a voucher names by itself, where it was not matched to what is expected.
named as (
    select
        coalesce(journal.origin_source_id, journal.source_id) as from_source_id,
        journal.origin_entity as from_kind,
        journal.origin_document_id as from_id,
        min(journal.origin_document_no) as from_no,
        min(journal.company_code) as from_company_code,
        journal.source_id as to_source_id,
        'voucher' as to_kind,
        journal.voucher_id as to_id,
        min(coalesce(journal.voucher_word || '-', '') || journal.voucher_no) as to_no,
        min(journal.company_code) as company_code,
        sum({{ money('journal.debit') }}) as amount
    from journal
    where
        journal.status <> 'void'
        and journal.origin_entity in ({{ canonical_entities() }})
        and journal.origin_document_id is not null
    group by
        coalesce(journal.origin_source_id, journal.source_id), journal.origin_entity, journal.origin_document_id,
        journal.source_id, journal.voucher_id
),

named_only as (
    select named.*
    from named
    left join held
        on named.from_kind = held.from_kind
        and named.from_id = held.from_id
        and named.to_source_id = held.to_source_id
        and named.to_id = held.to_id
    where held.to_id is null
),

drafted as (
    select
        entitled.source_id as from_source_id,
        entitled.document_entity as from_kind,
        entitled.document_id as from_id,
        entitled.document_no as from_no,
        entitled.company_code as from_company_code,
        entitled.source_id as to_source_id,
        'draft' as to_kind,
        draft.draft_id as to_id,
        draft.draft_id as to_no,
        draft.company_code,
        entitled.amount
    from entitled
    inner join draft on entitled.expected_voucher_id = draft.draft_id
),

linked as (
{% for step in ['flow', 'paid', 'held', 'named_only', 'drafted'] %}
    select
        from_source_id,
        from_kind,
        from_id,
        from_no,
        from_company_code,
        to_source_id,
        to_kind,
        to_id,
        to_no,
        company_code,
        {{ money('amount') }} as amount
    from {{ step }}
    {{ 'union all' if not loop.last }}
{% endfor %}
)

select
    from_source_id,
    from_kind,
    from_id,
    from_no,
    from_company_code,
    to_source_id,
    to_kind,
    to_id,
    to_no,
    company_code,
    amount,
    {{ thing_key('from_source_id', 'from_kind', 'from_id') }} as from_key,
    {{ thing_key('to_source_id', 'to_kind', 'to_id') }} as to_key
from linked
order by from_key
