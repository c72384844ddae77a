-- Facts about the customer's own data. They never stop a publication; they are shown with their money.
with
journal as (select * from {{ ref('core_journal_lines') }}),

document as (select * from {{ ref('core_document_lines') }}),

unbalanced as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        min(coalesce(voucher_word, '') || ' ' || voucher_no) as subject,
        case when min(case when is_posted then 1 else 0 end) = 1 then 'unbalanced_voucher' else 'unbalanced_unposted' end as check_code,
        count(*) as row_count,
        sum({{ money('debit') }}) - sum({{ money('credit') }}) as amount
    from journal
    where status <> 'void' and period_no > 0
    group by source_id, company_code, fiscal_year, period_no, ledger_code, voucher_id
    having sum({{ money('debit') }}) <> sum({{ money('credit') }})
),

sub_cent as (
    select
        journal.source_id,
        journal.company_code,
        journal.fiscal_year,
        journal.period_no,
        min(coalesce(journal.voucher_word, '') || ' ' || journal.voucher_no) as subject,
        count(*) as row_count,
        sum({{ money('journal.amount') }}) as amount
    from journal
    left join {{ ref('core_currencies') }} as currency on journal.base_currency_code = currency.currency_code
    where journal.amount <> {{ rounded('journal.amount', 'coalesce(currency.minor_units, 2)') }}
    group by journal.source_id, journal.company_code, journal.fiscal_year, journal.period_no
),

unknown_account as (
    select
        journal.source_id,
        journal.company_code,
        journal.fiscal_year,
        journal.period_no,
        journal.account_code as subject,
        count(*) as row_count,
        sum({{ money('journal.amount') }}) as amount
    from journal
    left join {{ ref('core_accounts') }} as account
        on journal.source_id = account.source_id
        and journal.chart_code = account.chart_code
        and journal.account_code = account.account_code
    where account.account_code is null
    group by journal.source_id, journal.company_code, journal.fiscal_year, journal.period_no, journal.account_code
),

used_partner as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        partner_kind,
        source_partner_code,
        count(*) as row_count,
        sum({{ money('amount') }}) as amount
    from journal
    where source_partner_code is not null
    group by source_id, company_code, fiscal_year, period_no, partner_kind, source_partner_code
    union all
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        partner_kind,
        source_partner_code,
        count(*) as row_count,
        sum({{ money('base_net_amount') }}) as amount
    from document
    where source_partner_code is not null
    group by source_id, company_code, fiscal_year, period_no, partner_kind, source_partner_code
),

unknown_partner as (
    select
        used_partner.source_id,
        used_partner.company_code,
        used_partner.fiscal_year,
        used_partner.period_no,
        used_partner.partner_kind || ' ' || used_partner.source_partner_code as subject,
        sum(used_partner.row_count) as row_count,
        sum(used_partner.amount) as amount
    from used_partner
    left join {{ ref('core_partners') }} as partner
        on used_partner.source_id = partner.source_id
        and used_partner.partner_kind = partner.partner_kind
        and used_partner.source_partner_code = partner.source_partner_code
    where partner.source_id is null
    group by
        used_partner.source_id, used_partner.company_code, used_partner.fiscal_year, used_partner.period_no,
        used_partner.partner_kind, used_partner.source_partner_code
),

missing_rate as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        min(currency_code || ' ' || document_no) as subject,
        count(*) as row_count,
        -- In the document's currency, because there is no rate.
        sum({{ money('net_amount') }}) as amount
    from document
    where is_counted and net_amount is not null and base_net_amount is null
    group by source_id, company_code, fiscal_year, period_no, currency_code
),

missing_amount as (
    select
        source_id,
        company_code,
        fiscal_year,
        period_no,
        min(entity || ' ' || document_no) as subject,
        count(*) as row_count,
        {{ money('null') }} as amount
    from document
    where is_counted and net_amount is null and entity not in ('stock_movements', 'purchase_requests')
    group by source_id, company_code, fiscal_year, period_no
),

-- A mapping of a code that its source does not have does nothing: perhaps it is written wrongly.
idle_mapping as (
    select
        mapping.source_id,
        mapping.entity || ' ' || mapping.source_code as subject
    from {{ ref('core_master_codes') }} as mapping
    left join {{ ref('core_master_members') }} as member
        on mapping.entity = member.entity
        and mapping.source_id = member.source_id
        and mapping.source_code = member.source_code
    where mapping.entity in ('partners', 'items', 'companies')
    group by mapping.source_id, mapping.entity, mapping.source_code
    having count(member.source_code) = 0
),

rejected as (
    select
        source_id,
        min(entity || ' ' || row_key || ': ' || missing_columns) as subject,
        count(*) as row_count
    from {{ ref('core_rejected_rows') }}
    group by source_id, entity
),

control as (
    select
        control_kind,
        source_id,
        company_code,
        fiscal_year,
        period_no,
        coalesce(item_code, concat_ws(' ', account_code, partner_code, org_unit_code, project_code)) as subject,
        difference_amount as amount
    from {{ ref('control_totals') }}
    where not is_equal
),

