{{ config(materialized='view') }}
-- The whole chain in pairs, from the request to the line of a statement: the links between documents and vouchers, and the
-- lines that hang on each voucher. A view, because the lines stand in ledger_lines already. Every line leads to its account in the
-- trial balance; where a source's accounts name a statement or its line, to that too.
select
    from_source_id,
    from_kind,
    from_id,
    from_no,
    to_source_id,
    to_kind,
    to_id,
    to_no,
    amount
from {{ ref('trace_links') }}
union all
select
    source_id,
    'voucher',
    voucher_id,
    coalesce(voucher_word || '-', '') || voucher_no,
    source_id,
    'ledger_line',
    line_id,
    coalesce(voucher_word || '-', '') || voucher_no || '/' || line_no,
    {{ money('amount') }}
from {{ ref('ledger_lines') }}
where status <> 'void'
union all
select
    source_id,
    'ledger_line',
    line_id,
    coalesce(voucher_word || '-', '') || voucher_no || '/' || line_no,
    source_id,
    'account',
    account_code,
    account_code,
    {{ money('amount') }}
from {{ ref('ledger_lines') }}
where status <> 'void' and account_code is not null
union all
select
    line.source_id,
    'ledger_line',
    line.line_id,
    coalesce(line.voucher_word || '-', '') || line.voucher_no || '/' || line.line_no,
    line.source_id,
    'statement_line',
    coalesce(account.statement || ',' || account.statement_line_code, account.statement),
    coalesce(account.statement_line_code, account.statement),
    {{ money('line.amount') }}
from {{ ref('ledger_lines') }} as line
inner join {{ ref('ledgers') }} as ledger
    on line.source_id = ledger.source_id
    and line.company_code = ledger.company_code
    and line.ledger_code = ledger.ledger_code
inner join {{ ref('accounts') }} as account
    on line.source_id = account.source_id
    and ledger.chart_code = account.chart_code
    and line.account_code = account.account_code
where line.status <> 'void' and account.statement is not null
