"""Write a small snapshot as `bridgebook publish` would, its marts shaped by their own descriptions."""

from __future__ import annotations

import datetime
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

import dbt_project

Row = Mapping[str, Any]
MODELS = Path(dbt_project.__file__).parent / "models"
COMPANIES = (("HD01", "恒远制造", "CNY"), ("HD02", "恒远贸易", "CNY"), ("HK03", "恒远国际", "HKD"))
SUPPLIERS = (("S001", "宁波钢材"), ("S002", "苏州包装"), ("S003", "Acme *Parts* [Ltd]"))
CUSTOMERS = (("C001", "上海商行"), ("C002", "北京超市"), ("C003", "Osaka Trading"))
ITEMS = (("M01", "钢板", "RM", "原材料"), ("M02", "纸箱", "PK", "包装物"), ("P01", "水泵", "FG", "产成品"))
ACCOUNTS = (
    ("1002", "银行存款", "asset", "cash"),
    ("1122", "应收账款", "asset", "accounts_receivable"),
    ("1405", "库存商品", "asset", "inventory"),
    ("2202", "应付账款", "liability", "accounts_payable"),
    ("4001", "实收资本", "equity", "capital"),
    ("6001", "主营业务收入", "revenue", "revenue"),
    ("6401", "主营业务成本", "expense", "cogs"),
)
MONTHS = [(year, month) for year in (2024, 2025) for month in range(1, 13)][:18]
FIRST = "20250701T000000000Z"


def publish(home: Path, *, version: str = FIRST, changes: Mapping[str, Iterable[Row]] | None = None) -> Path:
    """Write a snapshot file and point to it. `changes` adds rows to marts."""
    folder = home / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"marts-{version}.duckdb"
    path.write_bytes(unchanged())
    with duckdb.connect(str(path)) as connection:
        for mart, rows in (changes or {}).items():
            insert(connection, mart, shapes()[mart], rows)
    pointer = folder / ".CURRENT.tmp"
    pointer.write_text(path.name + "\n", encoding="utf-8")
    pointer.replace(folder / "CURRENT")
    return path


@cache
def unchanged() -> bytes:
    """The snapshot file without changes, written once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "unchanged.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("begin")
            connection.execute("create schema marts")
            rows = books()
            for mart, columns in shapes().items():
                create(connection, mart, columns)
                insert(connection, mart, columns, rows.get(mart, []))
            connection.execute("commit")
        return path.read_bytes()


@cache
def shapes() -> dict[str, dict[str, tuple[str, str]]]:
    """Mart -> column -> (type, comment), as the mart's own description says."""
    words: dict[str, str] = {}
    for file in MODELS.rglob("*.md"):
        found = re.findall(
            r"{% docs (\w+) %}\s*(.*?)\s*{% enddocs %}", file.read_text(encoding="utf-8"), re.S
        )
        words.update(found)
    marts = {}
    for file in sorted((MODELS / "marts").glob("*.yml")):
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", ()):
            marts[model["name"].removeprefix("marts_")] = {
                column["name"]: (column["data_type"], _resolve(column.get("description", ""), words))
                for column in model["columns"]
            }
    return marts


def create(connection: duckdb.DuckDBPyConnection, mart: str, columns: Mapping[str, tuple[str, str]]) -> None:
    """Create a mart with comments."""
    listed = ", ".join(f'"{name}" {kind}' for name, (kind, _) in columns.items())
    connection.execute(f"create table marts.{mart} ({listed})")
    for name, (_, comment) in columns.items():
        escaped = comment.replace("'", "''")
        connection.execute(f"comment on column marts.{mart}.\"{name}\" is '{escaped}'")


def insert(
    connection: duckdb.DuckDBPyConnection, mart: str, columns: Iterable[str], rows: Iterable[Row]
) -> None:
    """Insert rows given as dictionaries; what they do not name is NULL."""
    names = list(columns)
    rows = list(rows)
    unknown = {name for row in rows for name in row} - set(names)
    assert not unknown, f"{mart} has no column {unknown}"
    if rows:
        connection.register("fresh", pa.table({name: [row.get(name) for row in rows] for name in names}))
        connection.execute(f"insert into marts.{mart} select * from fresh")
        connection.unregister("fresh")


