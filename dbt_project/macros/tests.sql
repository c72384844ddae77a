{#- Our own generic tests; they block publication. -#}

{% test unique_row(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{#- The residual: in every cell (company, currency, month; on the ledger's side also account role) the steps of a bridge sum to
    the difference of its two ends, which are counted by themselves. -#}
{% test bridge_closes(model) %}
with
bridge as (select * from {{ ref('core_bridges') }}),

amount as (
    select
        bridge.bridge_code,
        amount.company_code,
        amount.document_currency_code,
        amount.fiscal_year,
        amount.period_no,
        coalesce(bridge.main_role, '-') as account_role,
        amount.amount
    from {{ ref('caliber_amounts') }} as amount
    inner join bridge on amount.caliber_code = bridge.from_caliber
    union all
    select
        bridge.bridge_code,
        amount.company_code,
        amount.document_currency_code,
        amount.fiscal_year,
        amount.period_no,
        coalesce(amount.account_role, '-'),
        -bridge.sign * amount.amount
    from {{ ref('caliber_amounts') }} as amount
    inner join bridge
        on amount.caliber_code = bridge.to_caliber
        and (not bridge.is_to_ledger or bridge.account_roles like '% ' || amount.account_role || ' %')
    union all
    select
        bridge_code,
        company_code,
        document_currency_code,
        fiscal_year,
        period_no,
        coalesce(account_role, '-'),
        amount
    from {{ ref('bridge_lines') }}
)

select
    bridge_code,
    company_code,
    document_currency_code,
    fiscal_year,
    period_no,
    account_role,
    sum(amount) as residual
from amount
group by bridge_code, company_code, document_currency_code, fiscal_year, period_no, account_role
having sum(amount) <> 0
union all
select
    bridge_code,
    company_code,
    document_currency_code,
    fiscal_year,
    period_no,
    'summary',
    sum(case when row_kind = 'to_total' then -amount else amount end)
from {{ model }}
group by bridge_code, company_code, document_currency_code, fiscal_year, period_no
having sum(case when row_kind = 'to_total' then -amount else amount end) <> 0
union all
-- A move takes from one cell what it gives to another.
select
    bridge_code,
    company_code,
    document_currency_code,
    cast(null as integer),
    cast(null as integer),
    step_code,
    sum(amount)
from {{ ref('bridge_lines') }}
where step_kind = 'move' and step_code in ('receipt_to_invoice', 'estimate_timing', 'voucher_period', 'wrong_period')
group by bridge_code, company_code, document_currency_code, step_code
having sum(amount) <> 0
union all
-- The classes are the ledger: the shares of every line sum to it.
select
    'ledger',
    line.company_code,
    line.base_currency_code,
    line.fiscal_year,
    line.period_no,
    line.line_id,
    line.amount - coalesce(share.amount, 0)
from {{ ref('core_journal_lines') }} as line
left join (
    select
        source_id,
        line_id,
        sum({{ money('amount') }}) as amount
    from {{ ref('core_ledger_line_shares') }}
    group by source_id, line_id
) as share on line.source_id = share.source_id and line.line_id = share.line_id
where line.is_primary_ledger and line.status <> 'void' and line.entry_kind <> 'closing' and line.amount <> coalesce(share.amount, 0)
{% endtest %}

{#- Atoms share their documents out without a rest. -#}
{% test shares_sum_to_their_line(model) %}
with
line as (
    select
        source_id,
        {{ document_flow('entity') }} as flow,
        {{ document_role('entity') }} as document_role,
        line_id,
        coalesce(net_amount, 0) as net_amount,
        coalesce(base_net_amount, 0) as base_net_amount,
        {{ line_gross('lines', 'base_') }} as base_gross_amount
    from {{ ref('core_document_lines') }} as lines
    where
        entity in (
            'purchase_orders', 'goods_receipts', 'purchase_invoices', 'sales_orders', 'shipments', 'acceptances', 'sales_invoices'
        )
        and (is_counted or (entity in ('purchase_orders', 'sales_orders') and status = 'cancelled'))
),

share as (
    {%- for role in atom_roles() %}
    select
        source_id,
        flow,
        '{{ role }}' as document_role,
        {{ role }}_line_id as line_id,
        sum({{ money(role ~ '_net_amount') }}) as net_amount,
        sum({{ money(role ~ '_base_net_amount') }}) as base_net_amount,
        sum({{ money(role ~ '_base_gross_amount') }}) as base_gross_amount
    from {{ model }}
    where {{ role }}_line_id is not null
    group by source_id, flow, {{ role }}_line_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    line.source_id,
    line.document_role,
    line.line_id
from line
left join share
    on line.source_id = share.source_id
    and line.flow = share.flow
    and line.document_role = share.document_role
    and line.line_id = share.line_id
where
    coalesce(share.net_amount, 0) <> line.net_amount
    or coalesce(share.base_net_amount, 0) <> line.base_net_amount
    or coalesce(share.base_gross_amount, 0) <> line.base_gross_amount
{% endtest %}
