-- Every number by which a voucher may call a document of which something must be in the ledger: its own, what other systems'
-- vouchers name it by, and further numbers of it. One number may call several documents.
with
document as (
    select
        source_id,
        company_code,
        document_entity,
        document_id,
        document_no,
        min(voucher_date) as first_date
    from {{ ref('core_expected_lines') }}
    group by source_id, company_code, document_entity, document_id, document_no
),

called as (
    select
        company_code,
        {{ plain_number('document_no') }} as reference,
        document_entity,
        document_id,
        first_date
    from document
    union
    select
        document.company_code,
        name.reference,
        document.document_entity,
        document.document_id,
        document.first_date
    from document
    inner join {{ ref('core_document_names') }} as name
        on document.company_code = name.company_code
        and document.document_entity = name.entity
        and document.document_id = name.document_id
    union
    select
        document.company_code,
        {{ plain_number('other.reference_no') }},
        document.document_entity,
        document.document_id,
        document.first_date
    from document
    inner join {{ united('document_references') }} as other
        on document.source_id = other.source_id
        and document.document_entity = other.entity
        and document.document_id = other.document_id
)

select
    company_code,
    reference,
    document_entity,
    document_id,
    document_entity || ',' || document_id as document_key,
    min(first_date) as first_date
from called
where reference is not null
group by company_code, reference, document_entity, document_id