def books() -> dict[str, list[Row]]:
    """Every mart's rows: eighteen months of three companies, one of them in another currency."""
    made: dict[str, list[Row]] = defaultdict(list)
    for number, company in enumerate(COMPANIES, start=1):
        _dimensions(made, company)
        for position, (year, month) in enumerate(MONTHS):
            _month(made, company, number, position, year, month)
        _balances(made, company)
    _unified(made)
    _runs(made)
    made["field_mappings"] = [
        _mapped(
            "debit", "derived", ("voucher_line", "amount", "value"), "CASE WHEN voucher_line.amount > 0 ..."
        ),
        _mapped(
            "status", "derived", ("voucher", "is_booked", "condition"), "CASE WHEN voucher.is_booked ..."
        ),
        _mapped("ledger_code", "constant", (None, None, None), "'GL'"),
        _mapped("cashier_by", "not_filled", (None, None, None), None),
    ]
    return made


def _mapped(
    column: str, kind: str, feed: tuple[str | None, str | None, str | None], expression: str | None
) -> Row:
    table, vendor_column, usage = feed
    return {
        "system": "kontor",
        "entity": "journal_lines",
        "entity_position": 42,
        "column_position": len(column),
        "canonical_column": column,
        "data_type": "code",
        "is_required": kind != "not_filled",
        "is_key": False,
        "name_zh": f"名称 {column}",
        "name_en": f"Name of {column}",
        "kind": kind,
        "is_filled": kind != "not_filled",
        "is_constant": kind == "constant",
        "feed_no": 1,
        "vendor_table": table,
        "vendor_column": vendor_column,
        "usage": usage,
        "expression": expression,
    }


def ident(company: tuple[str, str, str]) -> dict[str, Any]:
    """The columns that say whose row it is."""
    return {
        "source_id": "erp",
        "company_code": company[0],
        "company_name": company[1],
        "company_currency_code": company[2],
    }


def _resolve(description: str, words: Mapping[str, str]) -> str:
    return re.sub(r"{{\s*doc\('(\w+)'\)\s*}}", lambda found: words[found[1]], description).strip()


def _dimensions(made: dict[str, list[Row]], company: tuple[str, str, str]) -> None:
    code, name, currency = company
    made["companies"].append(
        {
            "company_code": code,
            "source_id": "erp",
            "source_company_code": code[-1],
            "company_name": name,
            "base_currency_code": currency,
            "fiscal_year_start_month": 1,
            "is_mapped": True,
        }
    )
    for year, month in MONTHS:
        start = datetime.date(year, month, 1)
        made["periods"].append(
            {
                "company_code": code,
                "fiscal_year": year,
                "period_no": month,
                "period_name": f"{year}-{month:02d}",
                "start_date": start,
                "end_date": _end(start),
                "is_adjustment": False,
                "status": "open" if (year, month) == MONTHS[-1] else "closed",
            }
        )


def _month(
    made: dict[str, list[Row]],
    company: tuple[str, str, str],
    number: int,
    position: int,
    year: int,
    month: int,
) -> None:
    """One purchase and one sale of every partner, invoiced, paid in part and posted."""
    for index in range(3):
        quantity = Decimal(10 * number + position + index)
        for flow in ("procurement", "sales"):
            _trade(made, company, flow, index, quantity, datetime.date(year, month, 5 + index), position)


