-- Lines of logistics invoices with their share of tax: against orders (RSEG), straight to accounts (RBCO), and
-- unplanned delivery costs, which stand on the header alone. S adds to the invoice, H takes away.
with
invoice as (select * from {{ landed('sap', 'RBKP') }}),

shift as (select * from {{ ref('sap_currency_shifts') }}),

head as (
    select
        invoice.*,
        coalesce(shift.factor, 1) as shift_factor,
        coalesce(shift.minor_units, 2) as minor_units,
        case when invoice.XRECH = 'X' then 1 else -1 end as sign,
        greatest(invoice._bb_seq, shift.changed_seq) as newest_seq
    from invoice
    left join shift on invoice.source_id = shift.source_id and invoice.WAERS = shift.currency_code
),

line as (
    select
        source_id,
        MANDT,
        BELNR,
        GJAHR,
        BUZEI,
        EBELN,
        EBELP,
        MATNR,
        WERKS,
        WRBTR,
        SHKZG,
        MWSKZ,
        MENGE,
        BSTME,
        LFBNR,
        LFGJA,
        LFPOS,
        TBTKZ,
        cast(null as varchar) as SAKNR,
        cast(null as varchar) as KOSTL,
        SGTXT,
        _bb_seq
    from {{ landed('sap', 'RSEG') }}
    union all
    select
        source_id,
        MANDT,
        BELNR,
        GJAHR,
        'A' || BUZEI || '.' || COBL_NR,
        '',
        '',
        '',
        '',
        WRBTR,
        SHKZG,
        MWSKZ,
        0,
        '',
        '',
        '',
        '',
        '',
        SAKNR,
        KOSTL,
        SGTXT,
        _bb_seq
    from {{ landed('sap', 'RBCO') }}
    where coalesce(XUNPL, '') <> 'X'
    union all
    select
        source_id,
        MANDT,
        BELNR,
        GJAHR,
        'BEZNK',
        '',
        '',
        '',
        '',
        BEZNK,
        case when XRECH = 'X' then 'S' else 'H' end,
        '',
        0,
        '',
        '',
        '',
        '',
        '',
        cast(null as varchar),
        cast(null as varchar),
        BKTXT,
        _bb_seq
    from invoice
    where BEZNK <> 0
),

past as (
    select
        source_id,
        MANDT,
        BELNR,
        GJAHR,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('sap', 'RSEG') }}
    group by source_id, MANDT, BELNR, GJAHR
),

rate as (select * from {{ ref('sap_tax_rates') }}),

-- Tax by code where the tax lines are there, else the header's tax over all lines.
tax_line as (
    select
        source_id,
        MANDT,
        BELNR,
        GJAHR,
        MWSKZ,
        sum(abs(WMWST)) as tax_amount,
        sum(abs(FWBAS)) as base_amount,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'RBTX') }}
    group by source_id, MANDT, BELNR, GJAHR, MWSKZ
),

priced as (
    select
        line.*,
        head.shift_factor,
        head.minor_units,
        head.sign as head_sign,
        case line.SHKZG when 'H' then -1 else 1 end as sign,
        case line.SHKZG when 'H' then -1 else 1 end
        * {{ rounded(product('line.WRBTR', 'head.shift_factor'), 'head.minor_units') }} as net_amount,
        case when tax_line.MWSKZ is not null then line.MWSKZ else '*' end as tax_group,
        coalesce(rate.tax_rate, {{ ratio('tax_line.tax_amount', 'tax_line.base_amount') }}) as tax_rate,
        head.sign * {{ rounded(
            product('coalesce(tax_line.tax_amount, head.WMWST1)', 'head.shift_factor'),
            'head.minor_units'
        ) }} as group_tax,
        greatest(line._bb_seq, head.newest_seq, rate.changed_seq, tax_line._bb_seq, past._bb_seq) as newest_seq
    from line
    inner join head
        on line.source_id = head.source_id
        and line.MANDT = head.MANDT
        and line.BELNR = head.BELNR
        and line.GJAHR = head.GJAHR
    left join rate on line.source_id = rate.source_id and line.MANDT = rate.MANDT and line.MWSKZ = rate.MWSKZ
    left join tax_line
        on line.source_id = tax_line.source_id
        and line.MANDT = tax_line.MANDT
        and line.BELNR = tax_line.BELNR
        and line.GJAHR = tax_line.GJAHR
        and line.MWSKZ = tax_line.MWSKZ
    left join past
        on line.source_id = past.source_id
        and line.MANDT = past.MANDT
        and line.BELNR = past.BELNR
        and line.GJAHR = past.GJAHR
),

rated as (
    select
        priced.*,
        max(tax_rate) over (partition by source_id, MANDT, BELNR, GJAHR, tax_group) > 0 as has_rates
    from priced
),

-- A line weighs its net by its rate; one without a rate, where others have one, bears no tax.
weighed as (
    select
        rated.*,
        {{ rounded(product('net_amount', 'case when has_rates then coalesce(tax_rate, 0) else 1 end', 10), '4') }}
            as weight
    from rated
),

totalled as (
    select
        weighed.*,
        sum(weight) over (partition by source_id, MANDT, BELNR, GJAHR, tax_group) as total_weight
    from weighed
),

guessed as (
    select
        totalled.*,
        {{ rounded(product('group_tax', ratio('weight', 'total_weight'), 10), 'minor_units') }} as tax_guess,
        row_number() over (
            partition by source_id, MANDT, BELNR, GJAHR, tax_group order by abs(weight) desc, BUZEI
        ) as position_by_size
    from totalled
),

-- What rounding leaves goes to the heaviest line, so that the lines sum to the invoice's tax.
summed as (
    select
        guessed.*,
        sum(tax_guess) over (partition by source_id, MANDT, BELNR, GJAHR, tax_group) as guesses
    from guessed
)

select
    source_id,
    MANDT,
    BELNR,
    GJAHR,
    BUZEI,
    EBELN,
    EBELP,
    MATNR,
    WERKS,
    MWSKZ,
    MENGE,
    BSTME,
    LFBNR,
    LFGJA,
    LFPOS,
    TBTKZ,
    SAKNR,
    KOSTL,
    SGTXT,
    sign,
    shift_factor,
    minor_units,
    net_amount,
    tax_rate,
    coalesce(tax_guess, 0)
    + case when position_by_size = 1 then coalesce(group_tax - coalesce(guesses, 0), 0) else 0 end as tax_amount,
    max(newest_seq) over (partition by source_id, MANDT, BELNR, GJAHR) as changed_seq
from summed
