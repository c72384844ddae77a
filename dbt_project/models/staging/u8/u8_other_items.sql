-- Other payables and receivables (应付单, 应收单) by line; a document without lines stands for itself.
with
head as (select * from {{ landed('u8', 'Ap_Vouch') }}),

line as (select * from {{ landed('u8', 'Ap_Vouchs') }}),

past as (
    select
        source_id,
        cLink,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('u8', 'Ap_Vouchs') }}
    group by source_id, cLink
),

company as (select * from {{ ref('u8_company') }}),

currency as (select * from {{ ref('u8_currencies') }})

-- The normal document debits receivables or credits payables and its lines stand opposite; the other way round is red.
select
    head.source_id,
    head.Auto_ID as document_id,
    coalesce(cast(line.Auto_ID as varchar), 'head/' || cast(head.Auto_ID as varchar)) as line_id,
    head.cVouchID as document_no,
    row_number() over (partition by head.source_id, head.Auto_ID order by line.Auto_ID) as line_no,
    head.cFlag as flag,
    company.company_code,
    coalesce(nullif(trim(line.cDeptCode), ''), head.cDeptCode) as org_unit_code,
    coalesce(nullif(trim(line.cPerson), ''), head.cPerson) as employee_code,
    coalesce(nullif(trim(line.cItemCode), ''), head.cItemCode) as project_code,
    case head.cFlag when 'AR' then 'customer' else 'supplier' end as partner_kind,
    head.cDwCode as partner_code,
    coalesce(nullif(trim(line.cDigest), ''), head.cDigest) as description,
    line.cCode as cost_account_code,
    head.dVouchDate as document_date,
    head.dGatheringDate as due_date,
    case when coalesce(trim(head.cCheckMan), '') <> '' then 'approved' else 'draft' end as status,
    coalesce(head.bStartFlag, false) as is_opening,
    coalesce(currency.currency_code, head.cexch_name, company.currency_code) as currency_code,
    case
        when coalesce(currency.currency_code, company.currency_code) = company.currency_code then 1
        when currency.is_multiplied then head.iExchRate
        else {{ ratio('1', 'head.iExchRate') }}
    end as exchange_rate,
    case
        when line.Auto_ID is null and (head.cFlag = 'AR') = coalesce(head.bd_c, head.cFlag = 'AR') then head.iAmount_f
        when line.Auto_ID is null then -head.iAmount_f
        when (head.cFlag = 'AR') <> coalesce(line.bd_c, head.cFlag <> 'AR') then line.iAmount_f
        else -line.iAmount_f
    end as document_amount,
    case
        when line.Auto_ID is null and (head.cFlag = 'AR') = coalesce(head.bd_c, head.cFlag = 'AR') then head.iAmount
        when line.Auto_ID is null then -head.iAmount
        when (head.cFlag = 'AR') <> coalesce(line.bd_c, head.cFlag <> 'AR') then line.iAmount
        else -line.iAmount
    end as base_amount,
    head.cOperator as created_by,
    head.dcreatesystime as created_at,
    head.cCheckMan as approved_by,
    head.dmodifysystime as updated_at,
    greatest(head._bb_seq, line._bb_seq, past._bb_seq, company.changed_seq, currency.changed_seq) as changed_seq
from head
inner join company on head.source_id = company.source_id
left join line on head.source_id = line.source_id and head.cLink = line.cLink
left join past on head.source_id = past.source_id and head.cLink = past.cLink
left join currency on head.source_id = currency.source_id and head.cexch_name = currency.currency_name
