"""The life of findings on a real system's books: found, decided, changed, gone; and what was known before.

One home is led through four builds; what each of them published is kept and looked at by the tests.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.bridge.test_real_books import double, vouchers
from tests.conftest import made_once
from tests.tryton.comparison import mart_differences
from tests.tryton.installation import Installation
from tests.tryton.source import Record, SourceBooks, open_books

STATES = (
    "select finding_id, finding_class, state, amount, owner, reason, evidence, decided_by, gone_reason, "
    "state_note_en, first_found_at, disappeared_at, is_unproven from findings order by finding_class"
)
COMPARED = ("bridge_summary", "bridge_lines", "caliber_amounts")


@dataclass(frozen=True)
class Life:
    """The home at the end, the instant before anything went wrong, and what was seen on the way."""

    home: Installation
    instant: str
    first: Path
    seen: dict[str, Any]


@pytest.fixture(scope="session")
def life(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Life:
    def make(folder: Path) -> None:
        _live(sqlite_home, folder)

    folder = made_once(tmp_path_factory, "findings-life", make)
    seen = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
    return Life(Installation(folder / "home"), seen["instant"], folder / "first.duckdb", seen)


def _live(sqlite_home: Installation, folder: Path) -> None:
    home = sqlite_home.copy_to(folder / "home")
    (folder / "first.duckdb").write_bytes(home.snapshot.read_bytes())
    seen: dict[str, Any] = {"instant": datetime.now(UTC).isoformat()}
    with open_books(home.books_url) as books:
        missing, altered, doubled = vouchers(books)[::4][:3]
        kept = _take_away(books, missing)
        line = books.all("account_move_line", "move = :move and debit > 0", move=altered["id"])[0]
        books.update("account_move_line", line["id"], debit=line["debit"] + Decimal("0.01"))
        double(books, doubled)
    home.run("run")
    seen["found"] = _states(home)
    ids = {row["finding_class"]: row["finding_id"] for row in seen["found"]}
    proof = folder / "contract.txt"
    proof.write_text("as agreed", encoding="utf-8")
    home.run("findings", "accept", ids["wrong_amount"], "--by", "Wang", "--reason", "agreed", code=4)
    words = ("--by", "Wang", "--reason", "agreed", "--evidence", str(proof))
    home.run("findings", "accept", ids["wrong_amount"], *words)
    home.run("findings", "explain", ids["missing"][:10], "--by", "Li", "--reason", "in the post")
    home.run("findings", "assign", ids["duplicate"], "--by", "Li", "--owner", "Zhao")
    seen["live"] = json.loads(home.run("findings", "list", "--format", "json").output)
    seen["snapshot_before"] = _states(home)
    seen["said"] = home.run("build").output
    home.run("publish")
    seen["decided"] = _states(home)
    with open_books(home.books_url) as books:
        books.update("account_move_line", line["id"], debit=line["debit"] + Decimal("0.05"))
        for table, record in kept:
            books.insert(table, record)
    home.run("run")
    seen["changed"] = _states(home)
    seen["reconciled"] = home.run("reconcile", "--bridge", "purchases_to_payables").output
    (folder / "seen.json").write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")


def _take_away(books: SourceBooks, move: Record) -> list[tuple[str, Record]]:
    """Delete an entry with its lines; return what puts them back."""
    lines = books.all("account_move_line", "move = :move", move=move["id"])
    books.delete("account_move_line", "move = :move", move=move["id"])
    books.delete("account_move", "id = :move", move=move["id"])
    return [("account_move", move), *(("account_move_line", line) for line in lines)]


def _states(home: Installation) -> list[dict[str, Any]]:
    with duckdb.connect(str(home.snapshot), read_only=True) as connection:
        connection.execute("set schema = 'marts'")
        answer = connection.execute(STATES)
        names = [column[0] for column in answer.description or ()]
        rows = answer.fetchall()
    return [dict(zip(names, (None if v is None else str(v) for v in row), strict=True)) for row in rows]


def _one(rows: list[dict[str, Any]], finding_class: str) -> dict[str, Any]:
    (row,) = [row for row in rows if row["finding_class"] == finding_class]
    return row


def test_three_mistakes_are_three_open_findings(life: Life) -> None:
    found = life.seen["found"]
    assert [row["finding_class"] for row in found] == ["duplicate", "missing", "wrong_amount"]
    assert {row["state"] for row in found} == {"open"}
    assert all(row["first_found_at"] for row in found)


def test_a_decision_is_seen_at_once_and_by_the_next_build(life: Life) -> None:
    live = {row["finding_class"]: row for row in life.seen["live"]}
    assert {name: row["state"] for name, row in live.items()} == {
        "duplicate": "open",
        "missing": "explained",
        "wrong_amount": "accepted",
    }
    assert live["wrong_amount"]["evidence"].startswith("contract.txt (sha256 ")
    assert {row["state"] for row in life.seen["snapshot_before"]} == {"open"}
    decided = life.seen["decided"]
    assert [(r["state"], r["owner"], r["reason"], r["decided_by"]) for r in decided] == [
        ("open", "Zhao", None, None),
        ("explained", _one(decided, "missing")["owner"], "in the post", "Li"),
        ("accepted", _one(decided, "wrong_amount")["owner"], "agreed", "Wang"),
    ]
    ids = [row["finding_id"] for row in life.seen["found"]]
    assert [row["finding_id"] for row in decided] == ids
    assert [r["first_found_at"] for r in decided] == [r["first_found_at"] for r in life.seen["found"]]


def test_a_decision_alone_builds_only_what_tells_about_it(life: Life) -> None:
    assert "records" in life.seen["said"] or "everything" not in life.seen["said"]


def test_evidence_is_kept_beside_the_books(life: Life) -> None:
    (kept,) = (life.home.folder / "books" / "evidence").iterdir()
    assert kept.read_text(encoding="utf-8") == "as agreed"


def test_another_amount_opens_it_again_and_a_voucher_that_came_ends_it(life: Life) -> None:
    changed = _one(life.seen["changed"], "wrong_amount")
    assert changed["state"] == "open"
    assert changed["state_note_en"].startswith("accepted by Wang on 20")
    assert changed["state_note_en"].endswith(
        "the amount has changed from 0.01 to 0.05 since, so it is open again"
    )
    gone = _one(life.seen["changed"], "missing")
    assert (gone["state"], gone["gone_reason"], gone["state_note_en"]) == (
        "disappeared",
        "voucher_came",
        "The voucher came",
    )
    assert gone["disappeared_at"] is not None
    assert (gone["reason"], gone["decided_by"]) == ("in the post", "Li")
    assert _one(life.seen["changed"], "duplicate")["state"] == "open"


def test_reconcile_tells_what_changed(life: Life) -> None:
    said = life.seen["reconciled"]
    assert "0 new, 1 changed, 1 gone, 1 as before; cells with a residual: 0 before, 0 now" in said
    assert "from 0.01 to 0.05" in said
    assert "The voucher came" in said


@pytest.fixture(scope="session")
def rebuilt(life: Life, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    home = life.home.copy_to(tmp_path_factory.mktemp("rebuilt") / "home")
    home.run("build", "--full")
    home.run("publish")
    return home


def test_memory_and_identity_survive_a_full_build(life: Life, rebuilt: Installation) -> None:
    assert _states(rebuilt) == life.seen["changed"]
    assert mart_differences(life.home, rebuilt) == []
    classes = "select source_id, line_id, finding_class from ledger_lines order by all"
    assert life.home.query(classes) == rebuilt.query(classes)


def test_every_line_of_the_primary_ledger_carries_its_class(life: Life) -> None:
    counted = dict(life.home.query("select finding_class, count(*) from ledger_lines group by 1"))
    assert counted["matched"] > 100
    assert counted["duplicate"] >= 2
    unclassed = life.home.query(
        "select count(*) from ledger_lines "
        "where finding_class is null and is_primary_ledger and entry_kind <> 'closing'"
    )
    assert unclassed == [(0,)]


def test_as_of_is_the_first_snapshot_row_by_row(life: Life) -> None:
    before = life.home.snapshot
    said = life.home.run("reconcile", "--as-of", life.instant, "--bridge", "purchases_to_payables").output
    assert "As known at " in said
    assert life.home.snapshot == before
    (file,) = (life.home.folder / "work" / "as_of").glob("*/marts-*.duckdb")
    assert _different(life.first, file) == {}
    assert _different(life.first, life.home.snapshot) != {}
    again = life.home.run("reconcile", "--as-of", life.instant, "--bridge", "purchases_to_payables").output
    assert "building" not in again
    assert again.splitlines()[-1] == said.splitlines()[-1]


def test_before_the_first_sync_nothing_was_known(life: Life) -> None:
    said = life.home.run("reconcile", "--as-of", "2001-05-05", code=1).output
    assert "is before the first sync" in said
    said = life.home.run("reconcile", "--as-of", "2999-05-05", code=2).output
    assert "has not come yet" in said
    assert "cannot be read" in life.home.run("reconcile", "--as-of", "lately", code=2).output


def _different(one: Path, other: Path) -> dict[str, int]:
    """Return table -> rows that stand in one file only, of the bridge's tables; none where they are equal."""
    found: dict[str, int] = {}
    with duckdb.connect(str(one), read_only=True) as connection:
        connection.execute(f"attach '{other}' as other (read_only)")
        for table in COMPARED:
            rows = connection.execute(
                f"select count(*) from ((from marts.{table} except all from other.marts.{table}) "
                f"union all (from other.marts.{table} except all from marts.{table}))"
            ).fetchone()
            if rows and rows[0]:
                found[table] = rows[0]
    return found
