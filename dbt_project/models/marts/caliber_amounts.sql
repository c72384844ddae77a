-- Every caliber's own total, from the documents or the ledger alone: nothing here knows a bridge.
with
caliber as (
    select
        *,
        {{ role_of_word('event') }} as event_role,
        {{ role_of_word('amount_basis') }} as price_role,
        {{ role_of_word('rate_basis') }} as rate_role
    from (
        select
            *,
            row_number() over (partition by caliber_code order by version desc) as rank_of_version
        from {{ ref('stg_house__calibers') }}
    ) as versions
    where rank_of_version = 1
),

-- A document's own price at its own rate is read from the document; anything else from its atoms.
plain as (
    select *
    from caliber
    where
        side = 'business'
        and event_role in ('order', 'delivery', 'acceptance', 'invoice')
        and (price_role = 'cost' or (price_role = event_role and (currency_basis = 'document' or rate_role = event_role)))
),

partner as (select * from {{ ref('core_partners') }}),

line as (
    select
        line.*,
        {{ document_flow('line.entity') }} as flow,
        {{ document_role('line.entity') }} as document_role,
        coalesce(partner.is_internal, false) as is_internal
    from {{ ref('core_document_lines') }} as line
    left join partner
        on line.source_id = partner.source_id
        and line.partner_kind = partner.partner_kind
        and line.source_partner_code = partner.source_partner_code
    where
        line.entity in (
            'purchase_orders', 'goods_receipts', 'purchase_invoices', 'sales_orders', 'shipments', 'acceptances', 'sales_invoices'
        )
        and (line.is_counted or (line.entity in ('purchase_orders', 'sales_orders') and line.status = 'cancelled'))
),

payment as (
    select *
    from {{ ref('core_cash_movements') }}
    where is_counted and partner_kind in ('supplier', 'customer')
),

atom as (
    select
        atom.*,
        caliber.caliber_code,
        caliber.population,
        caliber.tax_basis,
        caliber.currency_basis,
        caliber.event_role,
        case
            when caliber.price_role = 'cost' or {{ atom_has('caliber.price_role') }} then caliber.price_role
            else caliber.event_role
        end as price_role,
        caliber.rate_role
    from {{ ref('core_atoms') }} as atom
    inner join caliber on atom.flow = caliber.flow and caliber.side = 'business'
    left join plain on caliber.caliber_code = plain.caliber_code
    where plain.caliber_code is null and caliber.event_role in ('order', 'delivery', 'acceptance', 'invoice')
),

ledger_line as (
    select *
    from {{ ref('core_journal_lines') }}
    where is_primary_ledger and status <> 'void' and entry_kind <> 'closing'
),

counted as (
    select
        plain.caliber_code,
        line.source_id,
        line.company_code,
        line.base_currency_code as company_currency_code,
        case plain.currency_basis when 'document' then line.currency_code else line.base_currency_code end as currency_code,
        line.fiscal_year,
        line.period_no,
        line.partner_kind,
        line.partner_code,
        line.item_code,
        line.org_unit_code,
        cast(null as varchar) as account_role,
        line.quantity,
        case
            when plain.price_role = 'cost' then coalesce(line.cost_amount, 0)
            when plain.currency_basis = 'document' then {{ line_amount('line', 'plain.tax_basis') }}
            else {{ line_amount('line', 'plain.tax_basis', 'base_') }}
        end as amount
    from line
    inner join plain on line.flow = plain.flow and line.document_role = plain.event_role
    where
        (plain.population = 'entered' or line.is_counted)
        and (plain.population <> 'without_internal' or not line.is_internal)
    union all
    select
        caliber_code,
        source_id,
        company_code,
        base_currency_code,
        case currency_basis when 'document' then {{ atom_column('price_role', 'currency_code') }} else base_currency_code end,
        {{ atom_column('event_role', 'year') }},
        {{ atom_column('event_role', 'period') }},
        partner_kind,
        partner_code,
        item_code,
        org_unit_code,
        cast(null as varchar),
        quantity,
        case
            when currency_basis = 'document' then {{ atom_document_amount('price_role', 'tax_basis') }}
            else {{ atom_base_amount('price_role', 'tax_basis', 'rate_role') }}
        end
    from atom
    where {{ atom_counts('event_role', 'population') }}
    union all
    select
        caliber.caliber_code,
        payment.source_id,
        payment.company_code,
        payment.base_currency_code,
        case caliber.currency_basis when 'document' then payment.currency_code else payment.base_currency_code end,
        payment.fiscal_year,
        payment.period_no,
        payment.partner_kind,
        payment.partner_code,
        cast(null as varchar),
        cast(null as varchar),
        cast(null as varchar),
        cast(null as decimal(18, 6)),
        case when payment.direction = case caliber.event when 'paid' then 'out' else 'in' end then 1 else -1 end
        * case caliber.currency_basis when 'document' then payment.amount else payment.base_amount end
    from payment
    inner join caliber on caliber.event = case payment.partner_kind when 'supplier' then 'paid' else 'collected' end
    union all
    select
        caliber.caliber_code,
        line.source_id,
        line.company_code,
        line.base_currency_code,
        line.base_currency_code,
        line.fiscal_year,
        line.period_no,
        line.partner_kind,
        line.partner_code,
        line.item_code,
        line.org_unit_code,
        line.account_role,
        cast(null as decimal(18, 6)),
        line.amount
    from {{ ref('core_expected_lines') }} as line
    inner join caliber on caliber.event = 'expected'
    union all
    select
        caliber.caliber_code,
        line.source_id,
        line.company_code,
        line.base_currency_code,
        line.base_currency_code,
        line.fiscal_year,
        line.period_no,
        line.partner_kind,
        line.partner_code,
        line.item_code,
        line.org_unit_code,
        line.account_role,
        line.quantity,
        line.amount
    from ledger_line as line
    inner join caliber on caliber.event = 'posted' and caliber.side = 'ledger'
    where line.is_posted or caliber.population = 'all_vouchers'
)

select
    caliber_code,
    source_id,
    company_code,
    company_currency_code,
    currency_code as document_currency_code,
    cast(fiscal_year as integer) as fiscal_year,
    cast(period_no as integer) as period_no,
    partner_kind,
    partner_code,
    item_code,
    org_unit_code,
    account_role,
    cast(sum(cast(quantity as decimal(38, 6))) as decimal(38, 6)) as quantity,
    sum({{ money('amount') }}) as amount,
    cast(count(*) as bigint) as line_count
from counted
group by
    caliber_code, source_id, company_code, company_currency_code, currency_code, fiscal_year, period_no, partner_kind, partner_code,
    item_code, org_unit_code, account_role
