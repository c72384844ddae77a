with
refusal as (select * from {{ ref('core_voucher_refusals') }}),

event as (select * from {{ ref('core_voucher_events') }}),

message as (select * from {{ ref('data_check_messages') }}),

run as (select as_of from {{ source('house', 'run_context') }}),

document as (
    select distinct
        source_id,
        event,
        document_entity,
        document_id,
        voucher_date
    from refusal
),

-- Lines without a fault of their own wait for the lines of their document that have one.
held as (
    select
        event.*,
        refusal.rule_code,
        refusal.account_role,
        coalesce(refusal.reason, 'document_held_back') as held_for
    from event
    inner join document
        on event.source_id = document.source_id
        and event.event = document.event
        and event.document_entity = document.document_entity
        and event.document_id = document.document_id
        and event.voucher_date = document.voucher_date
    left join refusal
        on event.source_id = refusal.source_id
        and event.event = refusal.event
        and event.document_entity = refusal.document_entity
        and event.line_id = refusal.line_id
        and event.voucher_date = refusal.voucher_date
        and event.correction_no = refusal.correction_no
)

select
    held.source_id,
    held.company_code,
    held.company_currency_code,
    held.event,
    held.document_entity,
    held.document_id,
    held.document_no,
    held.line_id,
    held.line_no,
    held.document_date,
    held.voucher_date,
    held.fiscal_year,
    held.period_no,
    held.partner_kind,
    held.partner_code,
    held.item_code,
    held.held_for as reason,
    replace(replace(message.message_zh, '{subject}', held.document_no), '{role}', coalesce(held.account_role, '')) as reason_zh,
    replace(replace(message.message_en, '{subject}', held.document_no), '{role}', coalesce(held.account_role, '')) as reason_en,
    held.rule_code,
    held.account_role,
    case
        when held.document_entity in ('purchase_orders', 'goods_receipts', 'purchase_invoices', 'other_payables') then 'payables'
        when held.document_entity in ('sales_orders', 'shipments', 'sales_invoices', 'other_receivables') then 'receivables'
        when held.partner_kind = 'supplier' then 'payables'
        when held.partner_kind = 'customer' then 'receivables'
        else 'accounting'
    end as owner,
    coalesce(held.gross_amount, held.paid_amount, held.cost_amount, held.estimate_amount) as amount,
    held.document_currency_code,
    coalesce(held.document_gross_amount, held.document_paid_amount, held.document_net_amount) as document_amount,
    cast({{ days_between('held.voucher_date', 'run.as_of') }} as integer) as age_days,
    held.changed_seq
from held
cross join run
left join message on message.check_code = concat('unposted_', held.held_for)
