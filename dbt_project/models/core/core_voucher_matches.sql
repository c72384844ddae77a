-- Which ledger voucher stands for which expected voucher, and why: what agrees to the cent, one to one or in sums; then what fits
-- but for one mistake or two. Sets that cannot be told apart are never guessed: they are ambiguous.
{%- set sums = voucher_sums() %}
{%- set period = ['fiscal_year', 'period_no'] %}
{%- set partner = ['company_code', 'partner_kind', 'partner_code'] %}
{%- set near = [
    ['reference_other_account', ['company_code', 'document_key', 'total_debit'] + period, false],
    ['reference_other_amount', ['company_code', 'document_key', 'account_shape'] + period, false],
    ['reference_other_account_period', ['company_code', 'document_key', 'total_debit'], false],
    ['reference_other_amount_period', ['company_code', 'document_key', 'account_shape'], false],
    ['summary_other_account', ['company_code', 'written_key', 'total_debit'] + period, false],
    ['summary_other_amount', ['company_code', 'written_key', 'account_shape'] + period, false],
    ['summary_other_amount_period', ['company_code', 'written_key', 'account_shape'], false],
    ['partner_amount', partner + sums, true],
    ['amount_day', ['company_code', 'voucher_date'] + sums, true],
    ['partner_day_other_account', partner + ['total_debit', 'voucher_date'], true],
    ['partner_day_other_amount', partner + ['account_shape', 'voucher_date'], true],
    ['reference_same_account', ['company_code', 'document_key', 'turnover'] + period, false],
    ['summary_same_account', ['company_code', 'written_key', 'turnover'] + period, false],
    ['partner_day_same_account', partner + ['turnover', 'voucher_date'], true],
] %}
with
expected_0 as (select * from {{ ref('core_voucher_units') }} where side = 'expected'),

ledger_0 as (select * from {{ ref('core_voucher_units') }} where side = 'ledger'),

exact as (
    select *
    from {{ ref('core_match_exact') }}
    where reason <> 'booked_before'
),

-- What names a document that is booked already.
named_again as (
    select *
    from {{ ref('core_match_exact') }}
    where reason = 'booked_before'
),

link as (select * from {{ ref('core_match_links') }}),

settled as (
    select
        expected_unit,
        ledger_unit
    from exact
    union
    select
        expected_unit,
        ledger_unit
    from link
    union
    select
        cast(null as varchar),
        ledger_unit
    from named_again
),

{{ open_units('near_expected_0', 'expected_0', 'settled', 'expected') }},

{{ open_units('near_ledger_0', 'ledger_0', 'settled', 'ledger') }},
{%- for reason, keys, certain in near %}

{{ pairing_pass(
    'near_' ~ loop.index, reason, keys, 'near_expected_' ~ loop.index0, 'near_ledger_' ~ loop.index0, certain=certain,
    also='abs(expected_side.total_debit - ledger_side.total_debit) * 5 <= abs(expected_side.total_debit)'
    if reason == 'partner_day_other_amount' else none
) }},

{{ open_units('near_expected_' ~ loop.index, 'near_expected_' ~ loop.index0, 'near_' ~ loop.index, 'expected') }},

{{ open_units('near_ledger_' ~ loop.index, 'near_ledger_' ~ loop.index0, 'near_' ~ loop.index, 'ledger') }},
{%- endfor %}

{%- set rest = near | length %}

-- Without a word about document or partner, on another account, but of that day and with a row like one of the document's: taken
-- where nothing else of the day could be it.
row_of_open as (select * from {{ ref('core_match_open_rows') }}),

same_row as (
    select distinct
        expected.unit_id as expected_unit,
        ledger.unit_id as ledger_unit
    from near_expected_{{ rest }} as expected
    inner join near_ledger_{{ rest }} as ledger
        on expected.company_code = ledger.company_code
        and expected.voucher_date = ledger.voucher_date
        and expected.total_debit = ledger.total_debit
    inner join row_of_open as expected_row on expected.unit_id = expected_row.unit_id
    inner join row_of_open as ledger_row
        on ledger.unit_id = ledger_row.unit_id
        and expected_row.account_code = ledger_row.account_code
        and expected_row.amount = ledger_row.amount
    where not ledger.has_reference and ledger.written_key is null
),

near_{{ rest + 1 }} as ({{ only_pairs('same_row', 'day_other_account') }}),

{{ open_units('near_expected_' ~ (rest + 1), 'near_expected_' ~ rest, 'near_' ~ (rest + 1), 'expected') }},

{{ open_units('near_ledger_' ~ (rest + 1), 'near_ledger_' ~ rest, 'near_' ~ (rest + 1), 'ledger') }},

-- With another amount, without a word about its document and not on its day, or with a partner besides: taken where nothing else
-- of the partner, or of those without a partner, could be it. First of the same month, then of another one.
party_of_open as (
    select
        unit_id,
        party
    from row_of_open
    where party <> ''
    union
    select
        unit_id,
        ''
    from row_of_open
    group by unit_id
    having max(party) = ''
),

alike_0 as (
    select distinct
        expected.unit_id as expected_unit,
        ledger.unit_id as ledger_unit,
        expected_party.party,
        expected.fiscal_year = ledger.fiscal_year and expected.period_no = ledger.period_no as is_of_period
    from near_expected_{{ rest + 1 }} as expected
    inner join near_ledger_{{ rest + 1 }} as ledger
        on expected.company_code = ledger.company_code
        and expected.account_shape = ledger.account_shape
    inner join party_of_open as expected_party on expected.unit_id = expected_party.unit_id
    inner join party_of_open as ledger_party on ledger.unit_id = ledger_party.unit_id and expected_party.party = ledger_party.party
    where
        not ledger.has_reference
        and ledger.written_key is null
        and abs({{ days_between('expected.voucher_date', 'ledger.voucher_date') }}) <= 62
        and abs(expected.total_debit - ledger.total_debit) * 20 <= abs(expected.total_debit)
),

