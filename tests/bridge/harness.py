"""The bridge in memory: the models' compiled SQL, run on the rows that a test states."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from bridgebook.matching.tables import match_links
from tests.tryton.installation import Installation

Given = Mapping[str, Any]
MODELS = (
    "core/core_expected_lines",
    "core/core_atoms",
    "core/core_bridges",
    "core/core_bridge_business",
    "core/core_bridge_recognition",
    "core/core_document_calls",
    "core/core_voucher_units",
    "core/core_match_exact",
    "core/core_match_open_rows",
    "core/core_match_links",
    "core/core_voucher_matches",
    "core/core_match_rows",
    "core/core_ledger_line_shares",
    "core/core_match_parts",
    "marts/caliber_amounts",
    "marts/bridge_lines",
    "marts/bridge_summary",
    "marts/findings",
)
MATCHER = "core/core_match_links"
TESTS = (
    "core/core_atoms.yml/shares_sum_to_their_line_core_atoms_",
    "marts/bridge_summary.yml/bridge_closes_bridge_summary_",
)
INPUTS = {
    "core": (
        "document_lines",
        "document_links",
        "journal_lines",
        "cash_movements",
        "partners",
        "currencies",
        "exchange_rates",
        "document_names",
    ),
    "marts": ("expected_voucher_lines",),
    "staging": ("stg_house__sync_tables",),
}
RULES = {
    "rules": ("bridge_steps",),
    "staging": ("stg_house__bridges", "stg_house__calibers", "stg_house__ledger_entry_words"),
}
_RELATION = re.compile(r'"(?:work|marts|house)"\."(\w+)"\."(\w+)"')


class Harness:
    """A database in memory with the inputs of the bridge, empty but for the rules."""

    def __init__(self, home: Installation) -> None:
        """Take shapes and compiled SQL from a home that has been built."""
        compiled = home.folder / "work" / "target" / "compiled" / "bridgebook" / "models"
        self.models = {name: _sql(compiled / f"{name}.sql") for name in MODELS if name != MATCHER}
        self.tests = {name: _sql(compiled / f"{name}.sql") for name in TESTS}
        self.connection = duckdb.connect(config={"threads": 1})  # few rows: threads would only wait
        for source in home.folder.glob("landing/*.duckdb"):
            name = "house" if source.stem == "_house" else f"landing_{source.stem}"
            self.connection.execute(f"attach '{source}' as {name} (read_only)")
        self.connection.execute(f"attach '{home.folder / 'work' / 'work.duckdb'}' as work (read_only)")
        self.connection.execute(f"attach '{home.snapshot}' as published (read_only)")
        for schema in ("core", "marts", "staging", "rules", "house"):
            self.connection.execute(f"create schema memory.{schema}")
        for kept, limit in ((INPUTS, " limit 0"), (RULES, "")):
            for schema, tables in kept.items():
                database = "published" if schema == "marts" else "work"
                for table in tables:
                    self._copy(f"{schema}.{table}", f"{database}.{schema}.{table}", limit)
        self._copy("house.run_context", "house.house.run_context", "")
        for table in ("books_finding_decisions", "former_findings"):
            self._copy(f"house.{table}", f"house.house.{table}", " limit 0")
        for name in ("house", "work", "published", *self._landings()):
            self.connection.execute("use memory")
            self.connection.execute(f"detach {name}")
        self.columns = {
            table: self._described(f"{schema}.{table}")
            for schema, tables in INPUTS.items()
            for table in tables
        }
        self.insert("currencies", [{"currency_code": "CNY", "minor_units": 2}])

    def _copy(self, target: str, source: str, limit: str) -> None:
        self.connection.execute(f"create table memory.{target} as select * from {source}{limit}")

    def _landings(self) -> list[str]:
        rows = self.connection.execute("select database_name from duckdb_databases()").fetchall()
        return [row[0] for row in rows if row[0].startswith("landing_")]

    def _described(self, table: str) -> dict[str, str]:
        return {row[0]: row[1] for row in self.connection.execute(f"describe {table}").fetchall()}

    def clear(self) -> None:
        """Forget all stated rows but the currency."""
        for schema, tables in INPUTS.items():
            for table in tables:
                if table != "currencies":
                    self.connection.execute(f"delete from {schema}.{table}")

    def insert(self, table: str, rows: Sequence[Given]) -> None:
        """Insert rows; columns that a row does not name are NULL."""
        schema = next(schema for schema, tables in INPUTS.items() if table in tables)
        known = self.columns[table] if hasattr(self, "columns") else self._described(f"{schema}.{table}")
        for row in rows:
            names = [name for name in row if name in known]
            marks = ", ".join(f"cast(? as {known[name]})" for name in names)
            statement = f"insert into {schema}.{table} ({', '.join(names)}) values ({marks})"
            self.connection.execute(statement, [_text(row[name]) for name in names])

    def run(self) -> None:
        """Run every model in its order; raise where one of our own tests finds a row."""
        for name in MODELS:
            table = name.replace("/core_", ".").replace("/", ".")
            if name == MATCHER:
                found = match_links(self.connection.sql("select * from core.match_open_rows"))
                self.connection.register("found_links", found)
                self.connection.execute(f"create or replace table {table} as select * from found_links")
                self.connection.unregister("found_links")
            else:
                self.connection.execute(f"create or replace table {table} as {self.models[name]}")
        for name, sql in self.tests.items():
            broken = self.connection.execute(sql).fetchall()
            assert broken == [], (name, broken[:5])

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the models' tables."""
        return self.connection.execute(sql).fetchall()


