-- The ledger's own balances by customer, supplier, department, person and project, signed. Dimensions are those of
-- voucher lines: the first of supplier, customer and person is the partner; class 98 is the cash flow item. A combination
-- in foreign currency has a row per currency beside its total, which names no currency; without a total the rows are
-- added up.
with
balance as (
    select
        *,
        coalesce(trim(cexch_name), '') = '' as is_total,
        case
            when coalesce(trim(csup_id), '') <> '' then 'supplier'
            when coalesce(trim(ccus_id), '') <> '' then 'customer'
            when coalesce(trim(cperson_id), '') <> '' then 'employee'
        end as partner_kind,
        coalesce(nullif(trim(csup_id), ''), nullif(trim(ccus_id), ''), nullif(trim(cperson_id), '')) as partner_code,
        nullif(trim(cdept_id), '') as org_unit_code,
        case when coalesce(trim(citem_class), '') <> '98' then nullif(trim(citem_id), '') end as project_code
    from {{ landed('u8', 'GL_accass') }}
    where iperiod > 0
),

chosen as (
    select
        *,
        max(case when is_total then 1 else 0 end) over (
            partition by source_id, iyear, iperiod, ccode, csup_id, ccus_id, cperson_id, cdept_id, citem_class, citem_id
        ) as has_total
    from balance
)

select
    source_id,
    iyear as fiscal_year,
    iperiod as period_no,
    ccode as account_code,
    partner_kind,
    partner_code,
    org_unit_code,
    project_code,
    sum(case cbegind_c when '贷' then -mb when '平' then 0 else mb end) as opening_amount,
    sum(md) as debit,
    sum(mc) as credit,
    sum(case cendd_c when '贷' then -me when '平' then 0 else me end) as closing_amount,
    max(_bb_seq) as changed_seq
from chosen
where
    (is_total or has_total = 0)
    and (partner_code is not null or org_unit_code is not null or project_code is not null)
group by source_id, iyear, iperiod, ccode, partner_kind, partner_code, org_unit_code, project_code
