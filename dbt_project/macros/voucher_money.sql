{#- What money causes: payments and receipts with what they settle, advances, offsets, notes. -#}

{#- Common table expressions `settled_document`: worth of whole documents and lines; `settled`: settlements with the worth
    of what they settle; `applied`: what each cash movement settles. -#}
{% macro settlement_shares() -%}
settled_document as (
    select
        source_id,
        entity,
        document_id as settled_id,
        min(company_code) as company_code,
        min(base_currency_code) as base_currency_code,
        min(currency_code) as currency_code,
        min(document_no) as document_no,
        min(partner_kind) as partner_kind,
        min(partner_code) as partner_code,
        min(source_partner_code) as source_partner_code,
        sum({{ money('gross_amount') }}) as gross_amount,
        sum({{ money('base_gross_amount') }}) as base_gross_amount
    from {{ ref('core_document_lines') }}
    where
        is_counted
        and entity in ('purchase_invoices', 'sales_invoices', 'other_payables', 'other_receivables', 'expense_claims')
    group by source_id, entity, document_id
),

settling as (
    select
        settlement.source_id,
        settlement.settlement_id,
        settlement.from_entity,
        settlement.from_line_id,
        settlement.advance_line_id,
        settlement.to_entity,
        settlement.settlement_kind,
        settlement.settled_on,
        settlement.amount,
        settlement.from_base_amount,
        settlement.changed_seq,
        document.settled_id,
        document.document_no,
        document.company_code,
        document.base_currency_code,
        document.currency_code,
        document.partner_kind,
        document.partner_code,
        document.source_partner_code,
        sum(settlement.amount) over (
            partition by settlement.source_id, settlement.to_entity, document.settled_id
            order by settlement.settled_on, settlement.settlement_id
        ) as settled_until,
        document.gross_amount,
        document.base_gross_amount
    from (
        -- One-sided conditions stand in columns: in an outer join they would be tried pair by pair.
        select
            *,
            case when level = 'line' then to_line_id end as settled_line_id,
            case when from_entity = 'cash_movements' then from_line_id end as advance_line_id
        from {{ ref('core_settlements') }}
    ) as settlement
    left join {{ ref('core_document_lines') }} as settled_line
        on settlement.source_id = settled_line.source_id
        and settlement.to_entity = settled_line.entity
        and settlement.settled_line_id = settled_line.line_id
    inner join settled_document as document
        on settlement.source_id = document.source_id
        and settlement.to_entity = document.entity
        and coalesce(settled_line.document_id, settlement.to_line_id) = document.settled_id
),

-- What a document settled in parts was worth is shared out so that the parts sum to it: each takes what is due up to it,
-- less what was due before.
settled as (
    select
        *,
        case
            when currency_code = base_currency_code then amount
            else {{ worth_until('settled_until') }} - {{ worth_until('settled_until - amount') }}
        end as settled_amount
    from settling
),

applied as (
    select
        source_id,
        from_line_id,
        sum({{ money('amount') }}) as amount,
        sum({{ money('settled_amount') }}) as settled_amount
    from settled
    where from_entity = 'cash_movements' and settlement_kind in ('cash', 'note')
    group by source_id, from_line_id
)
{%- endmacro %}

{#- The branches of money. A payment settles what the documents were worth; what was paid less is discount in the money of
    the document, the rest is the realised exchange difference, unless the company books that apart. Money that settles
    nothing stays with the partner; money marked as an advance is one. -#}
{% macro money_events() -%}
    {%- set given = line_facts('movement') -%}
    {%- for name in [
        'employee_code', 'project_code', 'org_unit_code', 'item_code', 'source_item_code', 'tax_code', 'quantity', 'uom_code',
        'invoice_no', 'line_kind', 'red_reason', 'document_account_code',
    ] -%}
        {%- do given.update({name: 'null'}) -%}
    {%- endfor -%}
    {%- do given.update({
        'event': "case when movement.is_prepayment then case when movement.partner_kind = 'customer' then 'advance_receipt' else 'prepayment' end when movement.partner_kind = 'customer' then 'cash_receipt' else 'payment' end",
        'document_entity': "'cash_movements'", 'document_date': 'movement.event_date',
        'bank_account_code': 'movement.bank_account_code', 'policy': 'movement.realised_difference_policy',
        'document_kind': "case when movement.is_refund then 'refund' else 'normal' end",
        'is_return': "case when movement.is_refund then 'true' else 'false' end", 'is_free': "'false'",
        'method': "coalesce(movement.method, 'none')",
        'paid_amount': 'movement.paid_amount', 'document_paid_amount': 'movement.document_paid_amount',
        'settled_amount': 'movement.settled_amount', 'document_settled_amount': 'movement.document_settled_amount',
        'discount_amount': 'movement.discount_amount',
        'exchange_difference_amount': 'movement.settled_amount - movement.paid_amount - movement.discount_amount',
        'charge_amount': 'movement.bank_charge_amount',
        'lacks_amount': 'movement.base_amount is null',
    }) -%}
    select
        {{ event_row(given) }}
    from (
        select
            priced.*,
            -- A discount is worth what the money was worth on the day.
            case
                when priced.document_discount = 0 then {{ line_money('0') }}
                when priced.paid_amount = priced.document_paid_amount then cast(priced.document_discount as decimal(18, 4))
                else {{ rounded(product('priced.document_discount', ratio('priced.paid_amount', 'priced.document_paid_amount'), 10)) }}
            end as discount_amount
        from (
            select
                cash.*,
                ledger.ledger_code,
                ledger.chart_code,
                policy.realised_difference_policy,
                case when cash.is_refund then -cash.base_amount else cash.base_amount end as paid_amount,
                case when cash.is_refund then -cash.amount else cash.amount end as document_paid_amount,
                case
                    when applied.source_id is null or policy.realised_difference_policy = 'none' or cash.is_prepayment or cash.is_refund
                        then case when cash.is_refund then -cash.base_amount else cash.base_amount end
                    else cast(
                        applied.settled_amount
                        -- What is paid beyond the documents is worth what was paid.
                        + case when applied.amount < cash.amount then cash.base_amount - {{ rounded(product('cash.base_amount', ratio('applied.amount', 'cash.amount'), 10)) }} else 0 end
                        as decimal(18, 4)
                    )
                end as settled_amount,
                case
                    when applied.source_id is null or policy.realised_difference_policy = 'none' or cash.is_prepayment or cash.is_refund
                        then case when cash.is_refund then -cash.amount else cash.amount end
                    else cast(greatest(applied.amount, cash.amount) as decimal(18, 4))
                end as document_settled_amount,
                case
                    when applied.source_id is null or policy.realised_difference_policy = 'none' or cash.is_prepayment or cash.is_refund then 0
                    else greatest(applied.amount - cash.amount, 0)
                end as document_discount
            from {{ ref('core_cash_movements') }} as cash
            left join ledger on cash.company_code = ledger.company_code
            left join policy
                on cash.company_code = policy.company_code
                and cash.event_date >= policy.valid_from
                and cash.event_date < policy.valid_until
            left join applied on cash.source_id = applied.source_id and cash.line_id = applied.from_line_id
            where cash.is_counted
        ) as priced
    ) as movement
    union all
    {%- set given = {} -%}
    {%- for name in ['source_id', 'company_code', 'document_no', 'partner_kind', 'partner_code', 'source_partner_code', 'changed_seq'] -%}
        {%- do given.update({name: 'settled.' ~ name}) -%}
    {%- endfor -%}
    {%- do given.update({
        'event': "case settled.settlement_kind when 'prepayment' then case when settled.partner_kind = 'customer' then 'advance_offset' else 'prepayment_offset' end else settled.settlement_kind end",
        'document_entity': 'settled.to_entity', 'document_id': 'settled.settled_id', 'line_id': 'settled.settlement_id',
        'line_no': '1', 'correction_no': '0', 'company_currency_code': 'settled.base_currency_code',
        'ledger_code': 'ledger.ledger_code', 'chart_code': 'ledger.chart_code',
        'document_date': 'settled.settled_on', 'voucher_date': 'settled.settled_on',
        'document_currency_code': 'settled.currency_code', 'policy': 'policy.realised_difference_policy',
        'exchange_rate': 'advance.exchange_rate',
        'document_kind': 'settled.settlement_kind', 'is_return': "'false'", 'is_free': "'false'", 'is_prior_year': "'false'",
        'settled_amount': 'settled.settled_amount', 'document_settled_amount': 'settled.amount',
        'paid_amount': paid_advance(), 'document_paid_amount': 'settled.amount',
        'exchange_difference_amount': 'settled.settled_amount - ' ~ paid_advance(),
    }) %}
    -- Advances used up, receivables against payables, bad debts written off.
    select
        {{ event_row(given) }}
    from settled
    left join ledger on settled.company_code = ledger.company_code
    left join policy
        on settled.company_code = policy.company_code
        and settled.settled_on >= policy.valid_from
        and settled.settled_on < policy.valid_until
    left join {{ ref('core_cash_movements') }} as advance
        on settled.source_id = advance.source_id
        and settled.advance_line_id = advance.line_id
    where settled.settlement_kind not in ('cash', 'note', 'red_blue')
    union all
    -- What becomes of notes. A note names no company: it is that of the money movement which brought it and which vouchers
    -- name, else that of the source, where the source has one only.
    {%- set given = {
        'source_id': 'note.source_id',
        'document_entity': "case when movement.document_id is null then 'notes' else 'cash_movements' end",
        'document_id': 'coalesce(movement.document_id, note.note_no)', 'document_no': 'coalesce(movement.document_no, note.note_no)',
        'line_id': "note.note_no || '/' || note_event.event || '/' || note_event.event_date", 'line_no': '1', 'correction_no': '0',
        'event': "case when note_event.event = 'collected' and note.side = 'payable' then 'note_paid' else concat('note_', note_event.event) end",
        'company_code': 'coalesce(movement.company_code, home.company_code)',
        'company_currency_code': 'coalesce(movement.base_currency_code, home.base_currency_code)',
        'ledger_code': 'ledger.ledger_code', 'chart_code': 'ledger.chart_code',
        'document_date': 'note.issue_date', 'voucher_date': 'note_event.event_date',
        'partner_kind': 'note.partner_kind', 'source_partner_code': 'note.partner_code',
        'partner_code': 'holder.partner_code', 'document_currency_code': 'coalesce(movement.base_currency_code, home.base_currency_code)',
        'document_kind': "coalesce(note.note_kind, 'none')", 'method': "'note'", 'is_return': "'false'", 'is_free': "'false'",
        'is_prior_year': "'false'", 'paid_amount': 'coalesce(note_event.amount, note.face_amount)',
        'settled_amount': 'note.face_amount', 'discount_amount': 'note.face_amount - coalesce(note_event.amount, note.face_amount)',
        'changed_seq': 'greatest(note.changed_seq, note_event.changed_seq)',
    } %}
    select
        {{ event_row(given) }}
    from {{ united('note_events') }} as note_event
    inner join {{ united('notes') }} as note
        on note_event.source_id = note.source_id and note_event.note_no = note.note_no
    left join (
        select
            source_id,
            settlement_no,
            min(document_id) as document_id,
            min(document_no) as document_no,
            min(company_code) as company_code,
            min(base_currency_code) as base_currency_code
        from {{ ref('core_cash_movements') }}
        where method = 'note' and settlement_no is not null and is_counted
        group by source_id, settlement_no
        having count(distinct document_id) = 1
    ) as movement
        on note.source_id = movement.source_id and note.note_no = movement.settlement_no
    left join (
        select
            source_id,
            min(company_code) as company_code,
            min(base_currency_code) as base_currency_code
        from {{ ref('core_companies') }}
        group by source_id
        having count(*) = 1
    ) as home on note.source_id = home.source_id
    left join ledger on coalesce(movement.company_code, home.company_code) = ledger.company_code
    left join {{ ref('core_partners') }} as holder
        on note.source_id = holder.source_id
        and note.partner_kind = holder.partner_kind
        and note.partner_code = holder.source_partner_code
    where
        note_event.event in ('endorsed', 'discounted', 'collected', 'dishonoured')
        and coalesce(movement.company_code, home.company_code) is not null
{%- endmacro %}

{#- What the first `amount` of the document of a settlement was worth. -#}
{% macro worth_until(amount) -%}
    case
        when {{ amount }} = gross_amount then cast(base_gross_amount as decimal(18, 4))
        else {{ rounded(ratio(product(amount, 'base_gross_amount', 4), 'gross_amount')) }}
    end
{%- endmacro %}

{#- What the part of an advance that a settlement uses up was worth when it was paid. -#}
{% macro paid_advance() -%}
    case
        -- Where no advance is named, the settlement itself says what it was worth.
        when (advance.line_id is null or advance.amount = 0) and settled.from_base_amount <> settled.amount then settled.from_base_amount
        when advance.line_id is null or advance.amount = 0 then settled.settled_amount
        when advance.currency_code = settled.base_currency_code then settled.amount
        when settled.amount = advance.amount then advance.base_amount
        else {{ rounded(product('settled.amount', ratio('advance.base_amount', 'advance.amount'), 10)) }}
    end
{%- endmacro %}
