-- Which ledger voucher stands for which expected voucher, and why: explicit references first, then what the summary says,
-- then partner, amount and date; then vouchers that sum several up; then what fits but for one mistake. Sets that cannot be
-- told apart are never guessed: they are ambiguous.
{%- set sums = voucher_sums() %}
{%- set period = ['fiscal_year', 'period_no'] %}
{%- set partner = ['company_code', 'partner_kind', 'partner_code'] %}
{%- set exact = [
    ['reference', ['company_code', 'document_key'] + sums + period, false],
    ['summary', ['company_code', 'written_key'] + sums + period, false],
    ['partner_amount_day', partner + sums + ['voucher_date'], true],
    ['reference_other_period', ['company_code', 'document_key'] + sums, false],
    ['summary_other_period', ['company_code', 'written_key'] + sums, false],
    ['partner_amount_period', partner + sums + period, true],
] %}
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
{%- for reason, keys, certain in exact %}

{{ pairing_pass('pass_' ~ loop.index, reason, keys, 'expected_' ~ loop.index0, 'ledger_' ~ loop.index0, certain=certain) }},

{{ open_units('expected_' ~ loop.index, 'expected_' ~ loop.index0, 'pass_' ~ loop.index, 'expected') }},

{{ open_units('ledger_' ~ loop.index, 'ledger_' ~ loop.index0, 'pass_' ~ loop.index, 'ledger') }},
{%- endfor %}

{%- set last = exact | length %}

-- Vouchers that sum up: two or three open documents of those days that come to the same on every account.
summing_ledger as (
    select *
    from ledger_{{ last }}
    where not has_reference and written_key is null
),

partner_of_sum as (
    select distinct
        ledger.unit_id,
        line.partner_kind,
        coalesce(party.party_key, line.partner_code) as partner_code
    from summing_ledger as ledger
    inner join {{ ref('core_journal_lines') }} as line on ledger.unit_id = line.source_id || ',' || line.voucher_id
    left join ({{ parties() }}) as party on line.partner_kind = party.partner_kind and line.partner_code = party.partner_code
    where line.partner_code is not null and line.partner_kind in ('supplier', 'customer')
),

-- The documents that a summary voucher may hold: of its company and month and of its partners; where it names none, of the
-- six days before it.
candidate_of_sum as (
    select
        ledger.unit_id as ledger_unit,
        expected.unit_id as expected_unit
    from summing_ledger as ledger
    inner join partner_of_sum as named on ledger.unit_id = named.unit_id
    inner join expected_{{ last }} as expected
        on ledger.company_code = expected.company_code
        and named.partner_kind = expected.partner_kind
        and named.partner_code = expected.partner_code
        and ledger.fiscal_year = expected.fiscal_year
        and ledger.period_no = expected.period_no
        and expected.voucher_date <= ledger.voucher_date
    union all
    select
        ledger.unit_id,
        expected.unit_id
    from summing_ledger as ledger
    inner join expected_{{ last }} as expected
        on ledger.company_code = expected.company_code
        and ledger.fiscal_year = expected.fiscal_year
        and ledger.period_no = expected.period_no
        and expected.voucher_date <= ledger.voucher_date
        and expected.voucher_date >= {{ date_plus_days('ledger.voucher_date', -6) }}
    where ledger.partners = 0 and expected.partner_code = '-'
),

pool_size as (
    select
        ledger_unit,
        count(*) as documents
    from candidate_of_sum
    group by ledger_unit
    having count(*) between 2 and 60
),

pool as (
    select
        candidate.ledger_unit,
        ledger.account_sum as wanted_sum,
        ledger.account_square as wanted_square,
        candidate.expected_unit,
        expected.partner_code,
        expected.account_sum,
        expected.account_square,
        -- Documents that are alike in all that counts stand for each other: the first is taken first.
        row_number() over (
            partition by candidate.ledger_unit, expected.partner_code, expected.account_sum, expected.account_square
            order by expected.voucher_date, candidate.expected_unit
        ) as rank_of_alike
    from candidate_of_sum as candidate
    inner join pool_size on candidate.ledger_unit = pool_size.ledger_unit
    inner join summing_ledger as ledger on candidate.ledger_unit = ledger.unit_id
    inner join expected_{{ last }} as expected on candidate.expected_unit = expected.unit_id
),

