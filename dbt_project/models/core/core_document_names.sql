-- How vouchers of other systems name a document: by the system and the kind of document in the voucher's own words, and
-- by number and year, or by number alone where that is enough. A name that two documents share points to none of them.
-- Only companies whose books are kept in another source than their documents have such vouchers.
with
source as (select * from {{ ref('core_sources') }}),

kept_elsewhere as (
    select distinct
        document_source.source_id,
        ledger.company_code
    from {{ ref('core_ledgers') }} as ledger
    inner join {{ ref('core_companies') }} as document_source
        on ledger.company_code = document_source.company_code
        and ledger.source_id <> document_source.source_id
),

word as (
    select
        origin_system,
        origin_word,
        system,
        entity
    from {{ ref('stg_house__origin_words') }}
),

document as (
    select
        source_id,
        company_code,
        entity,
        document_id,
        document_no,
        fiscal_year,
        changed_seq
    from {{ ref('core_document_lines') }}
    union all
    select
        source_id,
        company_code,
        'cash_movements',
        document_id,
        document_no,
        fiscal_year,
        changed_seq
    from {{ ref('core_cash_movements') }}
    union all
    select
        reference.source_id,
        company.company_code,
        reference.entity,
        reference.document_id,
        reference.reference_no,
        reference.fiscal_year,
        reference.changed_seq
    from {{ united('document_references') }} as reference
    inner join {{ ref('core_companies') }} as company
        on reference.source_id = company.source_id and reference.company_code = company.source_company_code
),

numbered as (
    select
        document.source_id,
        source.system,
        document.company_code,
        document.entity,
        document.document_id,
        regexp_replace(upper(document.document_no), '^0+', '') as plain_no,
        document.fiscal_year,
        max(document.changed_seq) as changed_seq
    from document
    inner join kept_elsewhere
        on document.source_id = kept_elsewhere.source_id and document.company_code = kept_elsewhere.company_code
    inner join source on document.source_id = source.source_id
    where document.document_no is not null and document.document_no <> '*'
    group by
        document.source_id, source.system, document.company_code, document.entity, document.document_id,
        regexp_replace(upper(document.document_no), '^0+', ''), document.fiscal_year
),

worded as (
    select
        word.origin_system,
        word.origin_word,
        numbered.*
    from numbered
    inner join word on numbered.system = word.system and numbered.entity = word.entity
    union all
    -- Vouchers may also speak our language: a source by its name, a kind of document as its entity.
    select
        upper(numbered.source_id),
        upper(numbered.entity),
        numbered.*
    from numbered
),

named as (
    select
        worded.*,
        plain_no || '/' || cast(fiscal_year as varchar) as reference
    from worded
    union all
    select
        worded.*,
        plain_no
    from worded
)

select
    origin_system,
    origin_word,
    company_code,
    reference,
    min(source_id) as source_id,
    min(entity) as entity,
    min(document_id) as document_id,
    max(changed_seq) as changed_seq
from named
group by origin_system, origin_word, company_code, reference
having count(distinct source_id || '/' || entity || '/' || document_id) = 1
