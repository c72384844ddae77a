-- Which ledger voucher stands for which expected voucher beyond doubt, one to one: explicit references first, then what the
-- summary says, then partner, amount and date. What was booked already and names its document again is set aside before
-- amounts alone decide: it would be taken for the voucher of another document.
{%- set sums = voucher_sums() %}
{%- set period = ['fiscal_year', 'period_no'] %}
{%- set partner = ['company_code', 'partner_kind', 'partner_code'] %}
{%- set named = [
    ['reference', ['company_code', 'document_key'] + sums + period, false],
    ['summary', ['company_code', 'written_key'] + sums + period, false],
    ['reference_other_period', ['company_code', 'document_key'] + sums, false],
    ['summary_other_period', ['company_code', 'written_key'] + sums, false],
] %}
{%- set silent = [
    ['partner_amount_day', partner + sums + ['voucher_date'], true],
    ['partner_amount_period', partner + sums + period, true],
] %}
with
expected_0 as (select * from {{ ref('core_voucher_units') }} where side = 'expected'),

ledger_0 as (select * from {{ ref('core_voucher_units') }} where side = 'ledger'),
{%- for reason, keys, certain in named %}

{{ pairing_pass('pass_' ~ loop.index, reason, keys, 'expected_' ~ loop.index0, 'ledger_' ~ loop.index0, certain=certain) }},

{{ open_units('expected_' ~ loop.index, 'expected_' ~ loop.index0, 'pass_' ~ loop.index, 'expected') }},

{{ open_units('ledger_' ~ loop.index, 'ledger_' ~ loop.index0, 'pass_' ~ loop.index, 'ledger') }},
{%- endfor %}
{%- set last = named | length %}

named as (
    {%- for reason, keys, certain in named %}
    select * from pass_{{ loop.index }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

booked as (
    select
        unit.*,
        held.voucher_date as booked_on
    from named
    inner join expected_0 as unit on named.expected_unit = unit.unit_id
    inner join ledger_0 as held on named.ledger_unit = held.unit_id
),

-- Vouchers that name a document which another voucher holds already, to the cent.
again as (
    select
        booked.unit_id as expected_unit,
        ledger.unit_id as ledger_unit,
        row_number() over (
            partition by ledger.unit_id
            order by abs({{ days_between('booked.booked_on', 'ledger.voucher_date') }}), booked.unit_id
        ) as position
    from ledger_{{ last }} as ledger
    inner join booked
        on ledger.company_code = booked.company_code
        and coalesce(ledger.document_key, ledger.written_key) = booked.document_key
        {%- for key in sums %}
        and ledger.{{ key }} = booked.{{ key }}
        {%- endfor %}
),

{{ open_units('silent_ledger_0', 'ledger_' ~ last, 'again', 'ledger') }},

silent_expected_0 as (select * from expected_{{ last }}),
{%- for reason, keys, certain in silent %}

{{ pairing_pass(
    'silent_' ~ loop.index, reason, keys, 'silent_expected_' ~ loop.index0, 'silent_ledger_' ~ loop.index0, certain=certain
) }},

{{ open_units('silent_expected_' ~ loop.index, 'silent_expected_' ~ loop.index0, 'silent_' ~ loop.index, 'expected') }},

{{ open_units('silent_ledger_' ~ loop.index, 'silent_ledger_' ~ loop.index0, 'silent_' ~ loop.index, 'ledger') }},
{%- endfor %}

found as (
    select * from named
    {%- for reason, keys, certain in silent %}
    union all
    select * from silent_{{ loop.index }}
    {%- endfor %}
    union all
    select
        expected_unit,
        ledger_unit,
        'booked_before'
    from again
    where position = 1
)

select
    expected_unit,
    ledger_unit,
    reason
from found
