"""What is decided takes effect with the next run, by an increment that leaves what a full build makes."""

import csv
import json
from pathlib import Path

import pytest

from tests.packs.home import packs_home
from tests.tryton.comparison import core_differences, mart_differences
from tests.tryton.installation import Finished, Installation

DATED = "entity,source_id,partner_kind,source_code,master_code,valid_from,valid_to,approved_by\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a copy of the home of SAP and U8, which these tests change in the order in which they stand."""
    return packs_home(tmp_path_factory).copy_to(tmp_path_factory.mktemp("decided") / "home")


def masters(home: Installation, *arguments: str, code: int = 0) -> Finished:
    """Run `bridgebook masters ...` on a home."""
    return home.run("masters", *arguments, code=code)


def worklist(home: Installation, *options: str) -> dict[tuple[str, str, str], dict[str, str]]:
    said = masters(home, "list", "--format", "json", "--limit", "500", *options).output
    rows = json.loads(said[: said.rindex("]") + 1])
    return {(row["entity"], row["source_id"], row["source_code"]): row for row in rows}


def test_the_worklist_proposes_and_decisions_show_at_once(home: Installation) -> None:
    rows = worklist(home)
    vendor = rows[("partners", "u8_003", "V01")]
    assert (vendor["proposed_master_code"], vendor["confidence"], vendor["state"]) == (
        "100001",
        "0.9500",
        "open",
    )
    assert (vendor["evidence_zh"], vendor["evidence_en"]) == ("名称相同", "same name")
    assert rows[("items", "u8_003", "A1")]["proposed_master_code"] == "777"
    assert rows[("items", "u8_003", "S1")]["proposed_master_code"] == ""
    said = masters(home, "approve", vendor["proposal_id"], "--by", "controller", "--valid-to", "2026-01-31")
    assert "controller approved 1 mappings" in said.output
    said = masters(home, "approve", vendor["proposal_id"], "--by", "controller", code=4)
    assert "was approved already, by controller at" in said.output
    masters(home, "approve", "--min-confidence", "0.9", "--source", "u8_001_2026", "--by", "controller")
    shown = worklist(home, "--state", "approved")
    assert shown[("partners", "u8_003", "V01")]["valid_to"] == "2026-01-31"
    assert ("partners", "u8_001_2026", "V01") in shown
    assert "已批准，下次运行生效" in masters(home, "list", "--state", "approved", "--lang", "zh").output


def test_a_person_proposes_and_another_approves(home: Installation) -> None:
    said = masters(home, "propose", "items", "u8_003", "S1", "FREIGHT", "--by", "Li", code=4)
    assert 'has no master code "FREIGHT"' in said.output
    said = masters(home, "propose", "items", "u8_003", "nothing", "777", "--by", "Li", code=4)
    assert "the current snapshot has no such code" in said.output
    said = masters(home, "propose", "items", "u8_003", "S1", "FREIGHT", "--new", "--by", "Li")
    proposal_id = said.output.split("Proposed ")[1][:12]
    assert (
        "another person has to approve it"
        in masters(home, "approve", proposal_id, "--by", "Li", code=4).output
    )
    masters(home, "approve", proposal_id, "--by", "Wang")
    said = masters(
        home, "propose", "partners", "u8_003", "V01", "100001", "--kind", "supplier", "--by", "Li", code=4
    )
    assert "was approved already" in said.output


def test_a_unit_is_written_in_one_way(home: Installation) -> None:
    """Item A1 is mapped to 777: what it is counted in stands for what 777 is counted in."""
    assert worklist(home)[("units", "u8_003", "个")]["amount_at_stake"] != "0.00"
    said = masters(home, "propose", "units", "u8_003", "个", "ST", "--by", "Li").output
    masters(home, "approve", said.split("Proposed ")[1][:12], "--by", "Wang")


def test_stale_and_unknown_proposals_are_refused(home: Installation) -> None:
    assert "there is no proposal 000000000000 now" in (
        masters(home, "approve", "000000000000", "--by", "x", code=4).output
    )
    masters(home, "approve", "--by", "x", code=2)
    masters(home, "approve", "--min-confidence", "7", "--by", "x", code=2)


