{%- set same = [
    'event', 'ledger_code', 'company_code', 'company_currency_code', 'account_role', 'account_code', 'side',
    'document_currency_code', 'exchange_rate', 'uom_code', 'partner_kind', 'partner_code', 'item_code', 'org_unit_code',
    'employee_code', 'project_code', 'bank_account_code', 'tax_code', 'missing_dimensions', 'summary',
] -%}
-- The lines of drafts as they would be booked: equal account, side, dimensions and summary are one line.
with
draft as (select draft_id from {{ ref('voucher_drafts') }}),

merged as (
    select
        line.expected_voucher_id as draft_id,
        {%- for name in same %}
        line.{{ name }},
        {%- endfor %}
        min(line.line_no) as first_line_no,
        min(line.source_id) as source_id,
        min(line.rule_code) as rule_code,
        min(line.rule_version) as rule_version,
        min(line.document_entity) as document_entity,
        case when count(distinct line.document_id) = 1 then min(line.document_id) end as document_id,
        case when count(distinct line.document_id) = 1 then min(line.document_no) end as document_no,
        cast(sum({{ money('line.debit') }}) as decimal(18, 4)) as debit,
        cast(sum({{ money('line.credit') }}) as decimal(18, 4)) as credit,
        cast(sum({{ money('line.amount') }}) as decimal(18, 4)) as amount,
        cast(sum({{ money('line.currency_amount') }}) as decimal(18, 4)) as currency_amount,
        cast(sum(cast(line.quantity as decimal(38, 6))) as decimal(18, 6)) as quantity,
        max(line.changed_seq) as changed_seq
    from {{ ref('expected_voucher_lines') }} as line
    inner join draft on line.expected_voucher_id = draft.draft_id
    group by
        line.expected_voucher_id
        {%- for name in same -%}
        , line.{{ name }}
        {%- endfor %}
)

select
    draft_id,
    cast(row_number() over (partition by draft_id order by first_line_no) as integer) as line_no,
    source_id,
    rule_code,
    rule_version,
    {%- for name in same %}
    {{ name }},
    {%- endfor %}
    debit,
    credit,
    amount,
    currency_amount,
    quantity,
    document_entity,
    document_id,
    document_no,
    case when missing_dimensions is not null then 'incomplete' else 'draft' end as state,
    cast(null as varchar) as matched_voucher_no,
    changed_seq
from merged
