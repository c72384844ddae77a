"""A day of life in U8's balances by customer, supplier, department, person and project (GL_accass)."""

from __future__ import annotations

import sqlite3

_DIMENSIONS = "cdept_id, cperson_id, ccus_id, csup_id, citem_class, citem_id"

# What a month opened with, and what is posted in it: once for all currencies together, once for each foreign
# one where the account keeps a balance. Amounts are cents.
_PARTS = f"""
create temp table part as
select ccode, cexch_name, {_DIMENSIONS}, sign * cast(round(amount * 100) as integer) as opening,
    sign * cast(round(amount_f * 100) as integer) as opening_f, 0 as debit, 0 as credit, 0 as debit_f,
    0 as credit_f
from (
    select *, case {{side}} when '贷' then -1 when '平' then 0 else 1 end as sign, {{amount}} as amount,
        {{amount}}_f as amount_f
    from GL_accass where iyear = ? and iperiod = ?
)
union all
select line.ccode, case when whole.is_whole then null else line.cexch_name end, {_DIMENSIONS}, 0, 0,
    cast(round(md * 100) as integer), cast(round(mc * 100) as integer),
    case when whole.is_whole then 0 else cast(round(md_f * 100) as integer) end,
    case when whole.is_whole then 0 else cast(round(mc_f * 100) as integer) end
from GL_accvouch as line
join (select 1 as is_whole union all select 0) as whole
join (
    select ccode, max(cclass = '损益') as is_result from code
    where bcus + bsup + bdept + bperson + bitem > 0 group by ccode
) as account on account.ccode = line.ccode
where line.iyear = ? and line.iperiod = ? and line.ibook = 1 and line.iflag is null
    and coalesce(cdept_id, cperson_id, ccus_id, csup_id, citem_id) is not null
    and (whole.is_whole or (line.cexch_name is not null and not account.is_result))
"""

_ROWS = f"""
insert into GL_accass (i_id, iyear, iperiod, iYPeriod, ccode, cexch_name, {_DIMENSIONS},
    cbegind_c, mb, md, mc, cendd_c, me, mb_f, md_f, mc_f, me_f)
with summed as (
    select ccode, cexch_name, {_DIMENSIONS}, sum(opening) as opening, sum(debit) as debit,
        sum(credit) as credit, sum(opening_f) as opening_f, sum(debit_f) as debit_f,
        sum(credit_f) as credit_f,
        sum(opening + debit - credit) as closing, sum(opening_f + debit_f - credit_f) as closing_f,
        max(case when cexch_name is null then abs(sum(opening)) + sum(abs(debit)) + sum(abs(credit)) end)
            over (partition by ccode, {_DIMENSIONS}) as whole
    from part group by ccode, cexch_name, {_DIMENSIONS}
)
select ? + row_number() over (order by ccode, {_DIMENSIONS}, cexch_name), ?, ?, ?, ccode, cexch_name,
    {_DIMENSIONS},
    case when opening > 0 then '借' when opening < 0 then '贷' else '平' end, abs(opening) / 100.0,
    debit / 100.0, credit / 100.0,
    case when closing > 0 then '借' when closing < 0 then '贷' else '平' end, abs(closing) / 100.0,
    abs(opening_f) / 100.0, debit_f / 100.0, credit_f / 100.0, abs(closing_f) / 100.0
from summed where whole > 0
"""


def refresh_auxiliary(
    connection: sqlite3.Connection, before: tuple[int, int] | None, month: tuple[int, int]
) -> int:
    """Write an open month's rows anew: what it opened with, and what is posted in it.

    It opened with the closing figures of the month before, where one is given. Give how many rows more there
    are.
    """
    first = connection.execute("select coalesce(max(i_id), 0) from GL_accass").fetchone()[0]
    source = {"side": "cendd_c", "amount": "me"} if before else {"side": "cbegind_c", "amount": "mb"}
    connection.execute("drop table if exists temp.part")
    connection.execute(_PARTS.format(**source), (*(before or month), *month))
    gone = connection.execute("delete from GL_accass where iyear = ? and iperiod = ?", month).rowcount
    written = connection.execute(_ROWS, (first, *month, month[0] * 100 + month[1])).rowcount
    connection.execute("drop table temp.part")
    return written - gone
