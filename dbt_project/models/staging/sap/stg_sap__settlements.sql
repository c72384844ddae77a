{% call conform('settlements') %}
with
-- Items that one clearing closed, each reduced to its size; raising items are invoices, lowering ones pay or credit them.
item as (
    select
        source_id,
        MANDT,
        BUKRS,
        KOART,
        partner_code,
        HKONT,
        AUGBL,
        substr(AUGDT, 1, 4) as clearing_year,
        AUGDT,
        line_id,
        voucher_id,
        WAERS,
        AWTYP,
        AWKEY,
        is_payment,
        has_note,
        has_advance,
        advance_amount,
        case KOART when 'K' then -amount else amount end as size,
        case KOART when 'K' then -currency_amount else currency_amount end as currency_size,
        newest_seq
    from {{ ref('sap_open_items') }}
    where AUGBL is not null and amount <> 0 and coalesce(UMSKZ, '') <> 'W'
),

-- Both sides are laid end to end; where two overlap, one settles the other by the length of the overlap.
raising as (
    select
        *,
        sum(size) over (
            partition by source_id, MANDT, BUKRS, KOART, partner_code, HKONT, AUGBL, clearing_year
            order by line_id
            rows between unbounded preceding and current row
        ) as reach
    from item
    where size > 0
),

lowering as (
    select
        *,
        sum(-size) over (
            partition by source_id, MANDT, BUKRS, KOART, partner_code, HKONT, AUGBL, clearing_year
            order by line_id
            rows between unbounded preceding and current row
        ) as reach
    from item
    where size < 0
),

pair as (
    select
        raising.source_id,
        raising.KOART,
        raising.AUGDT,
        lowering.line_id as from_line,
        lowering.voucher_id as from_voucher,
        lowering.AWTYP as from_kind,
        lowering.AWKEY as from_key,
        lowering.is_payment,
        lowering.has_note,
        lowering.has_advance,
        lowering.advance_amount,
        -lowering.size as lowering_size,
        raising.line_id as to_line,
        raising.voucher_id as to_voucher,
        raising.AWTYP as to_kind,
        raising.AWKEY as to_key,
        least(raising.reach, lowering.reach) - greatest(raising.reach - raising.size, lowering.reach + lowering.size) as base_amount,
        raising.size,
        raising.currency_size,
        greatest(raising.newest_seq, lowering.newest_seq) as changed_seq
    from raising
    inner join lowering
        on raising.source_id = lowering.source_id
        and raising.MANDT = lowering.MANDT
        and raising.BUKRS = lowering.BUKRS
        and raising.KOART = lowering.KOART
        and raising.partner_code = lowering.partner_code
        and raising.HKONT = lowering.HKONT
        and raising.AUGBL = lowering.AUGBL
        and raising.clearing_year = lowering.clearing_year
        and raising.reach - raising.size < lowering.reach
        and lowering.reach + lowering.size < raising.reach
    union all
    -- A partial payment, and an advance that covers a part, name their invoice before either is cleared.
    select
        payment.source_id,
        payment.KOART,
        payment.BUDAT,
        payment.line_id,
        payment.voucher_id,
        payment.AWTYP,
        payment.AWKEY,
        payment.is_payment,
        payment.has_note,
        payment.has_advance,
        payment.advance_amount,
        abs(payment.amount),
        invoice.line_id,
        invoice.voucher_id,
        invoice.AWTYP,
        invoice.AWKEY,
        case payment.KOART when 'K' then payment.amount else -payment.amount end,
        case payment.KOART when 'K' then payment.amount else -payment.amount end,
        case payment.KOART when 'K' then payment.currency_amount else -payment.currency_amount end,
        greatest(payment.newest_seq, invoice.newest_seq)
    from {{ ref('sap_open_items') }} as payment
    inner join {{ ref('sap_open_items') }} as invoice
        on payment.source_id = invoice.source_id
        and payment.MANDT = invoice.MANDT
        and payment.BUKRS = invoice.BUKRS
        and payment.KOART = invoice.KOART
        and payment.REBZG = invoice.BELNR
        and payment.REBZJ = invoice.GJAHR
        and payment.REBZZ = invoice.BUZEI
    where (payment.is_payment or payment.has_advance) and coalesce(payment.UMSKZ, '') <> 'A' and payment.AUGBL is null
)

-- An item without a business document is named by its voucher.
select
    source_id,
    from_line || '>' || to_line as settlement_id,
    case
        when is_payment then 'cash_movements'
        when from_kind = 'RMRP' then 'purchase_invoices'
        when from_kind = 'VBRK' then 'sales_invoices'
        else 'journal_lines'
    end as from_entity,
    case
        when is_payment then from_line
        when from_kind = 'RMRP' then substr(from_key, 1, 10) || '/' || substr(from_key, 11, 4)
        when from_kind = 'VBRK' then trim(from_key)
        else from_line
    end as from_line_id,
    case to_kind when 'RMRP' then 'purchase_invoices' when 'VBRK' then 'sales_invoices' else 'journal_lines' end as to_entity,
    case to_kind
        when 'RMRP' then substr(to_key, 1, 10) || '/' || substr(to_key, 11, 4)
        when 'VBRK' then trim(to_key)
        else to_line
    end as to_line_id,
    'document' as level,
    case
        when has_advance then 'prepayment'
        when is_payment and has_note then 'note'
        when is_payment then 'cash'
        else 'red_blue'
    end as settlement_kind,
    concat_ws('-', substr(AUGDT, 1, 4), substr(AUGDT, 5, 2), substr(AUGDT, 7, 2)) as settled_on,
    case
        when base_amount = size then currency_size
        else {{ rounded(product('base_amount', ratio('currency_size', 'size'), 10)) }}
    end as amount,
    -- An advance is worth what it was on its own day.
    case
        when not has_advance or is_payment or advance_amount is null then base_amount
        when base_amount = lowering_size then advance_amount
        else {{ rounded(ratio(product('base_amount', 'advance_amount', 4), 'lowering_size')) }}
    end as from_base_amount,
    base_amount as to_base_amount,
    changed_seq
from pair
{% endcall %}
