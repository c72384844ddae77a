-- What in the partners' master data asks for a second look before money goes out; one row per thing that stands against
-- another, so that both are seen side by side. Companies of the group are asked after as everybody is.
with
member as (select * from {{ ref('core_master_members') }} where entity = 'partners'),

partner as (
    select
        member.source_id,
        member.partner_kind,
        member.source_code,
        member.source_name,
        member.master_code,
        member.tax_id,
        member.tax_key,
        member.moved_key
    from member
),

account as (
    select
        partner.source_id,
        partner.partner_kind,
        partner.source_code,
        partner.source_name,
        partner.master_code,
        partner.tax_id,
        partner.tax_key,
        bank.account_key,
        bank.account_no_masked,
        bank.bank_name
    from {{ ref('core_partner_bank_accounts') }} as bank
    inner join partner
        on bank.source_id = partner.source_id
        and bank.partner_kind = partner.partner_kind
        and bank.source_partner_code = partner.source_code
),

-- kind of alert, what its rows share, what they differ in
stood as (
    select
        'tax_id_with_two_bank_accounts' as alert_code,
        partner_kind || '|' || tax_key as shared_key,
        tax_id as shared,
        account_key as differing,
        source_id,
        partner_kind,
        source_code,
        source_name,
        master_code,
        tax_id,
        bank_name,
        account_no_masked
    from account
    where tax_key is not null
    union all
    select
        'bank_account_with_two_tax_ids',
        partner_kind || '|' || account_key,
        account_no_masked,
        tax_key,
        source_id,
        partner_kind,
        source_code,
        source_name,
        master_code,
        tax_id,
        bank_name,
        account_no_masked
    from account
    where tax_key is not null
    union all
    select
        'tax_id_with_two_codes',
        source_id || '|' || partner_kind || '|' || tax_key,
        tax_id,
        source_code,
        source_id,
        partner_kind,
        source_code,
        source_name,
        master_code,
        tax_id,
        cast(null as varchar),
        cast(null as varchar)
    from partner
    where tax_key is not null
    union all
    select
        'name_with_two_tax_ids',
        partner_kind || '|' || moved_key,
        source_name,
        tax_key,
        source_id,
        partner_kind,
        source_code,
        source_name,
        master_code,
        tax_id,
        cast(null as varchar),
        cast(null as varchar)
    from partner
    where tax_key is not null and moved_key is not null
),

alert as (
    select
        alert_code,
        shared_key,
        min(shared) as subject,
        count(distinct differing) as differences
    from stood
    group by alert_code, shared_key
    having count(distinct differing) > 1
),

numbered as (
    select
        stood.*,
        alert.subject,
        alert.differences,
        substr(md5(stood.alert_code || '|' || stood.shared_key), 1, 12) as alert_id,
        row_number() over (
            partition by stood.alert_code, stood.shared_key
            order by stood.differing, stood.source_id, stood.source_code
        ) as member_no
    from stood
    inner join alert on stood.alert_code = alert.alert_code and stood.shared_key = alert.shared_key
),

alerted as (
    select
        source_id,
        partner_kind,
        source_code
    from numbered
    group by source_id, partner_kind, source_code
),

-- Documents and ledger tell of the same business: the larger of both is at stake.
stake as (
    select
        source_id,
        partner_kind,
        source_code,
        max(amount) as amount
    from (
        select
            alerted.source_id,
            alerted.partner_kind,
            alerted.source_code,
            sum(abs({{ money('coalesce(line.base_net_amount, 0)') }})) as amount
        from {{ ref('core_document_lines') }} as line
        inner join alerted
            on line.source_id = alerted.source_id
            and line.partner_kind = alerted.partner_kind
            and line.source_partner_code = alerted.source_code
        where line.is_counted
        group by alerted.source_id, alerted.partner_kind, alerted.source_code
        union all
        select
            alerted.source_id,
            alerted.partner_kind,
            alerted.source_code,
            sum(abs({{ money('line.amount') }}))
        from {{ ref('core_journal_lines') }} as line
        inner join alerted
            on line.source_id = alerted.source_id
            and line.partner_kind = alerted.partner_kind
            and line.source_partner_code = alerted.source_code
        where line.status <> 'void'
        group by alerted.source_id, alerted.partner_kind, alerted.source_code
    ) as told
    group by source_id, partner_kind, source_code
)

select
    numbered.alert_id,
    cast(numbered.member_no as integer) as member_no,
    numbered.alert_code,
    message.severity,
    numbered.subject,
    cast(numbered.differences as bigint) as difference_count,
    numbered.source_id,
    numbered.partner_kind,
    numbered.source_code as source_partner_code,
    numbered.master_code as partner_code,
    numbered.source_name as partner_name,
    numbered.tax_id,
    numbered.bank_name,
    numbered.account_no_masked,
    {{ money('coalesce(stake.amount, 0)') }} as amount_at_stake,
    replace(replace(message.message_zh, '{subject}', coalesce(numbered.subject, '')), '{count}', cast(numbered.differences as varchar)) as message_zh,
    replace(replace(message.message_en, '{subject}', coalesce(numbered.subject, '')), '{count}', cast(numbered.differences as varchar)) as message_en
from numbered
inner join {{ ref('data_check_messages') }} as message on numbered.alert_code = message.check_code
left join stake
    on numbered.source_id = stake.source_id
    and numbered.partner_kind = stake.partner_kind
    and numbered.source_code = stake.source_code
