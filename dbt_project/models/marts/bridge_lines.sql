-- Every step of every bridge with its documents and vouchers; the steps of a cell sum to the difference of its two calibers.
with
bridge as (select * from {{ ref('core_bridges') }}),

part as (select * from {{ ref('core_match_parts') }}),

other_share as (
    select *
    from {{ ref('core_ledger_line_shares') }}
    where flow is not null
),

step as (
    select
        bridge_code,
        step_no,
        step_code,
        step_kind,
        cast(null as varchar) as finding_class,
        cast(null as varchar) as entry_reason,
        source_id,
        atom_id,
        company_code,
        base_currency_code,
        currency_code,
        fiscal_year,
        period_no,
        account_role,
        partner_kind,
        partner_code,
        item_code,
        org_unit_code,
        amount,
        false as is_allocated,
        document_entity,
        document_no,
        document_line_id as line_id,
        cast(null as varchar) as voucher_word,
        cast(null as varchar) as voucher_no,
        cast(null as varchar) as match_reason
    from {{ ref('core_bridge_business') }}
    union all
    select
        bridge_code,
        step_no,
        step_code,
        step_kind,
        cast(null as varchar),
        cast(null as varchar),
        source_id,
        coalesce(atom_id, document_entity || ',' || document_line_id),
        company_code,
        base_currency_code,
        base_currency_code,
        fiscal_year,
        period_no,
        account_role,
        partner_kind,
        partner_code,
        item_code,
        org_unit_code,
        amount,
        false,
        document_entity,
        document_no,
        document_line_id,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar)
    from {{ ref('core_bridge_recognition') }}
    union all
    -- The classes, on the bridge's account roles.
    select
        bridge.bridge_code,
        {{ class_step_no('part.finding_class') }},
        part.finding_class,
        case when part.finding_class in ('wrong_partner', 'wrong_account', 'wrong_period') then 'move' else 'population' end,
        part.finding_class,
        part.entry_reason,
        part.source_id,
        coalesce('ledger,' || part.ledger_unit, 'expected,' || part.expected_unit),
        part.company_code,
        part.base_currency_code,
        part.base_currency_code,
        part.fiscal_year,
        part.period_no,
        part.account_role,
        part.partner_kind,
        part.partner_code,
        part.item_code,
        part.org_unit_code,
        bridge.sign * part.amount,
        part.is_allocated,
        part.document_entity,
        part.document_no,
        part.document_line_id,
        part.voucher_word,
        part.voucher_no,
        part.match_reason
    from part
    inner join bridge on bridge.is_to_ledger and bridge.account_roles like '% ' || part.account_role || ' %'
    where
        (part.flow is null or part.flow = bridge.flow)
        and (part.finding_class <> 'unposted' or not bridge.with_unposted)
    union all
    -- What stands on these accounts for documents of another flow.
    select
        bridge.bridge_code,
        {{ class_step_no("'other_flow'") }},
        'other_flow',
        'population',
        'other_flow',
        share.event,
        share.source_id,
        'ledger,' || share.ledger_unit,
        share.company_code,
        share.base_currency_code,
        share.base_currency_code,
        share.fiscal_year,
        share.period_no,
        share.account_role,
        share.partner_kind,
        share.partner_code,
        share.item_code,
        share.org_unit_code,
        bridge.sign * share.amount,
        false,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        share.voucher_word,
        share.voucher_no,
        share.match_reason
    from other_share as share
    inner join bridge on bridge.is_to_ledger and bridge.account_roles like '% ' || share.account_role || ' %'
    where share.flow <> bridge.flow and (share.is_posted or bridge.with_unposted)
)

select
    step.bridge_code,
    bridge.from_caliber,
    bridge.to_caliber,
    cast(step.step_no as integer) as step_no,
    step.step_code,
    step.step_kind,
    step.finding_class,
    step.entry_reason,
    step.source_id,
    step.atom_id,
    step.company_code,
    step.base_currency_code as company_currency_code,
    step.currency_code as document_currency_code,
    cast(step.fiscal_year as integer) as fiscal_year,
    cast(step.period_no as integer) as period_no,
    step.account_role,
    step.partner_kind,
    step.partner_code,
    step.item_code,
    step.org_unit_code,
    {{ money('step.amount') }} as amount,
    step.is_allocated,
    step.document_entity,
    step.document_no,
    step.line_id,
    step.voucher_word,
    step.voucher_no,
    step.match_reason
from step
inner join bridge on step.bridge_code = bridge.bridge_code
where step.amount <> 0