-- A book in several sources, or one that opens its years anew: what a year began with is what the year before it ended
-- with. Result accounts end in equity over the turn of the year, so these are compared together.
book as (
    select
        balance.source_id,
        balance.company_code,
        ledger.system,
        ledger.book_code,
        balance.ledger_code,
        balance.fiscal_year,
        balance.period_no,
        case when balance.account_type in ('equity', 'revenue', 'expense') then '*' else balance.account_code end as subject,
        balance.year_opening_amount,
        balance.closing_amount,
        max(balance.period_no) over (
            partition by balance.source_id, balance.ledger_code, balance.company_code, balance.fiscal_year
        ) as last_period,
        row_number() over (
            partition by balance.source_id, balance.ledger_code, balance.company_code, balance.fiscal_year, balance.account_code
            order by balance.period_no
        ) as position
    from {{ ref('trial_balance') }} as balance
    inner join {{ ref('core_ledgers') }} as ledger
        on balance.source_id = ledger.source_id
        and balance.ledger_code = ledger.ledger_code
        and balance.company_code = ledger.company_code
),

turn_of_year as (
    select
        source_id,
        company_code,
        system,
        book_code,
        ledger_code,
        fiscal_year,
        subject,
        year_opening_amount as opening_amount,
        cast(0 as decimal(38, 4)) as carried_amount
    from book
    where position = 1
    union all
    select
        null,
        company_code,
        system,
        book_code,
        ledger_code,
        fiscal_year + 1,
        subject,
        cast(0 as decimal(38, 4)),
        closing_amount
    from book
    where period_no = last_period
),

book_year as (
    select distinct
        company_code,
        system,
        book_code,
        ledger_code,
        fiscal_year
    from book
),

year_opening as (
    select
        coalesce(max(turn.source_id), max(turn.system)) as source_id,
        turn.company_code,
        turn.fiscal_year,
        turn.subject,
        sum(turn.opening_amount) - sum(turn.carried_amount) as amount
    from turn_of_year as turn
    inner join book_year as this_year
        on turn.company_code = this_year.company_code
        and turn.system = this_year.system
        and turn.book_code = this_year.book_code
        and turn.ledger_code = this_year.ledger_code
        and turn.fiscal_year = this_year.fiscal_year
    inner join book_year as year_before
        on turn.company_code = year_before.company_code
        and turn.system = year_before.system
        and turn.book_code = year_before.book_code
        and turn.ledger_code = year_before.ledger_code
        and turn.fiscal_year = year_before.fiscal_year + 1
    group by turn.company_code, turn.system, turn.book_code, turn.ledger_code, turn.fiscal_year, turn.subject
    having sum(turn.opening_amount) <> sum(turn.carried_amount)
),

primary_ledger as (
    select
        company_code,
        min(source_id) as source_id,
        count(distinct case when is_primary then system || ',' || ledger_code || ',' || book_code end) as primaries
    from {{ ref('core_ledgers') }}
    group by company_code
    having count(distinct case when is_primary then system || ',' || ledger_code || ',' || book_code end) <> 1
),

latest_table as (
    select
        source_id,
        table_name,
        is_complete,
        row_number() over (partition by source_id, table_name order by started_at desc) as age
    from {{ ref('sync_tables') }}
),

incomplete as (
    select
        source_id,
        table_name as subject
    from latest_table
    where age = 1 and not coalesce(is_complete, false)
),

found as (
    select check_code, source_id, company_code, fiscal_year, period_no, subject, row_count, amount from unbalanced
    union all
    select 'sub_cent_amount', source_id, company_code, fiscal_year, period_no, subject, row_count, amount from sub_cent
    union all
    select 'unknown_account', source_id, company_code, fiscal_year, period_no, subject, row_count, amount from unknown_account
    union all
    select 'unknown_partner', source_id, company_code, fiscal_year, period_no, subject, row_count, amount from unknown_partner
    union all
    select 'missing_rate', source_id, company_code, fiscal_year, period_no, subject, row_count, amount from missing_rate
    union all
    select 'missing_amount', source_id, company_code, fiscal_year, period_no, subject, row_count, amount from missing_amount
    union all
    select 'rejected_row', source_id, null, null, null, subject, row_count, null from rejected
    union all
    select
        case control_kind
            when 'account' then 'reported_balance_differs'
            when 'partner' then 'reported_partner_differs'
            when 'auxiliary' then 'reported_auxiliary_differs'
            else 'reported_stock_differs'
        end,
        source_id, company_code, fiscal_year, period_no, subject, 1, amount
    from control
    union all
    select 'year_opening_differs', source_id, company_code, fiscal_year, 0, subject, 1, amount from year_opening
    union all
    select 'primary_ledger_unclear', source_id, company_code, null, null, cast(primaries as varchar), 1, null from primary_ledger
    union all
    select 'incomplete_table', source_id, null, null, null, subject, 1, null from incomplete
    union all
    select 'mapping_of_unknown_code', source_id, null, null, null, subject, 1, null from idle_mapping
)

select
    found.check_code,
    sentence.severity,
    found.source_id,
    found.company_code,
    found.fiscal_year,
    found.period_no,
    found.subject,
    cast(found.row_count as bigint) as row_count,
    {{ money('found.amount') }} as amount,
    replace(sentence.message_zh, '{subject}', coalesce(found.subject, '')) as message_zh,
    replace(sentence.message_en, '{subject}', coalesce(found.subject, '')) as message_en
from found
left join {{ ref('data_check_messages') }} as sentence on found.check_code = sentence.check_code
