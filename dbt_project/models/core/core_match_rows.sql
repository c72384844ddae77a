-- Expected rows and ledger rows of matched vouchers, by account and partner, set against each other: row by row, first what
-- agrees, then what agrees but for the partner, then but for the account; what is left stands alone.
with
match as (
    select
        match_group as ledger_unit,
        expected_unit,
        min(reason) as reason
    from {{ ref('core_voucher_matches') }}
    where match_class = 'matched'
    group by match_group, expected_unit
),

held as (
    select distinct
        match_group,
        ledger_unit
    from {{ ref('core_voucher_matches') }}
    where match_class = 'matched'
),

expected_row as (
    select
        match.ledger_unit,
        line.account_code,
        line.account_role,
        line.partner_kind,
        line.partner_code,
        min(line.party_key) as party_key,
        line.fiscal_year,
        line.period_no,
        line.flow,
        min(line.event) as event,
        min(match.reason) as reason,
        case when count(distinct match.expected_unit) = 1 then min(match.expected_unit) end as expected_unit,
        min(match.expected_unit) as first_unit,
        sum({{ money('line.amount') }}) as amount
    from match
    inner join {{ ref('core_expected_lines') }} as line on match.expected_unit = line.expected_voucher_id
    group by
        match.ledger_unit, line.account_code, line.account_role, line.partner_kind, line.partner_code, line.fiscal_year, line.period_no,
        line.flow
    having sum({{ money('line.amount') }}) <> 0
),

ledger_row as (
    select
        held.match_group as ledger_unit,
        line.account_code,
        line.account_role,
        line.partner_kind,
        line.partner_code,
        min(coalesce(party.party_key, line.partner_code)) as party_key,
        min(line.fiscal_year) as fiscal_year,
        min(line.period_no) as period_no,
        sum({{ money('line.amount') }}) as amount
    from {{ ref('core_journal_lines') }} as line
    inner join held on line.source_id || ',' || line.voucher_id = held.ledger_unit
    left join ({{ parties() }}) as party on line.partner_kind = party.partner_kind and line.partner_code = party.partner_code
    where line.is_primary_ledger and line.status <> 'void'
    group by held.match_group, line.account_code, line.account_role, line.partner_kind, line.partner_code
),

numbered_expected as (
    select
        *,
        row_number() over (
            order by ledger_unit, account_code nulls last, partner_kind nulls last, partner_code nulls last, fiscal_year, period_no, flow
        ) as expected_row
    from expected_row
),

numbered_ledger as (
    select
        *,
        row_number() over (order by ledger_unit, account_code, partner_kind nulls last, partner_code nulls last) as ledger_row
    from ledger_row
),
{%- set fits = [
    ['same', ['account_code', "coalesce(party_key, '-')", 'amount']],
    ['same_rest', ['account_code', "coalesce(party_key, '-')"]],
    ['account_amount', ['account_code', 'amount']],
    ['account', ['account_code']],
    ['amount', ["coalesce(party_key, '-')", 'amount']],
    ['amount_only', ['amount']],
    ['side', ['sign(amount)']],
] %}

expected_open_0 as (select * from numbered_expected),

ledger_open_0 as (select * from numbered_ledger),
{%- for name, keys in fits %}

pair_{{ loop.index }} as (
    select
        expected_side.expected_row,
        ledger_side.ledger_row
    from (
        select
            *,
            row_number() over (
                partition by ledger_unit, {{ keys | join(', ') }}
                order by abs(amount) desc, expected_row
            ) as position
        from expected_open_{{ loop.index0 }}
    ) as expected_side
    inner join (
        select
            *,
            row_number() over (
                partition by ledger_unit, {{ keys | join(', ') }}
                order by abs(amount) desc, ledger_row
            ) as position
        from ledger_open_{{ loop.index0 }}
    ) as ledger_side
        on expected_side.ledger_unit = ledger_side.ledger_unit
        {%- for key in keys %}
        and {{ key | replace('party_key', 'expected_side.party_key') | replace('account_code', 'expected_side.account_code') | replace('amount', 'expected_side.amount') }}
        = {{ key | replace('party_key', 'ledger_side.party_key') | replace('account_code', 'ledger_side.account_code') | replace('amount', 'ledger_side.amount') }}
        {%- endfor %}
        and expected_side.position = ledger_side.position
),

