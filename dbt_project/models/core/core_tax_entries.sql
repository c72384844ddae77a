select
    entry.source_id,
    entry.line_id,
    entry.ledger_code,
    company.company_code,
    entry.company_code as source_company_code,
    company.base_currency_code,
    entry.voucher_id,
    entry.posting_date,
    entry.fiscal_year,
    entry.period_no,
    entry.tax_code,
    entry.tax_direction,
    entry.document_kind,
    entry.amount_kind,
    entry.amount,
    entry.status,
    entry.changed_seq
from {{ united('tax_entries') }} as entry
inner join {{ ref('core_companies') }} as company
    on entry.source_id = company.source_id and entry.company_code = company.source_company_code