pair_of_two as (
    select
        one.ledger_unit,
        one.expected_unit as first_unit,
        two.expected_unit as second_unit,
        one.wanted_sum - one.account_sum - two.account_sum as rest_sum,
        one.wanted_square - one.account_square - two.account_square as rest_square
    from pool as one
    inner join pool as two on one.ledger_unit = two.ledger_unit and one.expected_unit < two.expected_unit
),

subset as (
    select
        ledger_unit,
        first_unit,
        second_unit,
        cast(null as varchar) as third_unit
    from pair_of_two
    where rest_sum = 0 and rest_square = 0
    union all
    select
        pair_of_two.ledger_unit,
        pair_of_two.first_unit,
        pair_of_two.second_unit,
        pool.expected_unit
    from pair_of_two
    inner join pool
        on pair_of_two.ledger_unit = pool.ledger_unit
        and pair_of_two.second_unit < pool.expected_unit
        and pair_of_two.rest_sum = pool.account_sum
        and pair_of_two.rest_square = pool.account_square
),

every_member as (
    select ledger_unit, first_unit as expected_unit, first_unit || second_unit || coalesce(third_unit, '') as subset_id from subset
    union all
    select ledger_unit, second_unit, first_unit || second_unit || coalesce(third_unit, '') from subset
    union all
    select ledger_unit, third_unit, first_unit || second_unit || third_unit from subset where third_unit is not null
),

alike as (
    select
        every_member.ledger_unit,
        every_member.subset_id,
        count(*) as taken,
        max(pool.rank_of_alike) as last_rank
    from every_member
    inner join pool on every_member.ledger_unit = pool.ledger_unit and every_member.expected_unit = pool.expected_unit
    group by every_member.ledger_unit, every_member.subset_id, pool.partner_code, pool.account_sum, pool.account_square
),

member as (
    select every_member.*
    from every_member
    left join (select distinct ledger_unit, subset_id from alike where last_rank > taken) as later
        on every_member.ledger_unit = later.ledger_unit and every_member.subset_id = later.subset_id
    where later.ledger_unit is null
),

-- Certain is a subset whose documents stand in no other one.
contested as (
    select expected_unit
    from member
    group by expected_unit
    having count(distinct ledger_unit || subset_id) > 1
),

doubtful as (
    select distinct ledger_unit || subset_id as subset_key
    from member
    where expected_unit in (select expected_unit from contested)
    union
    select ledger_unit || min(subset_id)
    from member
    group by ledger_unit
    having count(distinct subset_id) > 1
    union
    select ledger_unit || max(subset_id)
    from member
    group by ledger_unit
    having count(distinct subset_id) > 1
),

pass_of_sums as (
    select
        expected_unit,
        ledger_unit,
        'sum_of_documents' as reason
    from member
    where ledger_unit || subset_id not in (select subset_key from doubtful)
),

{{ open_units('near_expected_0', 'expected_' ~ last, 'pass_of_sums', 'expected') }},

{{ open_units('near_ledger_0', 'ledger_' ~ last, 'pass_of_sums', 'ledger') }},
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
    from (select * from pass_3 union all select * from pass_6) as pass
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
    from ({% for reason, keys, certain in exact %}select * from pass_{{ loop.index }}{{ ' union all ' if not loop.last }}{% endfor %}) as pass
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
                and ledger.partner_code <> '-'
                and abs({{ days_between('booked.booked_on', 'ledger.voucher_date') }}) <= 31
            )
        )
),

found as (
    {%- for reason, keys, certain in exact %}
    select * from pass_{{ loop.index }}
    union all
    {%- endfor %}
    select * from pass_of_sums
    {%- for reason, keys, certain in near %}
    union all
    select * from near_{{ loop.index }}
    {%- endfor %}
),

matched as (
    select
        found.expected_unit,
        found.ledger_unit,
        found.reason,
        'matched' as match_class
    from found
    left join (select distinct ledger_unit from rival) as doubt on found.ledger_unit = doubt.ledger_unit
    where doubt.ledger_unit is null
    union all
    select expected_unit, ledger_unit, 'partner_amount', 'ambiguous' from doubted
    union all
    select
        again.expected_unit,
        again.ledger_unit,
        'booked_before',
        'duplicate'
    from again
    left join (select distinct ledger_unit from doubted) as doubt on again.ledger_unit = doubt.ledger_unit
    where again.position = 1 and doubt.ledger_unit is null
)

select
    expected_unit,
    ledger_unit,
    match_class,
    reason
from matched