expected_open_{{ loop.index }} as (
    select *
    from expected_open_{{ loop.index0 }}
    where expected_row not in (select expected_row from pair_{{ loop.index }})
),

ledger_open_{{ loop.index }} as (
    select *
    from ledger_open_{{ loop.index0 }}
    where ledger_row not in (select ledger_row from pair_{{ loop.index }})
),
{%- endfor %}

pair as (
    {%- for name, keys in fits %}
    select * from pair_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

voucher as (
    select
        ledger_unit,
        min(flow) as flow,
        min(event) as event,
        min(reason) as reason,
        case when min(first_unit) = max(first_unit) then min(expected_unit) end as expected_unit,
        min(first_unit) as first_unit
    from expected_row
    group by ledger_unit
),

paired as (
    select
        pair.expected_row,
        pair.ledger_row,
        expected.ledger_unit,
        expected.amount as expected_amount,
        ledger.amount as ledger_amount,
        row_number() over (
            partition by expected.ledger_unit, expected.amount - ledger.amount
            order by pair.expected_row
        ) as position
    from pair
    inner join numbered_expected as expected on pair.expected_row = expected.expected_row
    inner join numbered_ledger as ledger on pair.ledger_row = ledger.ledger_row
),

-- What one account lacks and another one has too much of, to the cent, went to the wrong account as a part of its row.
strayed as (
    select
        paired.expected_row,
        paired.ledger_row,
        other.ledger_row as other_row,
        other.amount
    from paired
    inner join (
        select
            *,
            row_number() over (partition by ledger_unit, amount order by ledger_row) as position
        from ledger_open_{{ fits | length }}
    ) as other
        on paired.ledger_unit = other.ledger_unit
        and paired.expected_amount - paired.ledger_amount = other.amount
        and paired.position = other.position
    where paired.expected_amount <> paired.ledger_amount
),

gathered as (
    select
        other.expected_row as other_row,
        paired.expected_row,
        paired.ledger_row,
        paired.ledger_amount - paired.expected_amount as amount
    from paired
    inner join (
        select
            *,
            row_number() over (partition by ledger_unit, amount order by expected_row) as position
        from expected_open_{{ fits | length }}
    ) as other
        on paired.ledger_unit = other.ledger_unit
        and paired.expected_amount - paired.ledger_amount = -other.amount
        and paired.position = other.position
    where paired.expected_amount <> paired.ledger_amount
),

-- A line of its own on an account that another account lacks to the cent, where both accounts are expected: it stands on the wrong
-- one of the two.
differing as (
    select
        paired.*,
        ledger.account_code,
        paired.expected_amount - paired.ledger_amount as lack,
        row_number() over (
            partition by paired.ledger_unit, abs(paired.expected_amount - paired.ledger_amount), sign(paired.expected_amount - paired.ledger_amount)
            order by paired.expected_row
        ) as rank_of_lack
    from paired
    inner join numbered_ledger as ledger on paired.ledger_row = ledger.ledger_row
    left join strayed on paired.expected_row = strayed.expected_row
    left join gathered on paired.expected_row = gathered.expected_row
    where paired.expected_amount <> paired.ledger_amount and strayed.expected_row is null and gathered.expected_row is null
),

ledger_piece as (
    select distinct
        held.match_group as ledger_unit,
        line.account_code,
        line.amount
    from {{ ref('core_journal_lines') }} as line
    inner join held on line.source_id || ',' || line.voucher_id = held.ledger_unit
    inner join (select distinct ledger_unit from differing) as differing on held.match_group = differing.ledger_unit
    where line.is_primary_ledger and line.status <> 'void'
),

swapped_either_way as (
    select
        lacks.expected_row,
        has.expected_row as other_expected_row,
        has.ledger_row as other_row,
        lacks.lack as amount,
        row_number() over (
            partition by least(lacks.expected_row, has.expected_row)
            order by lacks.lack desc
        ) as position
    from differing as lacks
    inner join differing as has
        on lacks.ledger_unit = has.ledger_unit
        and lacks.lack = -has.lack
        and lacks.rank_of_lack = has.rank_of_lack
    inner join ledger_piece as piece
        on has.ledger_unit = piece.ledger_unit
        and has.account_code = piece.account_code
        and lacks.lack = piece.amount
    where lacks.account_code <> has.account_code
),

swapped as (select * from swapped_either_way where position = 1),

swapped_row as (
    select expected_row from swapped
    union
    select other_expected_row from swapped
),

-- What an account lacks of one partner and has of another, though not to the cent, went to the wrong partner with a wrong
-- amount.
lacking as (
    select
        differing.*,
        case when differing.lack > 0 then 1 else -1 end as side,
        row_number() over (
            partition by differing.ledger_unit, differing.account_code, case when differing.lack > 0 then 1 else -1 end
            order by abs(differing.lack) desc, differing.expected_row
        ) as rank_of_size
    from differing
    left join swapped_row on differing.expected_row = swapped_row.expected_row
    where swapped_row.expected_row is null
),

beside as (
    select
        other.*,
        case when other.amount > 0 then 1 else -1 end as side,
        row_number() over (
            partition by other.ledger_unit, other.account_code, case when other.amount > 0 then 1 else -1 end
            order by abs(other.amount) desc, other.ledger_row
        ) as rank_of_size
    from ledger_open_{{ fits | length }} as other
    left join strayed on other.ledger_row = strayed.other_row
    where other.amount <> 0 and strayed.other_row is null
),

astray as (
    select * from strayed
    union all
    select
        lacking.expected_row,
        lacking.ledger_row,
        beside.ledger_row,
        beside.amount
    from lacking
    inner join beside
        on lacking.ledger_unit = beside.ledger_unit
        and lacking.account_code = beside.account_code
        and lacking.side = beside.side
        and lacking.rank_of_size = beside.rank_of_size
),

together as (
    select
        paired.expected_row,
        paired.ledger_row,
        paired.expected_amount - coalesce(astray.amount, swapped.amount, 0) as expected_amount,
        case
            when gathered.expected_row is not null or swapped_to.other_expected_row is not null then paired.expected_amount
            else paired.ledger_amount
        end as ledger_amount,
        true as is_in_shares
    from paired
    left join astray on paired.expected_row = astray.expected_row
    left join gathered on paired.expected_row = gathered.expected_row
    left join swapped on paired.expected_row = swapped.expected_row
    left join swapped as swapped_to on paired.expected_row = swapped_to.other_expected_row
    union all
    select expected_row, other_row, amount, amount, true from astray
    union all
    select other_row, ledger_row, amount, amount, false from gathered
    union all
    select expected_row, other_row, amount, amount, false from swapped
    union all
    select expected_row, null, amount, null, false
    from expected_open_{{ fits | length }}
    where expected_row not in (select other_row from gathered)
    union all
    select null, ledger_row, null, amount, true
    from ledger_open_{{ fits | length }}
    where ledger_row not in (select other_row from astray)
)

select
    coalesce(expected.ledger_unit, ledger.ledger_unit) as ledger_unit,
    coalesce(expected.expected_unit, voucher.expected_unit) as expected_unit,
    coalesce(expected.first_unit, voucher.first_unit) as first_unit,
    voucher.reason,
    coalesce(expected.flow, voucher.flow) as flow,
    coalesce(expected.event, voucher.event) as event,
    expected.account_code as expected_account,
    expected.account_role as expected_role,
    expected.partner_kind as expected_partner_kind,
    expected.partner_code as expected_partner,
    expected.fiscal_year as expected_year,
    expected.period_no as expected_period,
    cast(together.expected_amount as decimal(38, 4)) as expected_amount,
    ledger.account_code as ledger_account,
    ledger.account_role as ledger_role,
    ledger.partner_kind as ledger_partner_kind,
    ledger.partner_code as ledger_partner,
    ledger.fiscal_year as ledger_year,
    ledger.period_no as ledger_period,
    cast(together.ledger_amount as decimal(38, 4)) as ledger_amount,
    together.is_in_shares,
    coalesce(expected.party_key <> ledger.party_key, false) as is_wrong_partner,
    coalesce(expected.account_code <> ledger.account_code, false) as is_wrong_account,
    coalesce(expected.fiscal_year <> ledger.fiscal_year or expected.period_no <> ledger.period_no, false) as is_wrong_period
from together
left join numbered_expected as expected on together.expected_row = expected.expected_row
left join numbered_ledger as ledger on together.ledger_row = ledger.ledger_row
left join voucher on coalesce(expected.ledger_unit, ledger.ledger_unit) = voucher.ledger_unit