def _trade(
    made: dict[str, list[Row]],
    company: tuple[str, str, str],
    flow: str,
    index: int,
    quantity: Decimal,
    day: datetime.date,
    position: int,
) -> None:
    buys = flow == "procurement"
    partner = (SUPPLIERS if buys else CUSTOMERS)[index]
    item = ITEMS[index if buys else 2]
    price = Decimal("12.50") if buys else Decimal("31.25")
    net = quantity * price
    tax = (net * Decimal("0.13")).quantize(Decimal("0.01"))
    number = f"{'PO' if buys else 'SO'}-{company[0]}-{day:%y%m}-{index + 1}"
    moved, settled = ("received", "paid") if buys else ("shipped", "collected")
    is_open = position == len(MONTHS) - 1 and index == 2
    is_settled = index != 1
    shared = {
        **ident(company),
        "partner_kind": "supplier" if buys else "customer",
        "partner_code": partner[0],
        "partner_name": partner[1],
        "item_code": item[0],
        "item_name": item[1],
        "category_code": item[2],
        "category_name": item[3],
        "uom_code": "PCS",
        "document_currency_code": "USD" if index == 2 else company[2],
    }
    events = [
        "ordered",
        *([] if is_open else [moved, "invoiced"]),
        *([settled] if is_settled and not is_open else []),
    ]
    for step, event in enumerate(events):
        made[f"{flow}_events"].append(
            {
                **shared,
                "event": event,
                "event_id": f"{number}-{event}",
                "event_date": day + datetime.timedelta(days=3 * step),
                "fiscal_year": day.year,
                "period_no": day.month,
                "document_entity": _entity(flow, event),
                "document_id": f"{number}-{event}",
                "document_no": number if event == "ordered" else f"{number}/{event[0].upper()}",
                "line_id": f"{number}-{event}-1",
                "line_no": "1",
                "order_document_no": number,
                "order_line_id": f"{number}-1",
                "is_internal": False,
                "is_counted": True,
                "is_return": False,
                "status": "approved",
                "quantity": quantity,
                "net_amount": None if event == settled else net,
                "tax_amount": None if event == settled else tax,
                "gross_amount": net + tax,
                "cost_amount": (net * Decimal("0.6")).quantize(Decimal("0.01"))
                if event == "shipped"
                else None,
                "document_net_amount": None if event == settled else net,
                "document_gross_amount": net + tax,
                "is_mapped": True,
                "changed_seq": position,
            }
        )
    done = Decimal(0) if is_open else Decimal(1)
    line = {
        **shared,
        "document_no": number,
        "line_no": "1",
        "order_line_id": f"{number}-1",
        "row_kind": "order",
        "order_date": day,
        "promised_date": day + datetime.timedelta(days=14),
        "is_internal": False,
        "exchange_rate": Decimal(1),
        "unit_price": price,
        "order_status": "approved",
        "approval_status": "approved",
        "ordered_quantity": quantity,
        f"{moved}_quantity": quantity * done,
        "invoiced_quantity": quantity * done,
        "open_quantity": quantity - quantity * done,
        "ordered_net_amount": net,
        f"{moved}_net_amount": net * done,
        "invoiced_net_amount": net * done,
        f"{settled}_amount": (net + tax) * done if is_settled else Decimal(0),
        "document_ordered_net_amount": net,
        "match_status": f"not_{moved}" if is_open else "matched",
        "is_mapped": True,
    }
    if not buys:
        cost = (net * done * Decimal("0.6")).quantize(Decimal("0.01"))
        line |= {"cost_amount": cost, "gross_margin_amount": net * done - cost}
    else:
        line |= {"price_variance_amount": Decimal(0)}
    made[f"{flow}_lines"].append(line)
    if not is_open:
        _vouchers(made, company, flow, shared, number, day, net, tax, is_settled)
        if not is_settled:
            _open_item(made, company, flow, shared, number, day, net + tax)


def _entity(flow: str, event: str) -> str:
    buys = flow == "procurement"
    return {
        "ordered": "purchase_orders" if buys else "sales_orders",
        "received": "goods_receipts",
        "shipped": "shipments",
        "invoiced": "purchase_invoices" if buys else "sales_invoices",
    }.get(event, "cash_movements")


def _vouchers(
    made: dict[str, list[Row]],
    company: tuple[str, str, str],
    flow: str,
    shared: Row,
    number: str,
    day: datetime.date,
    net: Decimal,
    tax: Decimal,
    is_settled: bool,
) -> None:
    gross = net + tax
    cost = (net * Decimal("0.6")).quantize(Decimal("0.01"))
    if flow == "procurement":
        entries = [("invoiced", [("1405", gross), ("2202", -gross)])]
        settling = [("2202", gross), ("1002", -gross)]
    else:
        entries = [
            ("invoiced", [("1122", gross), ("6001", -gross)]),
            ("shipped", [("6401", cost), ("1405", -cost)]),
        ]
        settling = [("1002", gross), ("1122", -gross)]
    if is_settled:
        entries.append(("paid" if flow == "procurement" else "collected", settling))
    names = {code: (name, kind, role) for code, name, kind, role in ACCOUNTS}
    for event, lines in entries:
        voucher = f"{number}-{event}-V"
        for position, (account, amount) in enumerate(lines, start=1):
            name, kind, role = names[account]
            made["ledger_lines"].append(
                {
                    **ident(company),
                    "ledger_code": "GL",
                    "is_primary_ledger": True,
                    "fiscal_year": day.year,
                    "period_no": day.month,
                    "posting_date": day,
                    "document_date": day,
                    "voucher_id": voucher,
                    "line_id": f"{voucher}-{position}",
                    "voucher_word": "记",
                    "voucher_no": f"{len(made['ledger_lines']) // 2 + 1:04d}",
                    "line_no": str(position),
                    "account_code": account,
                    "account_name": name,
                    "account_type": kind,
                    "account_role": role,
                    "summary": f"{shared['partner_name']} {number}",
                    "debit": max(amount, Decimal(0)),
                    "credit": max(-amount, Decimal(0)),
                    "amount": amount,
                    "document_currency_code": company[2],
                    "partner_kind": shared["partner_kind"],
                    "partner_code": shared["partner_code"],
                    "partner_name": shared["partner_name"],
                    "entry_kind": "document",
                    "status": "posted",
                    "is_posted": True,
                    "is_red": False,
                    "origin_source_id": shared["source_id"],
                    "origin_entity": _entity(flow, event),
                    "origin_document_id": f"{number}-{event}",
                    "origin_document_no": f"{number}/{event[0].upper()}",
                    "prepared_by": "制单员",
                }
            )


