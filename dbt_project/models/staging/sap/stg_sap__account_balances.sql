{% call conform('account_balances') %}
with
total as (select * from {{ ref('sap_ledger_totals') }}),

running as (
    select
        total.*,
        sum(debit - credit) over (
            partition by source_id, BUKRS, fiscal_year, account_code
            order by period_no
            rows between unbounded preceding and current row
        ) as closing_amount
    from total
),

company as (select * from {{ ref('sap_companies') }}),

-- Open items as SAP lists them now, which is after the last posting. Noted items (S) post nothing.
open_item as (
    select source_id, MANDT, BUKRS, 'supplier' as partner_kind, LIFNR as partner_code, HKONT, SHKZG, DMBTR, BSTAT, _bb_seq
    from {{ landed('sap', 'BSIK') }}
    union all
    select source_id, MANDT, BUKRS, 'customer', KUNNR, HKONT, SHKZG, DMBTR, BSTAT, _bb_seq
    from {{ landed('sap', 'BSID') }}
),

last_period as (
    select
        source_id,
        MANDT,
        BUKRS,
        max(GJAHR || MONAT) as period
    from {{ landed('sap', 'BKPF') }}
    group by source_id, MANDT, BUKRS
),

partner_balance as (
    select
        open_item.source_id,
        open_item.BUKRS,
        substr(last_period.period, 1, 4) as fiscal_year,
        substr(last_period.period, 5, 2) as period_no,
        regexp_replace(open_item.HKONT, '^0+', '') as account_code,
        open_item.partner_kind,
        regexp_replace(open_item.partner_code, '^0+', '') as partner_code,
        sum(
            case open_item.SHKZG when 'H' then -1 else 1 end
            * {{ rounded(product('open_item.DMBTR', 'coalesce(company.factor, 1)'), 'coalesce(company.minor_units, 2)') }}
        ) as closing_amount,
        max(greatest(open_item._bb_seq, company.changed_seq)) as changed_seq
    from open_item
    inner join last_period
        on open_item.source_id = last_period.source_id
        and open_item.MANDT = last_period.MANDT
        and open_item.BUKRS = last_period.BUKRS
    left join company
        on open_item.source_id = company.source_id
        and open_item.MANDT = company.MANDT
        and open_item.BUKRS = company.BUKRS
    where coalesce(trim(open_item.BSTAT), '') <> 'S'
    group by
        open_item.source_id, open_item.BUKRS, last_period.period, open_item.HKONT, open_item.partner_kind,
        open_item.partner_code
)

select
    source_id,
    'FI' as ledger_code,
    BUKRS as company_code,
    fiscal_year,
    period_no,
    account_code,
    cast(null as varchar) as partner_kind,
    cast(null as varchar) as partner_code,
    closing_amount - debit + credit as opening_amount,
    debit,
    credit,
    closing_amount,
    changed_seq
from running
where period_no between 1 and 12
union all
select
    source_id,
    'FI',
    BUKRS,
    fiscal_year,
    cast(period_no as integer),
    account_code,
    partner_kind,
    partner_code,
    cast(null as decimal(38, 12)),
    cast(null as decimal(38, 12)),
    cast(null as decimal(38, 12)),
    closing_amount,
    changed_seq
from partner_balance
{% endcall %}
