"""The run ledger tells what really happened, also about runs that were killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ingestion.ledger import RunLedger, TableOutcome
from ingestion.texts import codes, sentence


def test_a_run_is_recorded_from_begin_to_finish(tmp_path: Path) -> None:
    ledger = RunLedger(tmp_path / "runs.sqlite")
    run_id = ledger.begin("sync", source_id="erp", rules_hash="abc")
    assert ledger.rows("select kind, source_id, status, rules_hash from sync_runs") == [
        {"kind": "sync", "source_id": "erp", "status": "running", "rules_hash": "abc"}
    ]
    ledger.finish(run_id, "partial", message=sentence("run_interrupted"))
    row = ledger.rows(
        "select status, message_zh, message_en, finished_at >= started_at as later from sync_runs"
    )[0]
    assert (row["status"], row["later"]) == ("partial", 1)
    assert row["message_zh"] != row["message_en"]


def test_only_runs_whose_process_is_gone_are_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite"
    mine = RunLedger(path).begin("build")
    program = (
        "import sys, time; from datetime import UTC, datetime; from pathlib import Path\n"
        "from ingestion.ledger import RunLedger, TableOutcome\n"
        "ledger = RunLedger(Path(sys.argv[1])); run_id = ledger.begin('sync', source_id='erp')\n"
        "ledger.record_table(run_id, 'erp', TableOutcome('move', 'running', datetime.now(UTC)))\n"
        "print(run_id, flush=True); time.sleep(600)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        theirs = child.stdout.readline().strip()
        ledger = RunLedger(path)
        assert ledger.interrupt_orphans() == ()
        child.send_signal(signal.SIGKILL)
    assert ledger.interrupt_orphans() == (theirs,)
    assert ledger.interrupt_orphans() == ()
    states = {row["run_id"]: row["status"] for row in ledger.rows("select run_id, status from sync_runs")}
    assert states == {mine: "running", theirs: "interrupted"}
    assert ledger.rows("select status from sync_tables") == [{"status": "interrupted"}]


def test_recording_a_table_again_replaces_what_was_said(tmp_path: Path) -> None:
    ledger = RunLedger(tmp_path / "runs.sqlite")
    run_id = ledger.begin("sync", source_id="erp")
    now = datetime.now(UTC)
    ledger.record_table(run_id, "erp", TableOutcome("move", "running", now))
    ledger.record_table(
        run_id, "erp", TableOutcome("move", "success", now, now, rows_inserted=3, is_complete=True)
    )
    assert ledger.rows("select status, rows_inserted, is_complete from sync_tables") == [
        {"status": "success", "rows_inserted": 3, "is_complete": 1}
    ]


def test_every_sentence_can_be_said_in_both_languages() -> None:
    class Anything(dict[str, object]):
        def __missing__(self, key: str) -> str:
            return f"<{key}>"

    from ingestion.texts import _catalog

    for code in codes():
        entry = _catalog()[code]
        zh, en = entry["zh"].format_map(Anything()), entry["en"].format_map(Anything())
        assert zh
        assert en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), code
        told = re.sub(r'"[^"]*"', "", en)  # what stands in quotes is written as it must be
        assert all(ord(letter) < 0x3000 for letter in told), code
