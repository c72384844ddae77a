-- What the vouchers that are still open come to, on every account and for every partner: what sums are looked for in.
{{ config(materialized='view') }}
with
unit as (
    select unit.*
    from {{ ref('core_voucher_units') }} as unit
    left join (select distinct expected_unit as unit_id from {{ ref('core_match_exact') }} where reason <> 'booked_before') as expected
        on unit.unit_id = expected.unit_id
    left join (select distinct ledger_unit as unit_id from {{ ref('core_match_exact') }}) as ledger on unit.unit_id = ledger.unit_id
    where expected.unit_id is null and ledger.unit_id is null
),

amount as (
    select
        line.expected_voucher_id as unit_id,
        'expected' as side,
        line.account_code,
        case when line.partner_kind in ('supplier', 'customer') then line.partner_kind || ',' || line.party_key else '' end as party,
        line.amount
    from {{ ref('core_expected_lines') }} as line
    union all
    select
        line.source_id || ',' || line.voucher_id,
        'ledger',
        line.account_code,
        case
            when line.partner_kind in ('supplier', 'customer') then line.partner_kind || ',' || coalesce(party.party_key, line.partner_code)
            else ''
        end,
        line.amount
    from {{ ref('core_journal_lines') }} as line
    left join ({{ parties() }}) as party on line.partner_kind = party.partner_kind and line.partner_code = party.partner_code
    where line.is_primary_ledger and line.status <> 'void'
)

select
    unit.side,
    unit.unit_id,
    unit.company_code,
    unit.fiscal_year,
    unit.period_no,
    unit.voucher_date,
    unit.event,
    unit.document_key,
    unit.written_key,
    unit.has_reference or (unit.side = 'ledger' and unit.written_key is not null) as is_named,
    amount.account_code,
    coalesce(amount.party, '') as party,
    cast(sum({{ money('amount.amount') }}) as decimal(38, 4)) as amount
from unit
inner join amount on unit.unit_id = amount.unit_id and unit.side = amount.side
where unit.company_code is not null and unit.fiscal_year is not null and unit.voucher_date is not null
group by all