def test_what_was_decided_takes_effect_with_the_next_run(home: Installation) -> None:
    """A mapping with a last day labels earlier rows only; the rest keeps its visible unmapped code."""
    home.run("build", timeout=900)
    home.run("publish")
    units = home.query(
        "select distinct uom_code from procurement_lines where source_id = 'u8_003' order by all"
    )
    assert ("ST",) in units
    assert ("个",) not in units
    left = home.query("select source_id from unmapped_codes where entity = 'units' order by all")
    assert left == [("u8_001_2025",), ("u8_001_2026",)]
    labels = home.query(
        "select distinct event_date <= '2026-01-31', partner_code from procurement_events "
        "where source_id = 'u8_003' order by all"
    )
    assert labels == [(False, "u8_003:V01"), (True, "100001")]
    booked = home.query(
        "select distinct partner_code from ledger_lines "
        "where source_id = 'u8_001_2026' and partner_kind = 'supplier'"
    )
    assert booked == [("100001",)]
    freight = home.query("select item_code, is_mapped from items where source_item_code = 'S1'")
    assert ("FREIGHT", True) in freight
    proposed = home.query(
        "select source_code, proposed_master_code from unmapped_codes "
        "where source_id = 'u8_001_2026' and confidence >= 0.9"
    )
    assert proposed == [("S1", "FREIGHT")]  # what one source was taught, the others are asked


def test_the_next_run_is_an_increment_and_equals_a_full_build(home: Installation, tmp_path: Path) -> None:
    vendor = worklist(home)[("items", "u8_003", "A1")]
    masters(home, "approve", vendor["proposal_id"], "--by", "Wang")
    assert ("items", "u8_003", "A1") in worklist(home, "--state", "approved")
    mapped = next(
        row
        for row in csv.DictReader((_exported(home, tmp_path)).open(encoding="utf-8-sig"))
        if row["source_code"] == "S1"
    )
    assert (mapped["master_code"], mapped["approved_by"]) == ("FREIGHT", "Wang")
    masters(home, "withdraw", _id_of(home, "V01", "u8_001_2026"), "--by", "Wang", "--reason", "another party")
    assert "building what changed" in home.run("build", timeout=900).output
    home.run("publish")
    full = home.copy_to(tmp_path / "full")
    full.run("build", "--full", timeout=900)
    full.run("publish")
    assert core_differences(home, full) == []
    assert mart_differences(home, full) == []
    again = home.query(
        "select distinct partner_code from partners where source_id = 'u8_001_2026' "
        "and partner_kind = 'supplier' and source_partner_code = 'V01'"
    )
    assert again == [("u8_001_2026:V01",)]


def _exported(home: Installation, folder: Path) -> Path:
    file = folder / "mappings.csv"
    masters(home, "export", "--mappings", "--output", str(file))
    assert file.read_text(encoding="utf-8-sig").startswith(DATED.strip())
    return file


def _id_of(home: Installation, code: str, source: str) -> str:
    from bridgebook import settings
    from bridgebook.books.masters import open_desk

    desk = open_desk(settings.load(home.folder))
    found = [
        each
        for each, decision in desk.decided().last.items()
        if decision.proposal.mapped.code.source_code == code
        and decision.proposal.mapped.code.source_id == source
        and decision.proposal.mapped.code.partner_kind == "supplier"
    ]
    assert len(found) == 1
    return found[0]


def test_rule_files_that_contradict_are_refused_with_their_line(home: Installation) -> None:
    rules = home.folder / "rules"
    rules.mkdir(exist_ok=True)
    file = rules / "master_map.csv"
    cases = {
        "items,u8_003,A1,X,,,\nitems,u8_003,A1,Y,2026-01-01,,\n": (
            "master_map.csv:3",
            "cannot have two master codes",
        ),
        "items,sap,1,2,,,\nitems,sap,2,1,,,\n": ("master_map.csv:3", "would make a cycle"),
        "vendors,u8_003,A1,X,,,\n": ("master_map.csv:2", "there is no entity"),
    }
    header = "entity,source_id,source_code,master_code,valid_from,valid_to,approved_by,partner_kind\n"
    try:
        for rows, (place, words) in cases.items():
            written = "\n".join(line + "," for line in rows.splitlines()) + "\n"
            file.write_text(header + written, encoding="utf-8")
            said = home.run("build", code=2).output
            assert place in said
            assert words in said
    finally:
        file.unlink()
