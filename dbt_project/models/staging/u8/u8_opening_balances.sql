-- What a year began with, for accounts whose opening has no voucher lines in period 0: U8 keeps such lines only for
-- accounts with auxiliary dimensions, the rest stands in the sums alone. Years after the database's first one need them
-- only where they begin with opening lines of their own.
with
balance as (select * from {{ ref('u8_reported_balances') }}),

account as (select * from {{ ref('u8_accounts') }}),

opening_line as (
    select
        source_id,
        iyear,
        ccode,
        max(_bb_seq) as _bb_seq
    from {{ landed('u8', 'GL_accvouch') }}
    where iperiod = 0
    group by source_id, iyear, ccode
),

opened_year as (
    select
        source_id,
        min(fiscal_year) as fiscal_year
    from balance
    group by source_id
    union
    select
        source_id,
        iyear
    from opening_line
),

first_row as (
    select
        balance.*,
        min(period_no) over (partition by source_id, account_code, fiscal_year) as first_period
    from balance
    where period_no > 0
)

select
    first_row.source_id,
    first_row.fiscal_year,
    first_row.account_code,
    first_row.opening_amount,
    row_number() over (
        partition by first_row.source_id, first_row.fiscal_year order by first_row.account_code
    ) as line_no,
    first_row.changed_seq
from first_row
inner join opened_year
    on first_row.source_id = opened_year.source_id and first_row.fiscal_year = opened_year.fiscal_year
inner join account
    on first_row.source_id = account.source_id and first_row.account_code = account.account_code and account.is_leaf
left join opening_line
    on first_row.source_id = opening_line.source_id
    and first_row.fiscal_year = opening_line.iyear
    and first_row.account_code = opening_line.ccode
where
    first_row.period_no = first_row.first_period
    and first_row.opening_amount <> 0
    and opening_line.ccode is null
