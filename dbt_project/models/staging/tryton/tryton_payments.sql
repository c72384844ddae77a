-- Lines of money vouchers against receivable and payable accounts. Without the payment modules Tryton has no payment
-- table: a payment is a voucher in a cash, bank or statement journal.
with
line as (select * from {{ landed('tryton', 'account_move_line') }}),

voucher as (select * from {{ landed('tryton', 'account_move') }}),

journal as (select * from {{ landed('tryton', 'account_journal') }}),

account as (select * from {{ landed('tryton', 'account_account') }}),

account_type as (select * from {{ landed('tryton', 'account_account_type') }}),

currency as (select * from {{ landed('tryton', 'currency_currency') }}),

company as (select * from {{ landed('tryton', 'company_company') }}),

party as (select * from {{ landed('tryton', 'party_party') }})

select
    line.source_id,
    line.id,
    line.move,
    voucher.company,
    voucher.number,
    voucher.date,
    voucher.state,
    voucher.description,
    voucher.create_date,
    line.write_date,
    account_type.payable,
    coalesce(party.code, '*' || cast(line.party as varchar)) as partner_code,
    line.debit - line.credit as base_amount,
    coalesce(line.amount_second_currency, line.debit - line.credit) as amount,
    coalesce(second_currency.code, company_currency.code) as currency_code,
    greatest(
        line._bb_seq, voucher._bb_seq, journal._bb_seq, account._bb_seq, account_type._bb_seq, party._bb_seq,
        second_currency._bb_seq, company_currency._bb_seq
    ) as changed_seq
from line
inner join voucher on line.source_id = voucher.source_id and line.move = voucher.id
inner join journal on voucher.source_id = journal.source_id and voucher.journal = journal.id
inner join account on line.source_id = account.source_id and line.account = account.id
inner join account_type on account.source_id = account_type.source_id and account.type = account_type.id
inner join company on voucher.source_id = company.source_id and voucher.company = company.id
left join currency as company_currency
    on company.source_id = company_currency.source_id and company.currency = company_currency.id
left join currency as second_currency
    on line.source_id = second_currency.source_id and line.second_currency = second_currency.id
left join party on line.source_id = party.source_id and line.party = party.id
where journal.type in ('cash', 'bank', 'statement') and (account_type.payable or account_type.receivable)
