-- Expected vouchers and the primary ledger's vouchers, with what gives each away: sums, partner, dates, the document that it
-- names or that its summary names.
with
expected_line as (select * from {{ ref('core_expected_lines') }}),

ledger_line as (
    select
        line.*,
        coalesce(party.party_key, line.partner_code) as party_key
    from {{ ref('core_journal_lines') }} as line
    left join ({{ parties() }}) as party on line.partner_kind = party.partner_kind and line.partner_code = party.partner_code
    where line.is_primary_ledger and line.status <> 'void' and line.entry_kind not in ('opening', 'closing')
),

account as (
    select
        account_code,
        row_number() over (order by account_code) as weight
    from (
        select account_code from expected_line where account_code is not null
        union
        select account_code from ledger_line
    ) as codes
),

document as (
    select
        source_id,
        company_code,
        document_entity,
        document_id,
        document_no,
        min(voucher_date) as first_date
    from expected_line
    group by source_id, company_code, document_entity, document_id, document_no
),

called as (select * from {{ ref('core_document_calls') }}),

expected_account as (
    select
        expected_line.expected_voucher_id as unit_id,
        account.weight,
        sum({{ money('expected_line.amount') }}) as amount
    from expected_line
    left join account on expected_line.account_code = account.account_code
    group by expected_line.expected_voucher_id, account.weight
),

expected_sums as (
    select
        unit_id,
        sum(case when amount > 0 then amount else 0 end) as total_debit,
        sum(amount * coalesce(weight, 0)) as account_sum,
        sum(amount * coalesce(weight, 0) * coalesce(weight, 0)) as account_square,
        sum(sign(amount) * coalesce(weight, 0) * coalesce(weight, 0)) as account_shape
    from expected_account
    group by unit_id
),

ledger_account as (
    select
        ledger_line.source_id || ',' || ledger_line.voucher_id as unit_id,
        account.weight,
        sum({{ money('ledger_line.amount') }}) as amount
    from ledger_line
    inner join account on ledger_line.account_code = account.account_code
    group by ledger_line.source_id || ',' || ledger_line.voucher_id, account.weight
),

ledger_sums as (
    select
        unit_id,
        sum(case when amount > 0 then amount else 0 end) as total_debit,
        sum(amount * weight) as account_sum,
        sum(amount * weight * weight) as account_square,
        sum(sign(amount) * weight * weight) as account_shape
    from ledger_account
    group by unit_id
),

ledger_head as (
    select
        source_id || ',' || voucher_id as unit_id,
        min(source_id) as source_id,
        min(company_code) as company_code,
        min(fiscal_year) as fiscal_year,
        min(period_no) as period_no,
        min(posting_date) as voucher_date,
        max(case when partner_kind in ('supplier', 'customer') then partner_kind end) as partner_kind,
        max(case when partner_kind in ('supplier', 'customer') then party_key end) as partner_code,
        count(distinct case when partner_kind in ('supplier', 'customer') then party_key end) as partners,
        sum(case when amount > 0 then {{ money('amount') }} else 0 end) as turnover,
        max(origin_entity) as origin_entity,
        max(origin_document_id) as origin_document_id,
        max(origin_document_no) as origin_document_no,
        {%- for name, pattern in written_numbers().items() %}
        max(nullif(regexp_extract(summary, '{{ pattern }}', 1), '')) as {{ name }},
        {%- endfor %}
        min(entry_kind) as entry_kind,
        min(summary) as summary,
        min(case when is_posted then 1 else 0 end) as is_posted
    from ledger_line
    group by source_id || ',' || voucher_id
),

-- By the document's own key where the voucher gives it, else by its number.
pointed as (
    select
        ledger_head.unit_id,
        ledger_head.voucher_date,
        document.document_entity,
        document.document_id,
        document.first_date,
        0 as distance
    from ledger_head
    inner join document
        on ledger_head.company_code = document.company_code
        and ledger_head.origin_entity = document.document_entity
        and ledger_head.origin_document_id = document.document_id
    union all
    select
        ledger_head.unit_id,
        ledger_head.voucher_date,
        document.document_entity,
        document.document_id,
        document.first_date,
        case when ledger_head.origin_entity = document.document_entity then 1 else 2 end
    from ledger_head
    inner join called as document
        on ledger_head.company_code = document.company_code
        and {{ plain_number('ledger_head.origin_document_no') }} = document.reference
),

