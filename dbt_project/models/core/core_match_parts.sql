-- From what must be in the ledger to what is in it: every defect in its parts, in the order partner, account, period, amount;
-- what is missing, booked twice, ambiguous or without a document. Debit less credit.
with
pair as (select * from {{ ref('core_match_rows') }}),

expected_unit as (
    select
        unit.unit_id,
        unit.source_id,
        unit.company_code
    from {{ ref('core_voucher_units') }} as unit
    where unit.side = 'expected'
),

expected_line as (select * from {{ ref('core_expected_lines') }}),

match as (select * from {{ ref('core_voucher_matches') }}),

share as (select * from {{ ref('core_ledger_line_shares') }}),

held as (
    select distinct
        expected_unit
    from match
    where match_class = 'matched'
),

doubted as (
    select
        expected_unit,
        min(ledger_unit) as ledger_unit
    from match
    where match_class = 'ambiguous'
    group by expected_unit
),

moved as (
    {%- set e = ['pair.expected_role', 'pair.expected_account'] %}
    {%- set l = ['pair.ledger_role', 'pair.ledger_account'] %}
    select {{ match_part(
        'wrong_partner', '-pair.expected_amount', e[0], e[1],
        'pair.expected_partner_kind', 'pair.expected_partner', 'pair.expected_year', 'pair.expected_period'
    ) }}
    from pair
    where is_wrong_partner
    union all
    select {{ match_part(
        'wrong_partner', 'pair.expected_amount', e[0], e[1],
        'pair.ledger_partner_kind', 'pair.ledger_partner', 'pair.expected_year', 'pair.expected_period'
    ) }}
    from pair
    where is_wrong_partner
    union all
    select {{ match_part(
        'wrong_account', '-pair.expected_amount', e[0], e[1],
        'pair.ledger_partner_kind', 'pair.ledger_partner', 'pair.expected_year', 'pair.expected_period'
    ) }}
    from pair
    where is_wrong_account
    union all
    select {{ match_part(
        'wrong_account', 'pair.expected_amount', l[0], l[1],
        'pair.ledger_partner_kind', 'pair.ledger_partner', 'pair.expected_year', 'pair.expected_period'
    ) }}
    from pair
    where is_wrong_account
    union all
    select {{ match_part(
        'wrong_period', '-pair.expected_amount', l[0], l[1],
        'pair.ledger_partner_kind', 'pair.ledger_partner', 'pair.expected_year', 'pair.expected_period'
    ) }}
    from pair
    where is_wrong_period
    union all
    select {{ match_part(
        'wrong_period', 'pair.expected_amount', l[0], l[1],
        'pair.ledger_partner_kind', 'pair.ledger_partner', 'pair.ledger_year', 'pair.ledger_period'
    ) }}
    from pair
    where is_wrong_period
    union all
    select {{ match_part(
        'wrong_amount', 'pair.ledger_amount - coalesce(pair.expected_amount, 0)', l[0], l[1],
        'pair.ledger_partner_kind', 'pair.ledger_partner', 'pair.ledger_year', 'pair.ledger_period'
    ) }}
    from pair
    where pair.ledger_amount <> coalesce(pair.expected_amount, 0)
    union all
    select {{ match_part(
        'wrong_amount', '-pair.expected_amount', e[0], e[1],
        'pair.expected_partner_kind', 'pair.expected_partner', 'pair.expected_year', 'pair.expected_period'
    ) }}
    from pair
    where pair.ledger_amount is null
),

voucher as (
    select
        ledger_unit,
        min(source_id) as source_id,
        min(company_code) as company_code,
        min(base_currency_code) as base_currency_code,
        min(posting_date) as posting_date,
        min(voucher_word) as voucher_word,
        min(voucher_no) as voucher_no
    from share
    group by ledger_unit
),

document as (
    select
        expected_voucher_id as unit_id,
        min(source_id) as source_id,
        min(document_entity) as document_entity,
        min(document_id) as document_id,
        min(document_no) as document_no,
        min(voucher_date) as voucher_date,
        count(distinct document_id) as documents
    from expected_line
    group by expected_voucher_id
)

