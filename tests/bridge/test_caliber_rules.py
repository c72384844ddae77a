"""Calibers and bridges of the user: contradictions are refused with file and line, the rest works."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from bridgebook.caliber_rules import meaning_problems
from bridgebook.project import shipped
from tests.house.documents import REPOSITORY, blocks
from tests.tryton.installation import Installation

SEEDS = shipped().seeds
with (SEEDS / "calibers.csv").open(encoding="utf-8") as file:
    CALIBERS = {row["caliber_code"]: row for row in csv.DictReader(file)}
with (SEEDS / "bridges.csv").open(encoding="utf-8") as file:
    BRIDGES = {row["bridge_code"]: row for row in csv.DictReader(file)}


def write(file: Path, *rows: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_what_is_shipped_contradicts_nothing() -> None:
    assert meaning_problems(SEEDS, SEEDS) == []


@pytest.mark.parametrize(
    ("based_on", "changed", "word"),
    [
        ("purchases_received", {"event": "shipped"}, "shipped"),
        ("purchases_received", {"population": "posted"}, "population"),
        ("purchases_received", {"amount_basis": "ledger_amount"}, "amount_basis"),
        ("purchases_received", {"rate_basis": "booked"}, "rate_basis"),
        ("purchases_received", {"tax_basis": "as_booked"}, "tax_basis"),
        ("purchases_paid", {"tax_basis": "net"}, "tax_basis"),
        ("sales_shipped_cost", {"tax_basis": "gross"}, "cost"),
        ("ledger_posted", {"currency_basis": "document"}, "currency_basis"),
        ("ledger_posted", {"side": "business"}, "side"),
        ("sales_ordered", {"rate_basis": "whenever"}, "whenever"),
        ("sales_ordered", {"name_zh": ""}, "name_zh"),
    ],
)
def test_a_contradiction_is_refused_with_file_and_line(
    tmp_path: Path, based_on: str, changed: dict[str, str], word: str
) -> None:
    good = CALIBERS["sales_ordered"] | {"caliber_code": "fine"}
    write(tmp_path / "calibers.csv", good, CALIBERS[based_on] | {"caliber_code": "mine"} | changed)
    (problem,) = meaning_problems(tmp_path, SEEDS)
    for language in ("zh", "en"):
        sentence = problem.sentence(language)
        assert sentence.startswith(f"{tmp_path / 'calibers.csv'}:3: ")
        assert word in sentence


@pytest.mark.parametrize(
    ("based_on", "changed"),
    [
        ("purchases_to_payables", {"via_caliber": ""}),
        ("purchases_to_payables", {"account_roles": ""}),
        ("purchases_to_payables", {"from_caliber": "sales_ordered"}),
        ("purchases_to_payables", {"from_caliber": "nothing"}),
        ("purchases_ordered_to_received", {"to_caliber": "purchases_ordered_document"}),
        ("purchases_ordered_to_received", {"account_roles": "cash"}),
    ],
)
def test_a_bridge_whose_ends_do_not_fit_is_refused(
    tmp_path: Path, based_on: str, changed: dict[str, str]
) -> None:
    write(tmp_path / "bridges.csv", BRIDGES[based_on] | {"bridge_code": "mine"} | changed)
    (problem,) = meaning_problems(tmp_path, SEEDS)
    assert problem.place == f"{tmp_path / 'bridges.csv'}:2"


def documented_rules() -> dict[str, str]:
    """Return the rule files that the README shows, by name."""
    text = next(block.code for block in blocks("README.md") if "# file: rules/calibers.csv" in block.code)
    files = {}
    for part in text.split("# file: ")[1:]:
        name, _, content = part.partition("\n")
        files[name.strip()] = content.strip() + "\n"
    return files


def test_the_documented_caliber_works_and_its_bridge_closes(home_copy: Installation) -> None:
    for name, content in documented_rules().items():
        (home_copy.folder / name).parent.mkdir(exist_ok=True)
        (home_copy.folder / name).write_text(content, encoding="utf-8")
    home_copy.run("build")
    home_copy.run("publish")
    home_copy.run("reconcile", "--bridge", "ordered_to_received_external")
    steps: dict[str, Decimal] = dict(
        home_copy.query(
            "select row_kind, sum(amount) from bridge_summary "
            "where bridge_code = 'ordered_to_received_external' group by 1"
        )
    )
    assert steps["to_total"] == steps["from_total"] + steps["step"] != 0
    assert (REPOSITORY / "README.zh-CN.md").read_text(encoding="utf-8").count("received_external") >= 2
