{% call conform('journal_lines') %}
with
line as (select * from {{ landed('tryton', 'account_move_line') }}),

voucher as (select * from {{ landed('tryton', 'account_move') }}),

period as (select * from {{ ref('tryton_periods') }}),

journal as (select * from {{ landed('tryton', 'account_journal') }}),

account as (select * from {{ landed('tryton', 'account_account') }}),

account_type as (select * from {{ landed('tryton', 'account_account_type') }}),

party as (select * from {{ landed('tryton', 'party_party') }}),

company as (select * from {{ landed('tryton', 'company_company') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

reconciliation as (select * from {{ landed('tryton', 'account_move_reconciliation') }}),

employee as (select * from {{ landed('tryton', 'res_user') }}),

invoice as (select * from {{ landed('tryton', 'account_invoice') }}),

stock_move as (select * from {{ ref('tryton_stock_moves') }}),

-- Tryton points from the voucher to its document by text such as 'account.invoice,12': read once, joined by number.
pointed as (
    select
        *,
        case when origin like 'account.invoice,%' then try_cast(substr(origin, 17) as bigint) end as invoice_id,
        case when origin like 'stock.move,%' then try_cast(substr(origin, 12) as bigint) end as stock_move_id
    from voucher
),

joined as (
    select
        line.*,
        voucher.company,
        voucher.number,
        voucher.date,
        voucher.description as voucher_description,
        voucher.state as voucher_state,
        voucher.origin as voucher_origin,
        voucher.post_date,
        voucher.create_uid as voucher_create_uid,
        voucher.create_date as voucher_create_date,
        voucher.write_date as voucher_write_date,
        period.fiscal_year,
        period.period_no,
        journal.code as journal_code,
        journal.type as journal_type,
        account.code as account_code,
        account_type.receivable,
        account_type.payable,
        party.code as party_code,
        second_currency.code as second_currency_code,
        company_currency.code as company_currency_code,
        reconciliation.date as cleared_on,
        employee.login,
        case
            when invoice.type = 'in' then 'purchase_invoices'
            when invoice.type is not null then 'sales_invoices'
            when stock_move.from_type = 'supplier' or stock_move.to_type = 'supplier' then 'goods_receipts'
            when stock_move.from_type = 'customer' or stock_move.to_type = 'customer' then 'shipments'
            when stock_move.id is not null then 'stock_movements'
        end as origin_entity,
        coalesce(
            cast(invoice.id as varchar),
            stock_move.shipment,
            'stock.move,' || cast(stock_move.id as varchar)
        ) as origin_document_id,
        case when invoice.id is not null then coalesce(invoice.number, '*' || cast(invoice.id as varchar)) end as origin_document_no,
        cast(stock_move.id as varchar) as origin_line_id,
        greatest(
            line._bb_seq, voucher._bb_seq, period.changed_seq, journal._bb_seq, account._bb_seq, account_type._bb_seq,
            party._bb_seq, second_currency._bb_seq, company._bb_seq, company_currency._bb_seq, reconciliation._bb_seq,
            employee._bb_seq, invoice._bb_seq, stock_move.changed_seq
        ) as newest_seq
    from line
    inner join pointed as voucher on line.source_id = voucher.source_id and line.move = voucher.id
    left join period on voucher.source_id = period.source_id and voucher.period = period.id
    left join journal on voucher.source_id = journal.source_id and voucher.journal = journal.id
    left join account on line.source_id = account.source_id and line.account = account.id
    left join account_type on account.source_id = account_type.source_id and account.type = account_type.id
    left join party on line.source_id = party.source_id and line.party = party.id
    left join company on voucher.source_id = company.source_id and voucher.company = company.id
    left join currency as company_currency
        on company.source_id = company_currency.source_id and company.currency = company_currency.id
    left join currency as second_currency
        on line.source_id = second_currency.source_id and line.second_currency = second_currency.id
    left join reconciliation
        on line.source_id = reconciliation.source_id and line.reconciliation = reconciliation.id
    left join employee on voucher.source_id = employee.source_id and voucher.create_uid = employee.id
    left join invoice on voucher.source_id = invoice.source_id and voucher.invoice_id = invoice.id
    left join stock_move on voucher.source_id = stock_move.source_id and voucher.stock_move_id = stock_move.id
)

select
    source_id,
    'GL' as ledger_code,
    move as voucher_id,
    id as line_id,
    journal_code as voucher_word,
    coalesce(number, '*' || cast(move as varchar)) as voucher_no,
    id as line_no,
    company as company_code,
    coalesce(fiscal_year, extract(year from date)) as fiscal_year,
    coalesce(period_no, extract(month from date)) as period_no,
    date as posting_date,
    date as document_date,
    coalesce(account_code, '*' || cast(account as varchar), '*') as account_code,
    coalesce(description, voucher_description) as summary,
    coalesce(debit, 0) as debit,
    coalesce(credit, 0) as credit,
    coalesce(debit, 0) - coalesce(credit, 0) as amount,
    coalesce(second_currency_code, company_currency_code) as currency_code,
    coalesce(amount_second_currency, coalesce(debit, 0) - coalesce(credit, 0)) as currency_amount,
    case
        when party is null then null
        when payable then 'supplier'
        when receivable then 'customer'
        else 'other'
    end as partner_kind,
    case when party is not null then coalesce(party_code, '*' || cast(party as varchar)) end as partner_code,
    maturity_date as due_date,
    reconciliation as clearing_id,
    cleared_on,
    case voucher_state when 'posted' then 'posted' else 'draft' end as status,
    coalesce(debit, 0) < 0 or coalesce(credit, 0) < 0 as is_red,
    case
        when journal_type = 'situation' then 'closing'
        when voucher_origin is not null then 'document'
        when journal_type = 'write-off' then 'revaluation'
        else 'manual'
    end as entry_kind,
    case when origin_entity is not null then source_id end as origin_system,
    origin_entity,
    origin_document_id,
    origin_document_no,
    origin_line_id,
    coalesce(login, cast(voucher_create_uid as varchar)) as prepared_by,
    voucher_create_date as created_at,
    cast(post_date as timestamp) as posted_at,
    coalesce(write_date, voucher_write_date) as updated_at,
    newest_seq as changed_seq
from joined
{% endcall %}