select
    voucher.source_id,
    moved.ledger_unit,
    moved.expected_unit,
    moved.flow,
    moved.event,
    moved.match_reason,
    moved.finding_class,
    moved.entry_reason,
    voucher.company_code,
    voucher.base_currency_code,
    moved.fiscal_year,
    moved.period_no,
    moved.account_role,
    moved.account_code,
    moved.partner_kind,
    moved.partner_code,
    cast(null as varchar) as item_code,
    cast(null as varchar) as org_unit_code,
    moved.expected_unit is null as is_allocated,
    document.document_entity,
    case when moved.expected_unit is not null and document.documents = 1 then document.document_id end as document_id,
    case when moved.expected_unit is not null and document.documents = 1 then document.document_no end as document_no,
    cast(null as varchar) as document_line_id,
    coalesce(document.voucher_date, voucher.posting_date) as event_date,
    voucher.voucher_word,
    voucher.voucher_no,
    moved.amount
from moved
inner join voucher on moved.ledger_unit = voucher.ledger_unit
left join document on moved.first_unit = document.unit_id
union all
-- What must be there and is not; what may be one of several.
select
    expected_line.source_id,
    doubted.ledger_unit,
    expected_line.expected_voucher_id,
    expected_line.flow,
    expected_line.event,
    cast(null as varchar),
    case when doubted.expected_unit is null then 'missing' else 'ambiguous' end,
    cast(null as varchar),
    expected_line.company_code,
    expected_line.base_currency_code,
    expected_line.fiscal_year,
    expected_line.period_no,
    expected_line.account_role,
    expected_line.account_code,
    expected_line.partner_kind,
    expected_line.partner_code,
    expected_line.item_code,
    expected_line.org_unit_code,
    false,
    expected_line.document_entity,
    expected_line.document_id,
    expected_line.document_no,
    expected_line.document_line_id,
    expected_line.voucher_date,
    cast(null as varchar),
    cast(null as varchar),
    cast(-expected_line.amount as decimal(38, 4))
from expected_line
left join held on expected_line.expected_voucher_id = held.expected_unit
left join doubted on expected_line.expected_voucher_id = doubted.expected_unit
where held.expected_unit is null
union all
-- What is there and was booked before, may be one of several, or has no document.
select
    share.source_id,
    share.ledger_unit,
    share.expected_unit,
    share.flow,
    share.event,
    share.match_reason,
    share.finding_class,
    share.entry_reason,
    share.company_code,
    share.base_currency_code,
    share.fiscal_year,
    share.period_no,
    share.account_role,
    share.account_code,
    share.partner_kind,
    share.partner_code,
    share.item_code,
    share.org_unit_code,
    false,
    document.document_entity,
    document.document_id,
    document.document_no,
    cast(null as varchar),
    share.posting_date,
    share.voucher_word,
    share.voucher_no,
    cast(share.amount as decimal(38, 4))
from share
left join document on share.expected_unit = document.unit_id
where share.finding_class in ('duplicate', 'ambiguous', 'no_document', 'other_flow')
union all
-- What stands in vouchers that are not booked yet.
select
    share.source_id,
    share.ledger_unit,
    share.expected_unit,
    share.flow,
    share.event,
    share.match_reason,
    'unposted',
    share.entry_reason,
    share.company_code,
    share.base_currency_code,
    share.fiscal_year,
    share.period_no,
    share.account_role,
    share.account_code,
    share.partner_kind,
    share.partner_code,
    share.item_code,
    share.org_unit_code,
    false,
    document.document_entity,
    document.document_id,
    document.document_no,
    cast(null as varchar),
    share.posting_date,
    share.voucher_word,
    share.voucher_no,
    cast(-share.amount as decimal(38, 4))
from share
left join document on share.expected_unit = document.unit_id
where not share.is_posted
