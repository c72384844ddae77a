-- Receipts and payments by line: a line says whether the money is against invoices, in advance or for something else.
-- A document without lines stands for itself.
with
head as (select * from {{ landed('u8', 'Ap_CloseBill') }}),

line as (select * from {{ landed('u8', 'Ap_CloseBills') }}),

past as (
    select
        source_id,
        iID,
        max(_bb_seq) as _bb_seq
    from {{ landed_past('u8', 'Ap_CloseBills') }}
    group by source_id, iID
)

select
    head.source_id,
    head.iID as document_id,
    coalesce(cast(line.ID as varchar), 'head/' || cast(head.iID as varchar)) as line_id,
    row_number() over (partition by head.source_id, head.iID order by line.ID) as line_no,
    head.cVouchType as vouch_type,
    head.cVouchID as document_no,
    head.cFlag as flag,
    head.dVouchDate as document_date,
    head.iPeriod as period_no,
    coalesce(nullif(trim(line.cCusVen), ''), head.cDwCode) as partner_code,
    coalesce(nullif(trim(line.cDepCode), ''), head.cDeptCode) as org_unit_code,
    coalesce(nullif(trim(line.cPersonCode), ''), head.cPerson) as employee_code,
    coalesce(nullif(trim(line.cXm), ''), head.cItemCode) as project_code,
    head.cDigest as description,
    head.cexch_name,
    head.iExchRate as exchange_rate,
    coalesce(line.iAmt_f, head.iAmount_f) as document_amount,
    coalesce(line.iAmt, head.iAmount) as base_amount,
    coalesce(line.iType = 1, head.bPrePay, false) as is_prepayment,
    coalesce(line.iType = 2, false) as is_other,
    line.cKm as account_code,
    head.cSSCode as settlement_style_code,
    head.cNoteNo as settlement_no,
    head.cBankAccount as bank_account_code,
    coalesce(head.bStartFlag, false) as is_opening,
    head.cOperator as created_by,
    head.cCheckMan as approved_by,
    head.dverifydate as approved_at,
    head.dcreatesystime as created_at,
    head.dmodifysystime as updated_at,
    greatest(head._bb_seq, line._bb_seq, past._bb_seq) as changed_seq
from head
left join line on head.source_id = line.source_id and head.iID = line.iID
left join past on head.source_id = past.source_id and head.iID = past.iID
