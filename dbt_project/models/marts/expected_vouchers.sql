select
    expected_voucher_id,
    min(source_id) as source_id,
    min(rule_code) as rule_code,
    min(rule_version) as rule_version,
    min(event) as event,
    min(ledger_code) as ledger_code,
    min(company_code) as company_code,
    min(company_currency_code) as company_currency_code,
    min(fiscal_year) as fiscal_year,
    min(period_no) as period_no,
    -- What several days have in common stands on the last of them.
    max(voucher_date) as voucher_date,
    min(voucher_word) as voucher_word,
    min(merge_key) as merge_key,
    min(document_entity) as document_entity,
    case when count(distinct document_id) = 1 then min(document_id) end as document_id,
    case when count(distinct document_id) = 1 then min(document_no) end as document_no,
    min(correction_no) as correction_no,
    cast(count(*) as integer) as line_count,
    sum({{ money('debit') }}) as debit,
    sum({{ money('credit') }}) as credit,
    cast(sum(case when missing_dimensions is not null then 1 else 0 end) as integer) as incomplete_line_count,
    -- One paper per document.
    cast(count(distinct document_id) as integer) as attachment_count,
    -- What a voucher says, whole: every field in its place, so that no two contents can look alike. The number in front says how
    -- it was made; vouchers that were posted when it was made otherwise are known by the former one.
    '2:' || cast(
        sum({{ text_number(whole_line([
            'account_code', 'side', 'amount', 'document_currency_code', 'currency_amount', 'exchange_rate', 'quantity', 'uom_code',
            'partner_kind', 'partner_code', 'item_code', 'org_unit_code', 'employee_code', 'project_code', 'bank_account_code',
            'tax_code', 'voucher_date', 'document_id', 'line_id', 'rule_line_no', 'summary',
        ])) }}) as varchar
    ) as content_hash,
    cast(
        sum({{ text_number(
            "concat_ws('|', account_code, side, amount, currency_amount, quantity, partner_code, item_code, org_unit_code, "
            ~ "employee_code, project_code, voucher_date, document_id, line_id, rule_line_no, summary)"
        ) }}) as varchar
    ) as former_content_hash,
    max(changed_seq) as changed_seq
from {{ ref('expected_voucher_lines') }}
group by expected_voucher_id
