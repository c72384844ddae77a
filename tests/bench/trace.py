"""Bench of a trace: the chain of one document among ten million links, ledger lines and as many things."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Line, measure_python, ratio

COUNT, SECONDS, ROUNDS = 10_000_000, 1.0, 20

# Chains of eight things: request, order, receipt, invoice, payment, and a voucher of each of the last three.
# The invoices of every third chain are paid a hundred at a time. Keys are made as the macro lookup_key does.
WRITE = """
import sys
from pathlib import Path
import duckdb

folder, count = Path(sys.argv[1]), int(sys.argv[2])
(folder / "snapshots").mkdir(parents=True)
file = folder / "snapshots" / "marts-20250701T000000000Z.duckdb"
with duckdb.connect(str(file)) as connection:
    connection.execute(f"set memory_limit = '3GB'; set temp_directory = '{folder / 'spill'}'")
    connection.execute("set enable_progress_bar = false; create schema marts")
    connection.execute("create macro look(t) as cast(md5_number_lower(t) >> 1 as bigint)")
    connection.execute("create macro key(k, i) as look(concat('erp', '|', k, '|', i))")
    connection.execute('''
        create macro kind(n) as ['purchase_requests', 'purchase_orders', 'goods_receipts',
            'purchase_invoices', 'cash_movements', 'voucher', 'voucher', 'voucher'][1 + n % 8]''')
    connection.execute("create macro id(n) as 'HD01-2025-' || n")
    connection.execute(f'''
        create table marts.trace_things as
        select key(kind(n), id(n)) as thing_key, 'erp' as source_id, kind(n) as thing_kind, id(n) as thing_id,
            'DOC-' || id(n) as thing_no, 'HD01' as company_code, date '2025-01-05' as thing_date,
            'GL' as ledger_code, 2020 + month // 12 as fiscal_year, 1 + month % 12 as period_no
        from (select range as n, range * 60 // {count} as month from range({count}))
        order by thing_key''')
    connection.execute(f'''
        create table marts.trace_links as
        select 'erp' as from_source_id, kind(f) as from_kind, id(f) as from_id, 'DOC-' || id(f) as from_no,
            'HD01' as from_company_code, 'erp' as to_source_id, kind(t) as to_kind, id(t) as to_id,
            'DOC-' || id(t) as to_no, 'HD01' as company_code, cast(f as decimal(38, 4)) as amount,
            key(kind(f), id(f)) as from_key, key(kind(t), id(t)) as to_key
        from (
            select chain + [0, 1, 2, 3, 2, 3, 4, 1][1 + step] as f,
                case when step = 3 and chain // 8 % 3 = 0 then chain // 2400 * 2400 + 4
                    else chain + [1, 2, 3, 4, 5, 6, 7, 3][1 + step] end as t
            from (select range // 8 * 8 as chain, range % 8 as step from range({count}))
        ) order by from_key''')
    connection.execute('''
        create table marts.trace_keys as
        select look(thing_no) as search_key, thing_key from marts.trace_things
        union all select look(thing_id), thing_key from marts.trace_things
        union all select to_key, from_key from marts.trace_links
        order by search_key''')
    connection.execute('''
        create table marts.ledger_lines as
        select 'erp' as source_id, 'HD01' as company_code, 'GL' as ledger_code, thing_id as voucher_id,
            'posted' as status, cast(n as varchar) as line_no, '2202' as account_code,
            '应付账款' as account_name, cast(n as decimal(38, 4)) as amount, fiscal_year, period_no
        from marts.trace_things, (select range as n from range(1, 4)) where thing_kind = 'voucher'
        order by fiscal_year, period_no''')
    connection.execute('''
        create table marts.ledgers as
        select 'erp' as source_id, 'HD01' as company_code, 'GL' as ledger_code, 'C' as chart_code''')
    connection.execute('''
        create table marts.accounts as
        select 'erp' as source_id, 'C' as chart_code, '2202' as account_code, 'balance' as statement,
            cast(null as varchar) as statement_line_code''')
(folder / "snapshots" / "CURRENT").write_text(file.name)
"""

# The product's own function, as the page asks it: by number, with lines; the program has been asked something
# before. Every other chain is that of a payment of a hundred invoices, told apart.
ASK = """
import json, sys, time
from pathlib import Path
from dashboards.semantics import ALL
from dashboards.semantics.tracing import named, trace
from dashboards.warehouse import Warehouse

count, slowest = int(sys.argv[2]), {"one": 0.0, "wide": 0.0}
with Warehouse(Path(sys.argv[1])).reading() as snapshot:
    assert named(snapshot, ALL, "no such thing") == []
    for turn in range(int(sys.argv[3])):
        first = turn * 1_037_489 % (count // 2400) * 2400
        asked = first + (4 if turn % 2 else 10)
        began = time.monotonic()
        found = trace(snapshot, ALL, f"DOC-HD01-2025-{asked}")
        seconds = time.monotonic() - began
        kind = "wide" if turn % 2 else "one"
        slowest[kind] = max(slowest[kind], seconds)
        assert (len(found.before), len(found.lines)) == ((500, 3) if turn % 2 else (2, 9)), asked
Path(sys.argv[1], "slowest").write_text(json.dumps(slowest))
"""


def bench_trace(folder: Path, count: int = COUNT) -> Iterator[Line]:
    """Yield how long the slowest of many chains took, in seconds on the wall."""
    home = folder / "trace"
    measure_python(WRITE, str(home), str(count))
    cost = measure_python(ASK, str(home), str(count), str(ROUNDS))
    slowest = json.loads((home / "slowest").read_text())
    for kind, target in (("one", 1.0), ("wide", None)):
        what = f"slowest of {ROUNDS // 2} traces among {count:,} links ({kind})"
        yield Line("trace", what, cost, count, ratio(slowest[kind], SECONDS), "of 1 s", target)
