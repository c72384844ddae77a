-- Defects found in reconciliation: one per voucher that is missing, booked twice, doubtful, in another period or names another
-- document; one per voucher row with another amount, account or partner.
with
pair as (select * from {{ ref('core_match_rows') }}),

unit as (select * from {{ ref('core_voucher_units') }}),

match as (select * from {{ ref('core_voucher_matches') }}),

share as (select * from {{ ref('core_ledger_line_shares') }}),

expected as (
    select
        expected_voucher_id as expected_unit,
        min(source_id) as source_id,
        min(flow) as flow,
        min(event) as event,
        min(document_entity) as document_entity,
        min(document_id) as document_id,
        min(document_no) as document_no,
        min(document_line_id) as line_id,
        count(distinct document_line_id) as lines,
        min(voucher_date) as voucher_date,
        min(company_code) as company_code,
        min(base_currency_code) as base_currency_code,
        min(fiscal_year) as fiscal_year,
        min(period_no) as period_no,
        max(partner_kind) as partner_kind,
        max(partner_code) as partner_code,
        {{ of_largest('account_role', 'abs(amount)', 'account_role') }} as account_role,
        sum(case when amount > 0 then {{ money('amount') }} else 0 end) as amount
    from {{ ref('core_expected_lines') }}
    group by expected_voucher_id
),

voucher as (
    select
        ledger_unit,
        min(source_id) as source_id,
        min(company_code) as company_code,
        min(base_currency_code) as base_currency_code,
        min(fiscal_year) as fiscal_year,
        min(period_no) as period_no,
        min(posting_date) as posting_date,
        min(voucher_word) as voucher_word,
        min(voucher_no) as voucher_no,
        min(voucher_id) as voucher_id,
        max(case when partner_kind in ('supplier', 'customer') then partner_kind end) as partner_kind,
        max(case when partner_kind in ('supplier', 'customer') then partner_code end) as partner_code,
        {{ of_largest('account_role', 'abs(amount)', 'account_role') }} as account_role,
        sum(case when amount > 0 then {{ money('amount') }} else 0 end) as amount
    from share
    group by ledger_unit
),

called as (select * from {{ ref('core_document_calls') }}),

