-- Everything that can stand in a chain of trace_links, linked or not: documents, vouchers of the ledger, drafts. Stored in the
-- order of thing_key, as trace_links is.
with
journal as (select * from {{ ref('core_journal_lines') }} where status <> 'void'),

said as (
    select
        source_id,
        entity as thing_kind,
        document_id as thing_id,
        document_no as thing_no,
        company_code,
        document_date as thing_date,
        cast(null as varchar) as ledger_code,
        cast(null as integer) as fiscal_year,
        cast(null as integer) as period_no
    from {{ ref('core_document_lines') }}
    union all
    select
        source_id,
        'cash_movements',
        document_id,
        document_no,
        company_code,
        event_date,
        null,
        null,
        null
    from {{ ref('core_cash_movements') }}
    union all
    select
        source_id,
        'voucher',
        voucher_id,
        coalesce(voucher_word || '-', '') || voucher_no,
        company_code,
        posting_date,
        ledger_code,
        fiscal_year,
        period_no
    from journal
    union all
    select
        source_id,
        'draft',
        draft_id,
        draft_id,
        company_code,
        posting_date,
        ledger_code,
        fiscal_year,
        period_no
    from {{ ref('voucher_drafts') }}
    -- Ends of months and whatever else is booked without being a document of a source.
    union all
    select
        source_id,
        document_entity,
        document_id,
        document_no,
        company_code,
        cast(null as date),
        null,
        null,
        null
    from {{ ref('expected_voucher_lines') }}
    -- Documents that a voucher names and no source has.
    union all
    select
        coalesce(origin_source_id, source_id),
        origin_entity,
        origin_document_id,
        origin_document_no,
        company_code,
        null,
        null,
        null,
        null
    from journal
    where origin_entity in ({{ canonical_entities() }}) and origin_document_id is not null
),

thing as (
    select
        source_id,
        thing_kind,
        thing_id,
        coalesce(min(thing_no), thing_id) as thing_no,
        min(company_code) as company_code,
        min(thing_date) as thing_date,
        min(ledger_code) as ledger_code,
        min(fiscal_year) as fiscal_year,
        min(period_no) as period_no
    from said
    group by source_id, thing_kind, thing_id
)

select
    {{ thing_key('source_id', 'thing_kind', 'thing_id') }} as thing_key,
    source_id,
    thing_kind,
    thing_id,
    thing_no,
    company_code,
    thing_date,
    ledger_code,
    fiscal_year,
    period_no
from thing
order by thing_key
