{#- Finding the voucher of what must be in the ledger. Both sides are units (an expected voucher, a ledger voucher) with sums
    that add up over units and give a voucher away: its debits, and its amounts weighted by account. -#}

{#- The sums by which vouchers are compared. -#}
{% macro voucher_sums() -%}
    {{ return(['total_debit', 'account_sum', 'account_square']) }}
{%- endmacro %}

{#- Units of `side` that no earlier pass has matched. -#}
{% macro open_units(name, before, pass, side) -%}
{{ name }} as (
    select before.*
    from {{ before }} as before
    left join (select distinct {{ side }}_unit from {{ pass }}) as taken on before.unit_id = taken.{{ side }}_unit
    where taken.{{ side }}_unit is null
)
{%- endmacro %}

{#- One pass: units that agree in `keys` are paired one to one, in the order of their dates. With `certain`, not
    where more is expected than there is, because then nobody can tell which of them it is. -#}
{% macro pairing_pass(name, reason, keys, expected, ledger, certain=false, where='1 = 1', also=none, order=['voucher_date', 'unit_id']) -%}
{{ name }} as (
    select
        expected_side.unit_id as expected_unit,
        ledger_side.unit_id as ledger_unit,
        '{{ reason }}' as reason
    from (
        select
            *,
            row_number() over (partition by {{ keys | join(', ') }} order by {{ order | join(', ') }}) as position,
            count(*) over (partition by {{ keys | join(', ') }}) as units
        from {{ expected }}
    ) as expected_side
    inner join (
        select
            *,
            row_number() over (partition by {{ keys | join(', ') }} order by {{ order | join(', ') }}) as position,
            count(*) over (partition by {{ keys | join(', ') }}) as units
        from {{ ledger }}
        where {{ where }}
    ) as ledger_side
        on
        {%- for key in keys %}
        expected_side.{{ key }} = ledger_side.{{ key }}
        and
        {%- endfor %}
        expected_side.position = ledger_side.position
    where
        {{ 'expected_side.units <= ledger_side.units' if certain else '1 = 1' }}
        {%- if also %}
        and {{ also }}
        {%- endif %}
)
{%- endmacro %}

{#- The pairs of a relation whose two sides stand in no other pair of it. -#}
{% macro only_pairs(pairs, reason) -%}

    select
        expected_unit,
        ledger_unit,
        '{{ reason }}' as reason
    from (
        select
            *,
            count(*) over (partition by expected_unit) as vouchers,
            count(*) over (partition by ledger_unit) as documents
        from {{ pairs }}
    ) as pair
    where vouchers = 1 and documents = 1
{% endmacro %}

{#- Why an entry may stand in the ledger without a document: by its kind, or by the words of ledger_entry_words.csv. An
    adjustment without explanation and an entry that names an unknown document are not among them. -#}
{% macro reasons_without_document() -%}
    'opening', 'closing', 'accrual', 'revaluation', 'consolidation', 'manual'
{%- endmacro %}

{#- Equal, or both missing. -#}
{% macro same(left, right) -%}
    ({{ left }} = {{ right }} or ({{ left }} is null and {{ right }} is null))
{%- endmacro %}

{#- The place of a class among the steps of a bridge. -#}
{% macro class_step_no(finding_class) -%}
    case {{ finding_class }}
        {%- for name in [
            'other_flow', 'no_document', 'missing', 'duplicate', 'wrong_partner', 'wrong_account', 'wrong_period', 'wrong_amount',
            'ambiguous', 'unposted',
        ] %}
        when '{{ name }}' then {{ 30 + loop.index }}
        {%- endfor %}
    end
{%- endmacro %}

{#- One part of a defect of the relation `pair`: what leaves or enters which account, partner and period. -#}
{% macro match_part(finding_class, amount, role, account, partner_kind, partner, year, period) -%}
        pair.ledger_unit,
        pair.expected_unit,
        pair.first_unit,
        pair.flow,
        pair.event,
        pair.reason as match_reason,
        '{{ finding_class }}' as finding_class,
        cast(null as varchar) as entry_reason,
        {{ role }} as account_role,
        {{ account }} as account_code,
        {{ partner_kind }} as partner_kind,
        {{ partner }} as partner_code,
        {{ year }} as fiscal_year,
        {{ period }} as period_no,
        cast({{ amount }} as decimal(38, 4)) as amount
{%- endmacro %}

{#- Who a partner is, whatever code a system gives it: by tax number, else by name. Codes that no master data joins are
    compared by this, so that two systems' codes of one party are no defect. -#}
{% macro parties() -%}
    select
        partner_kind,
        partner_code,
        coalesce(max(tax_id), max({{ plain_name('partner_name') }}), partner_code) as party_key
    from {{ ref('core_partners') }}
    group by partner_kind, partner_code
{%- endmacro %}

{#- A name as it is compared: full-width letters and figures as plain ones, upper case, without blanks. -#}
{% macro plain_name(name) -%}
    upper(replace(replace(translate({{ name }}, '！＄＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｜～', '!$&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz|~'), '　', ''), ' ', ''))
{%- endmacro %}

{#- How clerks write a document's number into a summary: the last long run of figures with the letters before it
    (FP250002), the last that begins with letters and has separators (CG-2025-0012), the last of letters and few figures
    (FP12), and the last with separators that begins with figures (2025-CG-0012). The last two are numbers only where a
    document is called so. -#}
{% macro written_numbers() -%}
    {{ return({
        'joined_number': '^(?:.*[^A-Za-z0-9_/.#-])?([A-Za-z][A-Za-z0-9]*(?:[-_/.#][A-Za-z0-9]+)*[-_/.#][A-Za-z0-9]*[0-9])',
        'last_number': '^(?:.*[^A-Za-z0-9])?([A-Za-z]*[0-9][0-9][0-9][0-9][0-9]+)',
        'short_number': '^(?:.*[^A-Za-z0-9])?([A-Za-z]+[0-9]+)',
        'dated_number': '^(?:.*[^A-Za-z0-9_/.#-])?([0-9]+(?:[-_/.#][A-Za-z0-9]+)+)',
    }) }}
{%- endmacro %}

{#- A document number as it is compared: without leading zeros. -#}
{% macro plain_number(number) -%}
    regexp_replace(upper({{ number }}), '^0+', '')
{%- endmacro %}
