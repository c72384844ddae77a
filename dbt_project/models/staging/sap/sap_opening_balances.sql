-- What a year began with. SAP carries balances forward in its totals, without a document; the result goes to retained
-- earnings there.
select
    source_id,
    BUKRS,
    fiscal_year,
    account_code,
    cast(debit as decimal(18, 4)) as opening_amount,
    base_currency_code,
    row_number() over (partition by source_id, BUKRS, fiscal_year order by account_code) as line_no,
    changed_seq
from {{ ref('sap_ledger_totals') }}
where period_no = 0 and debit <> 0