-- The number that a matched voucher gives, as its reference or in its summary, is none of its document's, though it looks
-- like one. A reference to a document of another kind is none: a payment may name the invoice that it pays.
misnamed as (
    {%- for number, key in [('document_no', 'document_key'), ('written_no', 'written_key')] %}
    select
        match.ledger_unit,
        match.expected_unit,
        ledger.{{ number }} as said_no,
        {{ 3 - loop.index }} as preference,
        wanted.total_debit as expected_amount,
        ledger.total_debit as ledger_amount
    from match
    inner join unit as ledger on match.ledger_unit = ledger.unit_id and ledger.side = 'ledger'
    inner join unit as wanted on match.expected_unit = wanted.unit_id and wanted.side = 'expected'
    where
        match.match_class = 'matched'
        and match.reason <> 'sum_of_documents'
        and coalesce(ledger.{{ key }} <> wanted.document_key, true)
        {%- if number == 'document_no' %}
        and (
            ledger.document_key is null
            or split_part(ledger.document_key, ',', 1) = split_part(wanted.document_key, ',', 1)
        )
        {%- endif %}
        and exists (
            select 1
            from called
            where
                called.document_key = wanted.document_key
                and length(called.reference) = length({{ plain_number('ledger.' ~ number) }})
                and substring(called.reference, 1, 2) = substring({{ plain_number('ledger.' ~ number) }}, 1, 2)
        )
        and not exists (
            select 1
            from called
            where called.document_key = wanted.document_key and called.reference = {{ plain_number('ledger.' ~ number) }}
        )
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Rows of matched vouchers, one defect after the other.
row_defect as (
    {%- for finding_class in ['wrong_partner', 'wrong_account', 'wrong_amount'] %}
    select
        '{{ finding_class }}' as finding_class,
        pair.ledger_unit,
        coalesce(pair.expected_unit, pair.first_unit) as expected_unit,
        coalesce(pair.ledger_role, pair.expected_role) as account_role,
        coalesce(pair.expected_account, pair.ledger_account) as account_code,
        coalesce(pair.expected_partner, pair.ledger_partner) as partner_code,
        coalesce(pair.expected_partner_kind, pair.ledger_partner_kind) as partner_kind,
        pair.ledger_account as found_account,
        pair.ledger_partner as found_partner,
        coalesce(pair.expected_amount, 0) as expected_amount,
        coalesce(pair.ledger_amount, 0) as ledger_amount,
        {% if finding_class == 'wrong_amount' -%}
        coalesce(pair.ledger_amount, 0) - coalesce(pair.expected_amount, 0) as amount
        {%- else -%}
        coalesce(pair.expected_amount, 0) as amount
        {%- endif %}
    from pair
    where {% if finding_class == 'wrong_amount' %}coalesce(pair.ledger_amount, 0) <> coalesce(pair.expected_amount, 0){% else %}pair.is_{{ finding_class }}{% endif %}
    union all
    {%- endfor %}
    select
        'wrong_period',
        pair.ledger_unit,
        min(coalesce(pair.expected_unit, pair.first_unit)),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        sum(case when pair.expected_amount > 0 then pair.expected_amount else 0 end),
        sum(case when pair.expected_amount > 0 then pair.expected_amount else 0 end),
        sum(case when pair.expected_amount > 0 then pair.expected_amount else 0 end)
    from pair
    where pair.is_wrong_period
    group by pair.ledger_unit
    union all
    select
        'wrong_reference',
        ledger_unit,
        expected_unit,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        max_by(said_no, preference),
        cast(null as varchar),
        max(expected_amount),
        max(ledger_amount),
        cast(0 as decimal(38, 4))
    from misnamed
    group by ledger_unit, expected_unit
    union all
    select
        match.match_class,
        match.ledger_unit,
        match.expected_unit,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        expected.amount,
        voucher.amount,
        case match.match_class when 'duplicate' then voucher.amount else expected.amount end
    from match
    inner join expected on match.expected_unit = expected.expected_unit
    inner join voucher on match.ledger_unit = voucher.ledger_unit
    where match.match_class <> 'matched'
    union all
    select
        'missing',
        cast(null as varchar),
        expected.expected_unit,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        expected.amount,
        cast(0 as decimal(38, 4)),
        -expected.amount
    from expected
    left join match on expected.expected_unit = match.expected_unit
    where match.expected_unit is null
),

-- What rests on a table that is not complete, or on a source that was not read when the others were, is not proven.
incomplete as (
    select distinct source_id
    from (
        select
            source_id,
            is_complete,
            row_number() over (partition by source_id, table_name order by started_at desc) as age,
            {{ days_between('max(started_at) over (partition by source_id)', 'max(started_at) over ()') }} as days_behind
        from {{ ref('stg_house__sync_tables') }}
    ) as newest
    where age = 1 and (not coalesce(is_complete, false) or days_behind > 1)
),

located as (
    select
        defect.finding_class,
        defect.ledger_unit,
        defect.expected_unit,
        coalesce(expected.source_id, voucher.source_id) as source_id,
        coalesce(voucher.company_code, expected.company_code) as company_code,
        coalesce(voucher.base_currency_code, expected.base_currency_code) as company_currency_code,
        expected.flow,
        expected.event,
        coalesce(case when defect.finding_class = 'duplicate' then voucher.fiscal_year end, expected.fiscal_year, voucher.fiscal_year)
            as fiscal_year,
        coalesce(case when defect.finding_class = 'duplicate' then voucher.period_no end, expected.period_no, voucher.period_no) as period_no,
        voucher.fiscal_year as voucher_year,
        voucher.period_no as voucher_period,
        coalesce(defect.account_role, expected.account_role, voucher.account_role) as account_role,
        coalesce(defect.partner_kind, expected.partner_kind, voucher.partner_kind) as partner_kind,
        coalesce(defect.partner_code, expected.partner_code, voucher.partner_code) as partner_code,
        expected.document_entity,
        expected.document_id,
        expected.document_no,
        case when expected.lines = 1 then expected.line_id end as line_id,
        coalesce(expected.voucher_date, voucher.posting_date) as event_date,
        voucher.voucher_word,
        voucher.voucher_no,
        voucher.source_id as voucher_source_id,
        voucher.voucher_id,
        row_number() over (
            partition by
                defect.finding_class, defect.expected_unit, defect.ledger_unit, defect.account_code, defect.found_account,
                defect.partner_code, defect.found_partner
            order by defect.amount
        ) as repetition,
        defect.account_code,
        defect.found_account,
        defect.found_partner,
        defect.expected_amount,
        defect.ledger_amount,
        defect.amount,
        coalesce(incomplete_document.source_id, incomplete_ledger.source_id) is not null as is_unproven
    from row_defect as defect
    left join expected on defect.expected_unit = expected.expected_unit
    left join voucher on defect.ledger_unit = voucher.ledger_unit
    left join incomplete as incomplete_document on expected.source_id = incomplete_document.source_id
    left join incomplete as incomplete_ledger on voucher.source_id = incomplete_ledger.source_id
),

told as (
    select
        located.*,
        partner.partner_name,
        {{ event_word('located.event', 'zh') }} || ' ' || coalesce(located.document_no, '') as document_zh,
        {{ event_word('located.event', 'en') }} || ' ' || coalesce(located.document_no, '') as document_en,
        coalesce(located.voucher_word || '-', '') || coalesce(located.voucher_no, '') as voucher_shown
    from located
    left join (
        select
            partner_kind,
            partner_code,
            min(partner_name) as partner_name
        from {{ ref('core_partners') }}
        group by partner_kind, partner_code
    ) as partner
        on located.partner_kind = partner.partner_kind and located.partner_code = partner.partner_code
),

as_of as (select max(as_of) as as_of_date from {{ source('house', 'run_context') }}),

worded as (
    select
        substring(
            md5(
                concat_ws(
                    '|',
                    finding_class,
                    company_code,
                    expected_unit,
                    case when finding_class in ('duplicate', 'ambiguous') then ledger_unit end,
                    case when finding_class like 'wrong_%' then coalesce(account_code, '') || ':' || coalesce(found_account, '') end,
                    case when finding_class like 'wrong_%' then coalesce(told.partner_code, '') end,
                case when finding_class like 'wrong_%' then coalesce(found_partner, '') end,
                case when repetition > 1 then cast(repetition as varchar) end
                )
            ),
            1,
            16
        ) as finding_id,
        finding_class,
        source_id,
        company_code,
        company_currency_code,
        flow,
        event,
        cast(fiscal_year as integer) as fiscal_year,
        cast(period_no as integer) as period_no,
        account_role,
        partner_kind,
        told.partner_code,
        partner_name,
        document_entity,
        document_id,
        document_no,
        line_id,
        event_date,
        voucher_word,
        voucher_no,
        voucher_source_id,
        voucher_id,
        {{ money('expected_amount') }} as expected_amount,
        {{ money('ledger_amount') }} as ledger_amount,
        {{ money('amount') }} as amount,
        cast({{ days_between('event_date', 'as_of.as_of_date') }} as integer) as age_days,
        case when finding_class = 'missing' then expected_unit end as suggested_draft_id,
        case finding_class
            when 'missing'
                then document_zh || '（' || cast(event_date as varchar) || coalesce('，' || partner_name, '') || '）应入账 '
                    || {{ shown_amount('expected_amount') }} || '，' || {{ shown_period('fiscal_year', 'period_no') }} || ' 未见凭证'
            when 'duplicate'
                then '凭证 ' || voucher_shown || ' 与 ' || document_zh || ' 已有的凭证重复，多记 ' || {{ shown_amount('ledger_amount') }}
            when 'wrong_amount'
                then '凭证 ' || voucher_shown || ' 的 ' || document_zh || ' 记为 ' || {{ shown_amount('ledger_amount') }} || '，应为 '
                    || {{ shown_amount('expected_amount') }} || '，差 ' || {{ shown_amount('amount') }}
            when 'wrong_period'
                then '凭证 ' || voucher_shown || ' 把 ' || document_zh || '（' || {{ shown_amount('expected_amount') }} || '）记在 '
                    || {{ shown_period('voucher_year', 'voucher_period') }} || '，应在 ' || {{ shown_period('fiscal_year', 'period_no') }}
            when 'wrong_account'
                then '凭证 ' || voucher_shown || ' 把 ' || document_zh || '（' || {{ shown_amount('expected_amount') }} || '）记在科目 '
                    || coalesce(found_account, '') || '，应为 ' || coalesce(account_code, '')
            when 'wrong_partner'
                then '凭证 ' || voucher_shown || ' 把 ' || document_zh || '（' || {{ shown_amount('expected_amount') }} || '）记在往来单位 '
                    || coalesce(found_partner, '') || '，应为 ' || coalesce(told.partner_code, '')
            when 'wrong_reference'
                then '凭证 ' || voucher_shown || ' 所写单号 ' || coalesce(found_account, '') || ' 有误，按金额、日期与往来单位应为 ' || document_zh
            else '凭证 ' || voucher_shown || '（' || {{ shown_amount('ledger_amount') }} || '）可能对应 ' || document_zh || '，也可能对应同样的其他单据，请认领'
        end as explanation_zh,
        case finding_class
            when 'missing'
                then document_en || ' of ' || cast(event_date as varchar) || coalesce(' (' || partner_name || ')', '') || ': '
                    || {{ shown_amount('expected_amount') }} || ' should be in the ledger in ' || {{ shown_period('fiscal_year', 'period_no') }}
                    || ', but no voucher is found'
            when 'duplicate'
                then 'Voucher ' || voucher_shown || ' books ' || document_en || ' a second time: ' || {{ shown_amount('ledger_amount') }} || ' too much'
            when 'wrong_amount'
                then 'Voucher ' || voucher_shown || ' books ' || document_en || ' at ' || {{ shown_amount('ledger_amount') }} || ' instead of '
                    || {{ shown_amount('expected_amount') }} || ', a difference of ' || {{ shown_amount('amount') }}
            when 'wrong_period'
                then 'Voucher ' || voucher_shown || ' books ' || document_en || ' (' || {{ shown_amount('expected_amount') }} || ') in '
                    || {{ shown_period('voucher_year', 'voucher_period') }} || ' instead of ' || {{ shown_period('fiscal_year', 'period_no') }}
            when 'wrong_account'
                then 'Voucher ' || voucher_shown || ' books ' || document_en || ' (' || {{ shown_amount('expected_amount') }} || ') on account '
                    || coalesce(found_account, '') || ' instead of ' || coalesce(account_code, '')
            when 'wrong_partner'
                then 'Voucher ' || voucher_shown || ' books ' || document_en || ' (' || {{ shown_amount('expected_amount') }} || ') on partner '
                    || coalesce(found_partner, '') || ' instead of ' || coalesce(told.partner_code, '')
            when 'wrong_reference'
                then 'Voucher ' || voucher_shown || ' names the number ' || coalesce(found_account, '') || '; by amount, date and partner it is '
                    || document_en
            else 'Voucher ' || voucher_shown || ' (' || {{ shown_amount('ledger_amount') }} || ') may stand for ' || document_en
                || ' or for another document like it: please decide'
        end as explanation_en,
        is_unproven,
        case flow when 'purchases' then 'payables' when 'sales' then 'receivables' else 'accounting' end as owner
    from told
    cross join as_of
),

{{ with_decisions('worded') }}
