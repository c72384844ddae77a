"""How well the findings of a demo group agree with the labels of what was planted, one by one."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.tryton.installation import Installation

CLASSES = (
    "missing", "duplicate", "wrong_amount", "wrong_period", "wrong_account", "wrong_partner",
    "wrong_reference", "ambiguous",
)  # fmt: skip
AT_DOCUMENTS = ("missing", "ambiguous")
"""Classes that a document has; all others stand on a voucher."""

Planted = tuple[str, ...]
"""A class and where it is: company and document, or database and voucher; a wrong amount with its size."""


@dataclass(frozen=True)
class Score:
    """What was planted and found, and where the two differ."""

    planted: Counter[str]
    found: Counter[str]
    lost: Counter[Planted]
    false: Counter[Planted]

    def precision(self, name: str) -> Decimal:
        """Give the share of a class's findings that were planted; 1 where there is none."""
        false = sum(count for key, count in self.false.items() if key[0] == name)
        return 1 - Decimal(false) / max(self.found[name], 1)

    def recall(self, name: str) -> Decimal:
        """Give the share of a class's planted defects that were found; 1 where there is none."""
        lost = sum(count for key, count in self.lost.items() if key[0] == name)
        return 1 - Decimal(lost) / max(self.planted[name], 1)


def score(home: Installation, labels: Path) -> Score:
    """Compare the published findings of a home with a labels file."""
    planted, found = _planted(home, labels), _found(home)
    return Score(
        planted=_by_class(planted),
        found=_by_class(found),
        lost=planted - found,
        false=found - planted,
    )


def _by_class(keys: Counter[Planted]) -> Counter[str]:
    result: Counter[str] = Counter()
    for key, count in keys.items():
        result[key[0]] += count
    return result


def _planted(home: Installation, labels: Path) -> Counter[Planted]:
    """Read the labels of defects."""
    with labels.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] in (*CLASSES, "unbalanced")]
    vouchers, deliveries = _vouchers(home), _deliveries(labels.parent)
    result: Counter[Planted] = Counter()
    for row in rows:
        # A voucher that does not balance has one wrong amount.
        kind = "wrong_amount" if row["kind"] == "unbalanced" else row["kind"]
        if kind in AT_DOCUMENTS:
            line = row["document_line"]
            issue = line if line.startswith("DispatchLists") else "/".join(line.split("/")[:3])
            result[(kind, row["company"], deliveries.get(issue, row["document_no"].lstrip("0")))] += 1
            continue
        database, _, line = row["voucher_line"].split(" ")[0].split("/")
        place = (kind, database, vouchers[database, line])
        result[(*place, f"{Decimal(row['amount']):.2f}") if kind == "wrong_amount" else place] += 1
    return result


def _vouchers(home: Installation) -> dict[tuple[str, str], str]:
    """Give the voucher of every line of a ledger, by source and line."""
    rows = home.query(
        "select source_id, line_id, voucher_id from ledger_lines where source_id like 'u8%' "
        "union all select source_id, line_id, voucher_id from unposted_ledger_lines"
    )
    return {(str(source), str(line)): str(voucher) for source, line, voucher in rows}


def _deliveries(folder: Path) -> dict[str, str]:
    """Give the delivery of every goods issue: labels name the issue or its line, findings the delivery."""
    with closing(sqlite3.connect(folder / "sap.db")) as connection:
        rows = connection.execute(
            "select distinct MBLNR, MJAHR, VBELN_IM from MSEG where VBELN_IM <> ''"
        ).fetchall()
    found = {f"MSEG/{number}/{year}": str(delivery).lstrip("0") for number, year, delivery in rows}
    for file in folder.glob("u8_*.db"):
        with closing(sqlite3.connect(file)) as connection:
            lines = connection.execute(
                "select line.iDLsID, head.cDLCode from DispatchLists line join DispatchList head using (DLID)"
            ).fetchall()
        found |= {f"DispatchLists/{line}": str(code) for line, code in lines}
    return found


def _found(home: Installation) -> Counter[Planted]:
    """Read the findings."""
    result: Counter[Planted] = Counter()
    rows = home.query(
        "select finding_class, company_code, document_no, voucher_source_id, voucher_id, amount "
        "from findings where state <> 'disappeared'"
    )
    for kind, company, document, source, voucher, amount in rows:
        if kind in AT_DOCUMENTS:
            result[(kind, company, str(document).lstrip("0"))] += 1
        elif kind == "wrong_amount":
            result[(kind, source, voucher, f"{amount:.2f}")] += 1
        else:
            result[(kind, source, voucher)] += 1
    return result + _unbalanced_without_document(home, result)


def _unbalanced_without_document(home: Installation, found: Counter[Planted]) -> Counter[Planted]:
    """Count what a data check names as unbalanced and no finding does: its document is unknown."""
    rows = home.query(
        "select distinct line.source_id, line.voucher_id, data_check.amount "
        "from data_checks as data_check inner join unposted_ledger_lines as line "
        "on data_check.source_id = line.source_id and data_check.fiscal_year = line.fiscal_year "
        "and data_check.period_no = line.period_no "
        "and data_check.subject = coalesce(line.voucher_word, '') || ' ' || line.voucher_no "
        "where data_check.check_code = 'unbalanced_unposted'"
    )
    keys = {("wrong_amount", str(source), str(voucher), f"{amount:.2f}") for source, voucher, amount in rows}
    return Counter(key for key in keys if key not in found)
