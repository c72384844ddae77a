{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['source_id', 'line_id'],
    on_schema_change='fail',
    post_hook="{{ forget_vanished(united('journal_lines'), ['source_id', 'line_id']) }}"
) }}
with
-- A voucher that names a document of another system: by number and year, else by number alone. A condition on one side
-- only stands inside an equation: beside them it would make the engine compare every pair.
pointing as (
    select
        line.*,
        coalesce(by_year.source_id, by_number.source_id) as found_source_id,
        coalesce(by_year.entity, by_number.entity) as found_entity,
        coalesce(by_year.document_id, by_number.document_id) as found_document_id,
        case when line.changed_seq is not null then greatest(line.changed_seq, by_year.changed_seq, by_number.changed_seq) end
            as newest_seq
    from {{ united('journal_lines') }} as line
    left join {{ ref('core_companies') }} as company
        on line.source_id = company.source_id and line.company_code = company.source_company_code
    left join {{ ref('core_document_names') }} as by_year
        on case when line.origin_system <> line.source_id then upper(line.origin_system) end = by_year.origin_system
        and upper(line.origin_entity) = by_year.origin_word
        and company.company_code = by_year.company_code
        and regexp_replace(upper(line.origin_document_id), '^0+', '') = by_year.reference
    left join {{ ref('core_document_names') }} as by_number
        on case when line.origin_system <> line.source_id then upper(line.origin_system) end = by_number.origin_system
        and upper(line.origin_entity) = by_number.origin_word
        and company.company_code = by_number.company_code
        and regexp_replace(upper(line.origin_document_no), '^0+', '') = by_number.reference
),

line as (
    select *
    from pointing
    {% if is_incremental() %}
    where {{ is_new('pointing', 'newest_seq') }} {{ or_misnamed('pointing', ['source_id', 'line_id'], 'posting_date') }}
    {% endif %}
),

-- Where a word for the kind of document means one kind only, that kind is known though the document is not.
word as (
    select
        origin_system,
        origin_word,
        min(entity) as entity
    from {{ ref('stg_house__origin_words') }}
    group by origin_system, origin_word
    having count(distinct entity) = 1
),

source as (select * from {{ ref('core_sources') }}),

ledger as (select * from {{ ref('core_ledgers') }}),

company as (select * from {{ ref('core_companies') }}),

account as (select * from {{ ref('core_accounts') }}),

partner_mapping as (select * from {{ ref('core_master_codes') }} where entity = 'partners'),

item_mapping as (select * from {{ ref('core_master_codes') }} where entity = 'items')

select
    line.source_id,
    line.ledger_code,
    coalesce(ledger.is_primary, false) as is_primary_ledger,
    coalesce(
        company.company_code,
        case when source.is_master then line.company_code else line.source_id || ':' || line.company_code end
    ) as company_code,
    line.company_code as source_company_code,
    company.base_currency_code,
    line.fiscal_year,
    line.period_no,
    line.posting_date,
    line.document_date,
    line.voucher_id,
    line.line_id,
    line.voucher_word,
    line.voucher_no,
    line.line_no,
    ledger.chart_code,
    line.account_code,
    account.account_role,
    line.counter_accounts,
    line.summary,
    line.debit,
    line.credit,
    line.amount,
    coalesce(line.currency_code, company.base_currency_code) as currency_code,
    line.exchange_rate,
    line.currency_amount,
    line.quantity,
    line.uom_code,
    line.partner_kind,
    {{ master_code('partner_mapping.master_code', 'source', 'line.partner_code') }} as partner_code,
    line.partner_code as source_partner_code,
    {{ master_code('item_mapping.master_code', 'source', 'line.item_code') }} as item_code,
    line.item_code as source_item_code,
    line.org_unit_code,
    line.employee_code,
    line.project_code,
    line.bank_account_code,
    line.dimensions,
    line.tax_code,
    line.settlement_method,
    line.settlement_no,
    line.due_date,
    line.clearing_id,
    line.cleared_on,
    line.status,
    line.status = 'posted' as is_posted,
    coalesce(line.is_red, false) as is_red,
    line.reverses_voucher_id,
    coalesce(line.entry_kind, case when line.origin_entity is not null then 'document' else 'manual' end) as entry_kind,
    line.origin_system,
    coalesce(
        line.found_source_id,
        case when line.origin_document_id is not null and coalesce(line.origin_system, line.source_id) = line.source_id then line.source_id end
    ) as origin_source_id,
    coalesce(line.found_entity, word.entity, line.origin_entity) as origin_entity,
    coalesce(line.found_document_id, line.origin_document_id) as origin_document_id,
    line.origin_document_no,
    line.origin_line_id,
    line.attachment_count,
    line.prepared_by,
    line.cashier_by,
    line.reviewed_by,
    line.posted_by,
    line.created_at,
    line.reviewed_at,
    line.posted_at,
    line.updated_at,
    line.newest_seq as changed_seq
from line
inner join source on line.source_id = source.source_id
left join company
    on line.source_id = company.source_id and line.company_code = company.source_company_code
left join ledger
    on line.source_id = ledger.source_id
    and line.ledger_code = ledger.ledger_code
    and line.company_code = ledger.source_company_code
left join account
    on line.source_id = account.source_id
    and ledger.chart_code = account.chart_code
    and line.account_code = account.account_code
left join partner_mapping
    on {{ is_mapping_of('partner_mapping', 'line', 'line.partner_code', 'line.posting_date') }}
    and line.partner_kind = partner_mapping.partner_kind
left join item_mapping
    on {{ is_mapping_of('item_mapping', 'line', 'line.item_code', 'line.posting_date') }}
left join word
    on upper(line.origin_system) = word.origin_system
    and upper(line.origin_entity) = word.origin_word