def _open_item(
    made: dict[str, list[Row]],
    company: tuple[str, str, str],
    flow: str,
    shared: Row,
    number: str,
    day: datetime.date,
    gross: Decimal,
) -> None:
    """An invoice that nobody paid: open at the end of its month and of every later one."""
    buys = flow == "procurement"
    limits = (
        (30, "0_30"),
        (60, "31_60"),
        (90, "61_90"),
        (180, "91_180"),
        (365, "181_365"),
        (730, "1_2_years"),
    )
    for as_of in (_end(datetime.date(year, month, 1)) for year, month in MONTHS):
        age = (as_of - day).days
        if age < 0:
            continue
        made["payables_ageing" if buys else "receivables_ageing"].append(
            {
                **ident(company),
                "as_of_date": as_of,
                "row_kind": "invoice",
                "open_item_id": number,
                "account_code": "2202" if buys else "1122",
                "partner_kind": shared["partner_kind"],
                "partner_code": shared["partner_code"],
                "partner_name": shared["partner_name"],
                "document_no": f"{number}/I",
                "document_date": day,
                "due_date": day + datetime.timedelta(days=30),
                "document_currency_code": company[2],
                "open_amount": gross,
                "document_open_amount": gross,
                "is_posted": True,
                "ageing_basis": "due_date",
                "age_days": age - 30,
                "bucket": "not_due"
                if age < 30
                else next(name for limit, name in limits if age - 30 <= limit),
                "document_age_days": age,
                "document_bucket": next(name for limit, name in limits if age <= limit),
            }
        )