alike_of_period as (
    select distinct
        expected_unit,
        ledger_unit
    from alike_0
    where is_of_period
),

near_{{ rest + 2 }} as ({{ only_pairs('alike_of_period', 'other_amount') }}),

alike_elsewhen as (
    select distinct
        alike.expected_unit,
        alike.ledger_unit
    from alike_0 as alike
    left join near_{{ rest + 2 }} as expected on alike.expected_unit = expected.expected_unit
    left join near_{{ rest + 2 }} as ledger on alike.ledger_unit = ledger.ledger_unit
    where alike.party <> '' and expected.expected_unit is null and ledger.ledger_unit is null
),

near_{{ rest + 3 }} as ({{ only_pairs('alike_elsewhen', 'partner_other_amount_period') }}),

{{ open_units('near_expected_' ~ (rest + 2), 'near_expected_' ~ (rest + 1), 'near_' ~ (rest + 2), 'expected') }},

{{ open_units('near_ledger_' ~ (rest + 2), 'near_ledger_' ~ (rest + 1), 'near_' ~ (rest + 2), 'ledger') }},

{{ open_units('near_expected_' ~ (rest + 3), 'near_expected_' ~ (rest + 2), 'near_' ~ (rest + 3), 'expected') }},

{{ open_units('near_ledger_' ~ (rest + 3), 'near_ledger_' ~ (rest + 2), 'near_' ~ (rest + 3), 'ledger') }},
{%- set rest = rest + 3 %}

-- Equal in all that is known, and more expected than booked: nobody can tell which is the one.
candidate as (
    select
        expected.unit_id as expected_unit,
        ledger.unit_id as ledger_unit
    from near_expected_{{ rest }} as expected
    inner join near_ledger_{{ rest }} as ledger
        on
        {%- for key in partner + sums + period %}
        expected.{{ key }} = ledger.{{ key }}{{ ' and' if not loop.last }}
        {%- endfor %}
    where not ledger.has_reference and ledger.written_key is null
),

-- A voucher that names nothing was given to a document by its day; another document like it has no voucher: either may be
-- the one.
rival as (
    select
        pass.ledger_unit,
        pass.expected_unit,
        missing.unit_id as other_unit
    from (select * from exact where reason in ('partner_amount_day', 'partner_amount_period')) as pass
    inner join ledger_0 as ledger on pass.ledger_unit = ledger.unit_id
    inner join expected_0 as taken on pass.expected_unit = taken.unit_id
    inner join near_expected_{{ rest }} as missing
        on
        {%- for key in partner + sums %}
        taken.{{ key }} = missing.{{ key }} and
        {%- endfor %}
        abs({{ days_between('taken.voucher_date', 'missing.voucher_date') }}) <= 62
    where not ledger.has_reference and ledger.written_key is null and taken.partner_code <> '-'
),

doubted as (
    select expected_unit, ledger_unit from candidate
    union
    select expected_unit, ledger_unit from rival
    union
    select other_unit, ledger_unit from rival
),

-- What was booked already, booked again.
booked as (
    select
        unit.*,
        pass.ledger_unit,
        held.voucher_date as booked_on
    from exact as pass
    inner join expected_0 as unit on pass.expected_unit = unit.unit_id
    inner join ledger_0 as held on pass.ledger_unit = held.unit_id
),

again as (
    select
        ledger.unit_id as ledger_unit,
        booked.unit_id as expected_unit,
        row_number() over (
            partition by ledger.unit_id
            order by
                case when ledger.document_key = booked.document_key or ledger.written_key = booked.document_key then 0 else 1 end,
                abs({{ days_between('booked.booked_on', 'ledger.voucher_date') }}),
                booked.unit_id
        ) as position
    from near_ledger_{{ rest }} as ledger
    inner join booked
        on ledger.company_code = booked.company_code
        {%- for key in sums %}
        and ledger.{{ key }} = booked.{{ key }}
        {%- endfor %}
        and (
            ledger.document_key = booked.document_key
            or ledger.written_key = booked.document_key
            or (
                not ledger.has_reference
                and ledger.partner_kind = booked.partner_kind
                and ledger.partner_code = booked.partner_code
                and abs({{ days_between('booked.booked_on', 'ledger.voucher_date') }})
                <= case when ledger.partner_code = '-' then 10 else 31 end
            )
        )
),

found as (
    select * from exact
    {%- for number in range(rest) %}
    union all
    select * from near_{{ number + 1 }}
    {%- endfor %}
),

matched as (
    select
        found.expected_unit,
        found.ledger_unit,
        'matched' as match_class,
        found.reason,
        found.ledger_unit as match_group
    from found
    left join (select distinct ledger_unit from rival) as doubt on found.ledger_unit = doubt.ledger_unit
    where doubt.ledger_unit is null
    union all
    select
        expected_unit,
        ledger_unit,
        match_class,
        reason,
        match_group
    from link
    union all
    select expected_unit, ledger_unit, 'ambiguous', 'partner_amount', ledger_unit from doubted
    union all
    select expected_unit, ledger_unit, 'duplicate', 'booked_before', ledger_unit from named_again
    union all
    select
        again.expected_unit,
        again.ledger_unit,
        'duplicate',
        'booked_before',
        again.ledger_unit
    from again
    left join (select distinct ledger_unit from doubted) as doubt on again.ledger_unit = doubt.ledger_unit
    where again.position = 1 and doubt.ledger_unit is null
)

select
    expected_unit,
    ledger_unit,
    match_class,
    reason,
    match_group
from matched