named as (
    select
        unit_id,
        document_entity || ',' || document_id as document_key,
        row_number() over (
            partition by unit_id
            order by distance, abs({{ days_between('first_date', 'voucher_date') }}), document_entity, document_id
        ) as position
    from pointed
),

-- Of what may be a number in a summary, that which calls a document; a long run of figures is one even where it calls none.
said as (
    {%- for name in written_numbers() %}
    select
        unit_id,
        company_code,
        origin_entity,
        voucher_date,
        {{ name }} as written_no,
        {{ loop.index }} as preference
    from ledger_head
    where {{ name }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

written as (
    select
        said.unit_id,
        said.written_no,
        document.document_entity || ',' || document.document_id as document_key,
        row_number() over (
            partition by said.unit_id
            order by
                case
                    when document.document_entity || ',' || document.document_id = named.document_key then 0
                    when said.origin_entity = document.document_entity then 1
                    else 2
                end,
                said.preference,
                abs({{ days_between('document.first_date', 'said.voucher_date') }}),
                document.document_entity,
                document.document_id
        ) as position
    from said
    inner join called as document
        on said.company_code = document.company_code and {{ plain_number('said.written_no') }} = document.reference
    left join named on said.unit_id = named.unit_id and named.position = 1
),

expected_head as (
    select
        expected_voucher_id as unit_id,
        min(source_id) as source_id,
        min(company_code) as company_code,
        min(fiscal_year) as fiscal_year,
        min(period_no) as period_no,
        max(voucher_date) as voucher_date,
        max(case when partner_kind in ('supplier', 'customer') then partner_kind end) as partner_kind,
        max(case when partner_kind in ('supplier', 'customer') then party_key end) as partner_code,
        count(distinct case when partner_kind in ('supplier', 'customer') then party_key end) as partners,
        sum(case when amount > 0 then {{ money('amount') }} else 0 end) as turnover,
        case when count(distinct document_id) = 1 then min(document_entity || ',' || document_id) end as document_key,
        case when count(distinct document_id) = 1 then min(document_no) end as document_no,
        min(event) as event
    from expected_line
    group by expected_voucher_id
)

select
    'expected' as side,
    head.unit_id,
    head.source_id,
    head.company_code,
    head.fiscal_year,
    head.period_no,
    head.voucher_date,
    coalesce(head.partner_kind, '-') as partner_kind,
    coalesce(head.partner_code, '-') as partner_code,
    cast(head.partners as integer) as partners,
    head.event,
    head.document_key,
    head.document_key as written_key,
    head.document_no,
    cast(null as varchar) as written_no,
    false as has_reference,
    'document' as entry_kind,
    cast(null as varchar) as summary,
    true as is_posted,
    cast(sums.total_debit as decimal(38, 4)) as total_debit,
    cast(sums.account_sum as decimal(38, 4)) as account_sum,
    cast(sums.account_square as decimal(38, 4)) as account_square,
    cast(sums.account_shape as decimal(38, 0)) as account_shape,
    cast(head.turnover as decimal(38, 4)) as turnover
from expected_head as head
inner join expected_sums as sums on head.unit_id = sums.unit_id
union all
select
    'ledger',
    head.unit_id,
    head.source_id,
    head.company_code,
    head.fiscal_year,
    head.period_no,
    head.voucher_date,
    coalesce(head.partner_kind, '-'),
    coalesce(head.partner_code, '-'),
    cast(head.partners as integer),
    cast(null as varchar),
    named.document_key,
    written.document_key,
    head.origin_document_no,
    coalesce(written.written_no, head.joined_number, head.last_number),
    head.origin_document_no is not null or head.origin_document_id is not null,
    head.entry_kind,
    head.summary,
    head.is_posted = 1,
    cast(sums.total_debit as decimal(38, 4)),
    cast(sums.account_sum as decimal(38, 4)),
    cast(sums.account_square as decimal(38, 4)),
    cast(sums.account_shape as decimal(38, 0)),
    cast(head.turnover as decimal(38, 4))
from ledger_head as head
inner join ledger_sums as sums on head.unit_id = sums.unit_id
left join named on head.unit_id = named.unit_id and named.position = 1
left join written on head.unit_id = written.unit_id and written.position = 1
