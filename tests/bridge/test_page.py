"""The bridge page and the command on real books: ends, statement and steps are those of the mart."""

import re
import shutil
from pathlib import Path

import pytest

from dashboards.semantics import ALL
from tests.dashboards.test_pages import everything, page
from tests.tryton.installation import Installation

YEAR = {"from": "2025-01", "to": "2025-12"}
BRIDGE = "purchases_to_inventory"


@pytest.fixture(scope="module")
def shown(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home for the screens, which keep its snapshot open: a copy that nobody else reads."""
    folder = tmp_path_factory.mktemp("shown") / "home"
    folder.mkdir()
    shutil.copy(sqlite_home.folder / "bridgebook.toml", folder)
    shutil.copytree(sqlite_home.folder / "snapshots", folder / "snapshots")
    return folder


@pytest.mark.parametrize("view", ["statement", "lines", "findings", "flux", "past", "rates"])
def test_every_view_of_the_bridge_is_drawn(view: str, shown: Path, sqlite_home: Installation) -> None:
    app = page("bridge", ALL, home=shown, language="en", view=view, **YEAR)
    ends = sqlite_home.query(
        "select sum(amount) filter (where row_kind = 'from_total'), "
        "sum(amount) filter (where row_kind = 'to_total') "
        f"from bridge_summary where bridge_code = '{BRIDGE}' and fiscal_year = 2025"
    )[0]
    shown = [metric.value for metric in app.metric]
    assert shown[:2] == [f"{end:,.2f}" for end in ends]
    assert all(re.fullmatch(r"[\d.]+%", rate) for rate in shown[2:])
    if view == "statement":
        adjusted = re.findall(r"\*\*Adjusted\*\* \| \*\*([-\d,.]+)\*\*", everything(app))
        assert len(adjusted) == 2
        assert adjusted[0] == adjusted[1]
    if view == "lines":
        assert len(app.dataframe) == 1
    if view == "flux":
        assert "| Residual | 0.00 |" in everything(app)
    if view == "past":
        assert "reconcile \\-\\-as\\-of" in everything(app)


def test_the_command_prints_the_bridges_and_ends_well(sqlite_home: Installation) -> None:
    said = sqlite_home.run("reconcile", "--bridge", BRIDGE, "--period", "2025-01..2025-12").output
    assert "Purchases ordered to inventory in the ledger" in said
    assert "every residual is 0" in said
    sqlite_home.run("reconcile", "--bridge", "nothing", code=2)
    sqlite_home.run("reconcile", "--period", "lately", code=2)