def _sql(file: Path) -> str:
    return _RELATION.sub(r"memory.\1.\2", file.read_text(encoding="utf-8"))


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


def document(entity: str, line_id: str, day: date, quantity: str, net: str, **more: Any) -> Given:
    """Return a counted document line in company currency, taxed at 13 %."""
    amount = Decimal(net)
    tax = (amount * Decimal("0.13")).quantize(Decimal("0.01"))
    supplier = entity in ("purchase_orders", "goods_receipts", "purchase_invoices")
    given: dict[str, Any] = {
        "source_id": "erp",
        "entity": entity,
        "document_id": f"D{line_id}",
        "document_no": f"{entity[:2].upper()}-{line_id}",
        "line_id": line_id,
        "line_no": "1",
        "company_code": "1",
        "source_company_code": "1",
        "base_currency_code": "CNY",
        "currency_code": "CNY",
        "exchange_rate": 1,
        "partner_kind": "supplier" if supplier else "customer",
        "partner_code": "P1",
        "source_partner_code": "P1",
        "item_code": "I1",
        "document_date": day,
        "event_date": day,
        "fiscal_year": day.year,
        "period_no": day.month,
        "status": "approved",
        "is_counted": True,
        "is_opening": False,
        "is_return": False,
        "is_free": False,
        "is_delivery_complete": False,
        "is_finally_invoiced": False,
        "quantity": quantity,
        "base_quantity": quantity,
        "net_amount": amount,
        "tax_amount": tax,
        "gross_amount": amount + tax,
        "base_net_amount": amount,
        "base_tax_amount": tax,
        "base_gross_amount": amount + tax,
        "changed_seq": 1,
    }
    return given | more


def booked(
    event: str, line: Given, day: date, amounts: Mapping[str, str], number: str
) -> tuple[list[Given], list[Given]]:
    """Return what must be in the ledger for an event, and the ledger's own lines of a voucher `number`.

    `amounts` gives debit less credit by account role; a role's account code is its name.
    """
    expected: list[Given] = []
    ledger: list[Given] = []
    for position, (role, amount) in enumerate(amounts.items(), start=1):
        value = Decimal(amount)
        shared = {
            "source_id": line["source_id"],
            "company_code": line["company_code"],
            "fiscal_year": day.year,
            "period_no": day.month,
            "account_role": role,
            "account_code": role,
            "amount": value,
            "debit": value if value > 0 else 0,
            "credit": -value if value < 0 else 0,
            "partner_kind": line["partner_kind"] if role in PARTNERED else None,
            "partner_code": line["partner_code"] if role in PARTNERED else None,
            "line_no": position,
            "changed_seq": 1,
        }
        expected.append(
            shared
            | {
                "expected_voucher_id": f"{event}:{line['entity']}:{line['line_id']}:{day.year}-{day.month}",
                "event": event,
                "voucher_date": day,
                "company_currency_code": "CNY",
                "document_entity": line["entity"],
                "document_id": line["document_id"],
                "document_no": line["document_no"],
                "line_id": line["line_id"],
            }
        )
        ledger.append(
            shared
            | {
                "base_currency_code": "CNY",
                "ledger_code": "GL",
                "is_primary_ledger": True,
                "voucher_id": number,
                "voucher_no": number,
                "line_id": f"{number}-{position}",
                "posting_date": day,
                "status": "posted",
                "is_posted": True,
                "is_red": False,
                "entry_kind": "document",
                "origin_entity": line["entity"],
                "origin_document_id": line["document_id"],
                "origin_document_no": line["document_no"],
            }
        )
    return expected, ledger


PARTNERED = ("accounts_payable", "grni", "accounts_receivable")
