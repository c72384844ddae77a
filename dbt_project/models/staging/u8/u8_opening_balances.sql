-- What the database's first year began with, for accounts whose opening has no voucher lines in period 0: U8 keeps such
-- lines only for accounts with auxiliary dimensions, the rest stands in the sums alone.
with
balance as (select * from {{ ref('u8_reported_balances') }}),

account as (select * from {{ ref('u8_accounts') }}),

first_row as (
    select
        balance.*,
        min(fiscal_year * 100 + period_no) over (partition by source_id, account_code) as first_period,
        min(fiscal_year) over (partition by source_id) as first_year
    from balance
    where period_no > 0
),

opening_line as (
    select
        source_id,
        iyear,
        ccode,
        max(_bb_seq) as _bb_seq
    from {{ landed('u8', 'GL_accvouch') }}
    where iperiod = 0
    group by source_id, iyear, ccode
)

select
    first_row.source_id,
    first_row.fiscal_year,
    first_row.account_code,
    first_row.opening_amount,
    row_number() over (partition by first_row.source_id order by first_row.account_code) as line_no,
    first_row.changed_seq
from first_row
inner join account
    on first_row.source_id = account.source_id and first_row.account_code = account.account_code and account.is_leaf
left join opening_line
    on first_row.source_id = opening_line.source_id
    and first_row.fiscal_year = opening_line.iyear
    and first_row.account_code = opening_line.ccode
where
    first_row.fiscal_year = first_row.first_year
    and first_row.fiscal_year * 100 + first_row.period_no = first_row.first_period
    and first_row.opening_amount <> 0
    and opening_line.ccode is null
