-- Source codes without a master code, with the money at stake and a proposal where one is certain enough to name.
with
event as (
    select
        source_id,
        partner_kind,
        source_partner_code,
        source_item_code,
        abs({{ money('coalesce(base_net_amount, 0)') }}) as amount
    from {{ ref('core_document_lines') }}
    where is_counted
),

partner_stake as (
    select
        source_id,
        partner_kind,
        source_partner_code,
        sum(amount) as amount,
        count(*) as line_count
    from event
    group by source_id, partner_kind, source_partner_code
),

item_stake as (
    select
        source_id,
        source_item_code,
        sum(amount) as amount,
        count(*) as line_count
    from event
    group by source_id, source_item_code
),

partner as (select * from {{ ref('core_partners') }}),

item as (select * from {{ ref('core_items') }}),

company as (select * from {{ ref('core_companies') }}),

by_tax_id as (
    select
        partner_kind,
        tax_id,
        min(partner_code) as master_code,
        count(distinct partner_code) as candidates
    from partner
    where is_mapped and tax_id is not null
    group by partner_kind, tax_id
),

by_name as (
    select
        partner_kind,
        partner_name,
        min(partner_code) as master_code,
        count(distinct partner_code) as candidates
    from partner
    where is_mapped
    group by partner_kind, partner_name
),

item_by_name as (
    select
        item_name,
        min(item_code) as master_code,
        count(distinct item_code) as candidates
    from item
    where is_mapped
    group by item_name
),

company_by_tax_id as (
    select
        tax_id,
        min(company_code) as master_code,
        count(distinct company_code) as candidates
    from company
    where is_mapped and tax_id is not null
    group by tax_id
),

unmapped as (
    select
        'partners' as entity,
        partner.source_id,
        partner.partner_kind,
        partner.source_partner_code as source_code,
        partner.partner_name as source_name,
        coalesce(by_tax_id.master_code, by_name.master_code) as proposed_master_code,
        case when by_tax_id.master_code is not null then 1.0 when by_name.master_code is not null then 0.9 end as confidence,
        coalesce(partner_stake.amount, 0) as amount_at_stake,
        coalesce(partner_stake.line_count, 0) as line_count
    from partner
    left join by_tax_id
        on partner.partner_kind = by_tax_id.partner_kind and partner.tax_id = by_tax_id.tax_id and by_tax_id.candidates = 1
    left join by_name
        on partner.partner_kind = by_name.partner_kind and partner.partner_name = by_name.partner_name and by_name.candidates = 1
    left join partner_stake
        on partner.source_id = partner_stake.source_id
        and partner.partner_kind = partner_stake.partner_kind
        and partner.source_partner_code = partner_stake.source_partner_code
    where not partner.is_mapped
    union all
    select
        'items',
        item.source_id,
        null,
        item.source_item_code,
        item.item_name,
        item_by_name.master_code,
        case when item_by_name.master_code is not null then 0.9 end,
        coalesce(item_stake.amount, 0),
        coalesce(item_stake.line_count, 0)
    from item
    left join item_by_name on item.item_name = item_by_name.item_name and item_by_name.candidates = 1
    left join item_stake
        on item.source_id = item_stake.source_id and item.source_item_code = item_stake.source_item_code
    where not item.is_mapped
    union all
    select
        'companies',
        company.source_id,
        null,
        company.source_company_code,
        company.company_name,
        company_by_tax_id.master_code,
        case when company_by_tax_id.master_code is not null then 1.0 end,
        0,
        0
    from company
    left join company_by_tax_id on company.tax_id = company_by_tax_id.tax_id and company_by_tax_id.candidates = 1
    where not company.is_mapped
)

select
    entity,
    source_id,
    cast(partner_kind as varchar) as partner_kind,
    source_code,
    source_name,
    proposed_master_code,
    cast(confidence as decimal(5, 4)) as confidence,
    {{ money('amount_at_stake') }} as amount_at_stake,
    cast(line_count as bigint) as line_count
from unmapped
