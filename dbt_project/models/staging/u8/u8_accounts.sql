-- The chart as its newest year has it, each account with the name of the first-grade account above it.
with
account as (
    select
        *,
        row_number() over (partition by source_id, ccode order by iyear desc) as newest
    from {{ landed('u8', 'code') }}
),

current_account as (
    select *
    from account
    where newest = 1
),

-- Grades have fixed lengths: the account above is the one a grade higher whose code begins this one.
above as (
    select
        own.source_id,
        own.ccode,
        max(parent.ccode) as parent_code,
        max(parent._bb_seq) as _bb_seq
    from current_account as own
    inner join current_account as parent
        on own.source_id = parent.source_id
        and own.igrade = parent.igrade + 1
        and substr(own.ccode, 1, length(parent.ccode)) = parent.ccode
    group by own.source_id, own.ccode
),

top as (
    select
        own.source_id,
        own.ccode,
        max(first_grade.ccode_name) as top_name,
        max(first_grade._bb_seq) as _bb_seq
    from current_account as own
    inner join current_account as first_grade
        on own.source_id = first_grade.source_id
        and first_grade.igrade = 1
        and substr(own.ccode, 1, length(first_grade.ccode)) = first_grade.ccode
    group by own.source_id, own.ccode
)

select
    current_account.source_id,
    current_account.ccode as account_code,
    current_account.ccode_name as account_name,
    above.parent_code,
    coalesce(top.top_name, current_account.ccode_name) as top_name,
    current_account.cclass,
    current_account.bend as is_leaf,
    coalesce(current_account.bproperty, false) as is_debit,
    coalesce(current_account.bcus, false) as has_customer,
    coalesce(current_account.bsup, false) as has_supplier,
    coalesce(current_account.bperson, false) as has_person,
    coalesce(current_account.bdept, false) as has_department,
    coalesce(current_account.bitem, false) as has_project,
    coalesce(current_account.bcash, false) or coalesce(current_account.bbank, false) as is_cash,
    nullif(trim(current_account.cexch_name), '') as currency_name,
    coalesce(current_account.bclose, false) as is_closed,
    greatest(current_account._bb_seq, above._bb_seq, top._bb_seq) as changed_seq
from current_account
left join above on current_account.source_id = above.source_id and current_account.ccode = above.ccode
left join top on current_account.source_id = top.source_id and current_account.ccode = top.ccode
