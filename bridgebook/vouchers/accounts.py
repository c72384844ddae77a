"""Whether the accounts that rules determine stand in the charts of the companies that use them."""

from contextlib import closing

from bridgebook import snapshots
from bridgebook.errors import Problem
from bridgebook.home import Home
from bridgebook.vouchers.rule_files import Row, RuleSet

Charts = dict[str, dict[str, bool]]


def find_account_faults(home: Home, given: RuleSet) -> tuple[Problem, ...]:
    """Return rows that name an account which a chart lacks or which is no leaf; nothing without a snapshot.

    Rows for charts and companies that no source has are passed over.
    """
    if snapshots.current(home) is None:
        return ()
    charts, chart_of = _charts(home)
    faults: list[Problem] = []
    for row in given.determination:
        for chart in _concerned(row, charts, chart_of):
            account = row["account_code"]
            if account == "=document" or not account:
                continue
            if account not in charts[chart]:
                faults.append(_fault(row, "vouchers_account_not_in_chart", account, chart))
            elif not charts[chart][account]:
                faults.append(_fault(row, "vouchers_account_no_leaf", account, chart))
    return tuple(faults)


def _fault(row: Row, key: str, account: str, chart: str) -> Problem:
    return Problem(row.place, key, (("account", account), ("chart", chart), ("role", row["account_role"])))


def _concerned(row: Row, charts: Charts, chart_of: dict[str, str]) -> tuple[str, ...]:
    if row["chart_code"]:
        return tuple(chart for chart in row["chart_code"].split("|") if chart in charts)
    if row["company_code"]:
        return tuple({chart_of[code] for code in row["company_code"].split("|") if code in chart_of})
    return tuple(charts)


def _charts(home: Home) -> tuple[Charts, dict[str, str]]:
    """Return chart -> account -> is leaf, and the chart of each company's primary ledger."""
    import duckdb

    charts: Charts = {}
    with closing(duckdb.connect(str(snapshots.require(home)), read_only=True)) as connection:
        for chart, account, is_leaf in connection.execute(
            "select chart_code, account_code, bool_or(is_leaf) from marts.accounts group by all"
        ).fetchall():
            charts.setdefault(chart, {})[account] = is_leaf
        primary = connection.execute(
            "select company_code, max(chart_code) from marts.ledgers where is_primary group by all"
        ).fetchall()
    return charts, {company: chart for company, chart in primary if chart in charts}
