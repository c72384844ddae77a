-- Expected vouchers that the primary ledger does not hold: no voucher names their document, and none was matched by other
-- evidence. Where several vouchers could be it and none is certain, the draft says so.
with
expected as (select * from {{ ref('expected_vouchers') }}),

line as (select * from {{ ref('expected_voucher_lines') }}),

match as (select * from {{ ref('core_voucher_matches') }}),

-- A voucher that names the document holds what is expected when it moves one of the expected accounts to the same side:
-- a payment names the invoice too, but moves the account of the supplier the other way.
ledger as (
    select
        company_code,
        case when origin_entity in ({{ canonical_entities() }}) then origin_entity end as entity,
        origin_document_id,
        -- Number ranges of vendors are filled with zeros; documents carry their numbers without.
        case
            when origin_entity in ({{ canonical_entities() }}) then origin_document_no
            else regexp_replace(origin_document_no, '^0+', '')
        end as origin_document_no,
        origin_line_id,
        account_code,
        sign(amount) as direction,
        fiscal_year,
        period_no
    from {{ ref('core_journal_lines') }}
    where is_primary_ledger and status <> 'void' and origin_entity is not null
),

moved as (
    select
        expected_voucher_id,
        company_code,
        document_entity,
        document_id,
        document_no,
        line_id,
        account_code,
        sign(amount) as direction,
        -- Estimates repeat from month to month; everything else happens once.
        case when event in ('estimate', 'estimate_reversal') then fiscal_year end as fiscal_year,
        case when event in ('estimate', 'estimate_reversal') then period_no end as period_no
    from line
),

-- A voucher of a payment may name the document that is paid instead.
paid as (
    {%- for key in ['line_id', 'document_id'] %}
    select
        moved.expected_voucher_id,
        moved.company_code,
        settlement.to_entity as document_entity,
        settlement.to_line_id as document_id,
        moved.account_code,
        moved.direction
    from moved
    inner join {{ ref('core_settlements') }} as settlement
        on moved.document_entity = settlement.from_entity
        and moved.{{ key }} = settlement.from_line_id
    where moved.document_entity = 'cash_movements'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

held as (
    select distinct expected_voucher_id
    from (
        {%- for key in ['document_id', 'document_no', 'line_id'] %}
        select moved.expected_voucher_id
        from moved
        inner join ledger
            on moved.company_code = ledger.company_code
            and moved.{{ key }} = ledger.origin_{{ key }}
            and moved.account_code = ledger.account_code
            and moved.direction = ledger.direction
        where
            coalesce(ledger.entity, moved.document_entity) = moved.document_entity
            and coalesce(moved.fiscal_year, ledger.fiscal_year) = ledger.fiscal_year
            and coalesce(moved.period_no, ledger.period_no) = ledger.period_no
        union all
        {%- endfor %}
        select paid.expected_voucher_id
        from paid
        inner join ledger
            on paid.company_code = ledger.company_code
            and paid.document_entity = ledger.entity
            and paid.document_id = ledger.origin_document_id
            and paid.account_code = ledger.account_code
            and paid.direction = ledger.direction
        union all
        select expected_unit
        from match
        where match_class = 'matched'
    ) as named
),

doubtful as (
    select distinct expected_unit
    from match
    where match_class = 'ambiguous'
),

period as (
    select
        period.company_code,
        period.fiscal_year,
        period.period_no,
        min(period.start_date) as start_date,
        max(case when period.status = 'closed' then 1 else 0 end) as is_closed
    from {{ ref('core_periods') }} as period
    inner join {{ ref('core_ledgers') }} as ledger
        on period.source_id = ledger.source_id
        and period.company_code = ledger.company_code
        and ledger.is_primary
    where not period.is_adjustment
    group by period.company_code, period.fiscal_year, period.period_no
),

-- Nothing is dated in a closed period: its vouchers go to the first day of the next open one.
dated as (
    select
        closed.company_code,
        closed.fiscal_year,
        closed.period_no,
        min(opened.start_date) as posting_date
    from period as closed
    left join period as opened
        on closed.company_code = opened.company_code
        and opened.is_closed = 0
        and opened.start_date > closed.start_date
    where closed.is_closed = 1
    group by closed.company_code, closed.fiscal_year, closed.period_no
)

select
    expected.expected_voucher_id as draft_id,
    expected.source_id,
    expected.rule_code,
    expected.rule_version,
    expected.event,
    expected.ledger_code,
    expected.company_code,
    expected.company_currency_code,
    expected.fiscal_year,
    expected.period_no,
    expected.voucher_date,
    case when dated.company_code is null then expected.voucher_date else dated.posting_date end as posting_date,
    expected.voucher_word,
    expected.merge_key,
    expected.document_entity,
    expected.document_id,
    expected.document_no,
    expected.correction_no,
    expected.line_count,
    expected.debit,
    expected.credit,
    expected.attachment_count,
    expected.content_hash,
    expected.former_content_hash,
    case
        when doubtful.expected_unit is not null then 'ambiguous'
        when expected.incomplete_line_count > 0 then 'incomplete'
        else 'draft'
    end as state,
    cast(null as varchar) as matched_voucher_no,
    expected.changed_seq
from expected
left join held on expected.expected_voucher_id = held.expected_voucher_id
left join doubtful on expected.expected_voucher_id = doubtful.expected_unit
left join dated
    on expected.company_code = dated.company_code
    and expected.fiscal_year = dated.fiscal_year
    and expected.period_no = dated.period_no
where held.expected_voucher_id is null