def _balances(made: dict[str, list[Row]], company: tuple[str, str, str]) -> None:
    moved: dict[tuple[str, int, int], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in made["ledger_lines"]:
        if line["company_code"] == company[0]:
            sums = moved[line["account_code"], line["fiscal_year"], line["period_no"]]
            sums[0] += line["debit"]
            sums[1] += line["credit"]
    for code, name, kind, role in ACCOUNTS:
        balance = year_opening = {"1002": Decimal(1_000_000), "4001": Decimal(-1_000_000)}.get(
            code, Decimal(0)
        )
        year_debit = year_credit = Decimal(0)
        for year, month in MONTHS:
            if month == 1:
                year_opening, year_debit, year_credit = balance, Decimal(0), Decimal(0)
            debit, credit = moved[code, year, month]
            year_debit, year_credit = year_debit + debit, year_credit + credit
            closing = balance + debit - credit
            start = datetime.date(year, month, 1)
            made["trial_balance"].append(
                {
                    **ident(company),
                    "ledger_code": "GL",
                    "is_primary_ledger": True,
                    "posting_scope": "posted",
                    "fiscal_year": year,
                    "period_no": month,
                    "period_start": start,
                    "period_end": _end(start),
                    "account_code": code,
                    "account_name": name,
                    "account_type": kind,
                    "account_role": role,
                    "year_opening_amount": year_opening,
                    "opening_amount": balance,
                    "debit": debit,
                    "credit": credit,
                    "year_debit": year_debit,
                    "year_credit": year_credit,
                    "closing_amount": closing,
                    "balance_side": "debit" if closing > 0 else "credit" if closing < 0 else "zero",
                    "reported_closing_amount": closing,
                    "difference_amount": Decimal(0),
                }
            )
            known = shapes()["trial_balance_with_unposted"]
            row = {name: value for name, value in made["trial_balance"][-1].items() if name in known}
            made["trial_balance_with_unposted"].append(row)
            balance = closing


def _unified(made: dict[str, list[Row]]) -> None:
    kept = ("source_id", "company_code", "company_name", "company_currency_code", "event", "event_date")
    kept += (
        "fiscal_year",
        "period_no",
        "partner_kind",
        "partner_code",
        "partner_name",
        "item_code",
        "item_name",
    )
    kept += ("document_currency_code", "document_no", "line_no", "quantity")
    for flow, prefix in (("procurement", "purchases"), ("sales", "sales")):
        for event in made[f"{flow}_events"]:
            gross_only = event["net_amount"] is None
            made["unified_lines"].append(
                {
                    **{name: event[name] for name in kept},
                    "line_kind": flow,
                    "caliber_code": f"{prefix}_{event['event']}",
                    "amount": event["gross_amount"] if gross_only else event["net_amount"],
                    "document_amount": event["document_gross_amount"]
                    if gross_only
                    else event["document_net_amount"],
                    "atom_id": event["event_id"],
                }
            )
    for line in made["ledger_lines"]:
        named = (
            "source_id",
            "company_code",
            "company_name",
            "company_currency_code",
            "fiscal_year",
            "period_no",
        )
        named += (
            "partner_kind",
            "partner_code",
            "partner_name",
            "account_code",
            "account_name",
            "account_role",
        )
        named += ("amount", "document_currency_code", "line_no", "voucher_word", "voucher_no", "summary")
        made["unified_lines"].append(
            {
                **{name: line[name] for name in named},
                "line_kind": "ledger",
                "caliber_code": "ledger_posted",
                "event": "posted",
                "event_date": line["posting_date"],
                "atom_id": line["line_id"],
            }
        )


def _runs(made: dict[str, list[Row]]) -> None:
    started = datetime.datetime(2025, 7, 1, 2, 0)
    finished = started + datetime.timedelta(minutes=3)
    made["sync_runs"] = [
        {
            "run_id": "r1",
            "kind": "sync",
            "source_id": "erp",
            "started_at": started,
            "finished_at": finished,
            "status": "success",
            "message_zh": "完成",
            "message_en": "done",
        }
    ]
    for table in ("purchase_line", "account_move_line"):
        made["sync_tables"].append(
            {
                "run_id": "r1",
                "source_id": "erp",
                "table_name": table,
                "status": "success",
                "started_at": started,
                "finished_at": finished,
                "rows_read": 100,
                "rows_inserted": 100,
                "source_row_count": 100,
                "landed_row_count": 100,
                "is_complete": True,
            }
        )
        for company in ("1", "2", "3"):
            made["sync_totals"].append(
                {
                    "run_id": "r1",
                    "source_id": "erp",
                    "table_name": table,
                    "column_name": "amount",
                    "company_code": company,
                    "period": "2025-06",
                    "source_count": 10,
                    "landed_count": 10,
                    "source_sum": Decimal("1234.56"),
                    "landed_sum": Decimal("1234.56"),
                    "is_equal": True,
                }
            )
    made["sync_files"] = [
        {
            "run_id": "r1",
            "source_id": "files",
            "file_name": "采购订单.csv",
            "sheet_name": "",
            "table_name": "purchase_orders",
            "status": "read",
            "lines_physical": 11,
            "lines_heading": 1,
            "lines_landed": 10,
            "is_complete": True,
        }
    ]
    made["quarantined_rows"] = []
    made["unmapped_codes"] = [
        {
            "entity": "partners",
            "source_id": "erp",
            "partner_kind": "supplier",
            "source_code": "S999",
            "source_name": "未知供应商",
            "amount_at_stake": Decimal("500.00"),
            "line_count": 2,
        }
    ]
    made["data_checks"] = [
        {
            "check_code": "unbalanced_voucher",
            "severity": "warning",
            "source_id": "erp",
            "company_code": "HD02",
            "fiscal_year": 2025,
            "period_no": 3,
            "subject": "记-0012",
            "row_count": 1,
            "amount": Decimal("0.50"),
            "message_zh": "凭证借贷不平",
            "message_en": "Voucher does not balance",
        }
    ]
    made["control_totals"] = [
        {
            "control_kind": "account",
            "source_id": "erp",
            "company_code": "HD02",
            "fiscal_year": 2025,
            "period_no": 3,
            "account_code": "1122",
            "reported_amount": Decimal("100.00"),
            "our_amount": Decimal("100.00"),
            "difference_amount": Decimal("0.00"),
            "is_equal": True,
        }
    ]


def _end(start: datetime.date) -> datetime.date:
    following = (start.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return following - datetime.timedelta(days=1)
