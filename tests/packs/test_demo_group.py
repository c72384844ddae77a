"""The packs on the demo group's books: what they make of them equals the vendors' own sums."""

import pytest

from tests.tryton.installation import Installation

BALANCES = """
select source_id, fiscal_year, period_no, account_code, difference_amount
from trial_balance
where posting_scope = 'posted' and reported_closing_amount is not null and source_id {sources}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home over the demo group at its smallest, without planted mistakes."""
    group = pytest.importorskip("bridgebook.demo.group")
    folder = tmp_path_factory.mktemp("group")
    books = group.write_group(folder / "books", scale=0.02, defects=0)
    home = Installation(folder / "home")
    home.folder.mkdir()
    settings = 'language = "en"\n' + group.sources_toml(books)
    (home.folder / "bridgebook.toml").write_text(settings, encoding="utf-8")
    home.run("run", timeout=900)
    return home


def different(home: Installation, sources: str) -> tuple[int, set[str]]:
    """Count the compared balances, and name the accounts whose balance differs."""
    rows = home.query(BALANCES.format(sources=sources))
    return len(rows), {str(row[3]) for row in rows if row[4] != 0}


def test_u8s_own_sums_equal_the_trial_balance(demo: Installation) -> None:
    compared, accounts = different(demo, "like 'u8%'")
    assert compared > 2500
    # The generator opens travel expenses per person, though the year before closed them without naming one.
    assert accounts - {"660204", "660212"} == set()


def test_saps_own_totals_equal_the_feeder_books_balances(demo: Installation) -> None:
    compared, accounts = different(demo, "= 'sap'")
    assert compared > 800
    assert accounts == set()


def test_each_company_has_one_primary_book_and_saps_is_none(demo: Installation) -> None:
    rows = demo.query(
        "select distinct company_code, is_primary, split_part(source_id, '_', 1) from ledgers order by all"
    )
    assert rows == [
        ("HY01", False, "sap"),
        ("HY01", True, "u8"),
        ("HY02", False, "sap"),
        ("HY02", True, "u8"),
        ("HY03", True, "u8"),
    ]


def test_what_is_landed_is_complete_and_nothing_is_rejected(demo: Installation) -> None:
    assert demo.query("select source_id, table_name from sync_tables where not is_complete") == []
    assert demo.query("select count(*) from quarantined_rows") == [(0,)]
