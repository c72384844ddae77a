"""The worked example of purchases under every estimate policy: unit tests of the voucher models."""

import subprocess
import sys

from tests.tryton.installation import Installation

RUN = """
import sys
from datetime import date
from pathlib import Path
from bridgebook import build, settings
from bridgebook.build_plan import read_inputs
from bridgebook.dbt_run import run_dbt
from bridgebook.project import shipped

chosen = settings.load(Path(sys.argv[1]))
inputs = read_inputs(chosen, shipped(), date(2026, 1, 1))
words = ("--no-write-json", "--select", *sys.argv[2:])
outcome = run_dbt(chosen.home, "test", *words, variables=build.dbt_variables(inputs))
for failure in outcome.failures:
    print(failure.name, failure.message)
sys.exit(0 if outcome.success else 1)
"""
TESTS = {
    "receipts_are_estimated_and_cleared_as_each_policy_wants": "core_voucher_events",
    "the_entries_of_the_worked_example": "expected_voucher_lines",
}


def test_unit_tests_of_the_voucher_models(home_copy: Installation) -> None:
    home = home_copy.folder
    marts = home / "work" / "marts.duckdb"
    if not marts.exists():
        marts.write_bytes(home_copy.snapshot.read_bytes())
    command = [sys.executable, "-c", RUN, str(home), *TESTS]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, env=home_copy.environment(), check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = (home / "work" / "logs" / "dbt.log").read_text(encoding="utf-8")
    for name, model in TESTS.items():
        assert f"PASS {model}::{name}" in said
