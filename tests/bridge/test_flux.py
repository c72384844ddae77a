"""A ledger figure against that of other months: nothing is left over, and each driver is what it says."""

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dashboards.errors import BadPeriod, ForbiddenCompany, UnknownBridge
from dashboards.semantics.flux import Flux, bridges_of, flux
from dashboards.semantics.question import Periods
from dashboards.semantics.rights import ALL, Rights
from dashboards.warehouse import Snapshot, Warehouse
from tests.tryton.installation import Installation

JANUARY, FEBRUARY = Periods.parse("2026-01"), Periods.parse("2026-02")
EVERY = (
    ("2025-05", "2025-04"),
    ("2025-05", "2024-05"),
    ("2025-07..2025-12", "2025-01..2025-06"),
    ("2025-02", "2025-11"),
)


@pytest.fixture(scope="module")
def books(sqlite_home: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Return the snapshot of a real system's books."""
    copy = sqlite_home.copy_to(tmp_path_factory.mktemp("flux") / "home")
    with closing(Warehouse(copy.folder)) as warehouse, warehouse.reading() as snapshot:
        yield snapshot


@pytest.mark.parametrize(("periods", "against"), EVERY)
def test_nothing_is_left_over_between_any_months(books: Snapshot, periods: str, against: str) -> None:
    moved = 0
    for bridge, currency in bridges_of(books, ALL, ()):
        found = flux(
            books,
            ALL,
            bridge,
            currency=currency,
            periods=Periods.parse(periods),
            against=Periods.parse(against),
        )
        assert found.residual == 0, bridge
        moved += found.before != found.now
    assert moved > 5


def test_the_command_compares_and_ends_well(sqlite_home: Installation) -> None:
    said = sqlite_home.run("reconcile", "--period", "2025-05", "--against", "previous").output
    assert "ledger figure of 2025-05 against 2025-04" in said
    assert "comparisons: every residual is 0." in said
    said = sqlite_home.run("reconcile", "--period", "2025-05", "--against", "last-year").output
    assert "against 2024-05" in said
    sqlite_home.run("reconcile", "--against", "previous", code=2)
    sqlite_home.run("reconcile", "--period", "2025-05", "--against", "2025-05", code=2)
    sqlite_home.run("reconcile", "--period", "2025-05", "--against", "lately", code=2)


MARTS = """
create schema marts;
create table marts.calibers as select 'c' as caliber_code, 'ordered' as event, 'gross' as tax_basis,
    'order_price' as amount_basis;
create table marts.bridge_summary (
    bridge_code varchar, bridge_name_zh varchar, bridge_name_en varchar, flow varchar, from_caliber varchar,
    company_code varchar, document_currency_code varchar, fiscal_year integer, period_no integer,
    step_no integer, row_kind varchar, step_code varchar, step_name_zh varchar, step_name_en varchar,
    amount decimal(38, 4));
create table marts.caliber_amounts (
    caliber_code varchar, company_code varchar, document_currency_code varchar, fiscal_year integer,
    period_no integer, partner_kind varchar, partner_code varchar, item_code varchar,
    quantity decimal(38, 6), amount decimal(38, 4));
create table marts.procurement_events (
    company_code varchar, company_currency_code varchar, event varchar, fiscal_year integer,
    period_no integer, partner_kind varchar, partner_code varchar, item_code varchar, is_counted boolean,
    document_currency_code varchar, net_amount decimal(38, 4), document_net_amount decimal(38, 4));
"""


def told(tmp_path: Path, *orders: tuple[int, str, str, str, str, str, str]) -> Snapshot:
    """Return a snapshot with orders: month, partner, item, quantity, USD price, rate, tax rate in per cent.

    In the ledger stands what was ordered, less 10 that no document explains in February.
    """
    file = tmp_path / "marts-20260301T000000000Z.duckdb"
    sums = {1: Decimal(0), 2: Decimal(0)}
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute(MARTS)
        for month, partner, item, quantity, price, rate, tax in orders:
            document = Decimal(quantity) * Decimal(price)
            net = document * Decimal(rate)
            gross = net * (1 + Decimal(tax) / 100)
            sums[month] += gross
            key = ["C", 2026, month, "supplier", partner, item]
            connection.execute(
                "insert into marts.caliber_amounts by name select 'c' as caliber_code, ? as company_code, "
                "'CNY' as document_currency_code, ? as fiscal_year, ? as period_no, ? as partner_kind, "
                "? as partner_code, ? as item_code, ? as quantity, ? as amount",
                [*key, Decimal(quantity), gross],
            )
            connection.execute(
                "insert into marts.procurement_events by name select ? as company_code, "
                "'CNY' as company_currency_code, 'ordered' as event, ? as fiscal_year, ? as period_no, "
                "? as partner_kind, ? as partner_code, ? as item_code, true as is_counted, "
                "'USD' as document_currency_code, ? as net_amount, ? as document_net_amount",
                [*key, net, document],
            )
        rows = [(month, 0, "from_total", "c", total) for month, total in sums.items()]
        rows += [(2, 5, "step", "no_document", Decimal(-10))]
        rows += [(1, 99, "to_total", "l", sums[1]), (2, 99, "to_total", "l", sums[2] - 10)]
        for month, number, kind, code, amount in rows:
            connection.execute(
                "insert into marts.bridge_summary values ('b', '桥', 'bridge', 'purchases', 'c', 'C', 'CNY', "
                "2026, ?, ?, ?, ?, '步', 'step', ?)",
                [month, number, kind, code, amount],
            )
    return Snapshot(file, duckdb.connect(str(file), read_only=True))


def drivers(snapshot: Snapshot) -> dict[str, Decimal]:
    found = flux(snapshot, ALL, "b", currency="CNY", periods=FEBRUARY, against=JANUARY)
    assert found.residual == 0
    return {row.code: row.amount for row in found.rows}


def test_each_driver_is_what_it_says(tmp_path: Path) -> None:
    """100 units at 10 USD, rate 7, 13 % tax; then 120 units at 11 USD, rate 7.2, 9 % tax."""
    snapshot = told(tmp_path, (1, "P", "I", "100", "10", "7", "13"), (2, "P", "I", "120", "11", "7.2", "9"))
    assert drivers(snapshot) == {
        "volume": Decimal("1582.00"),  # 20 x 10 x 7 x 1.13
        "price": Decimal("949.20"),  # 120 x 1 x 7 x 1.13
        "rate": Decimal("298.32"),  # 120 x 11 x 0.2 x 1.13
        "tax": Decimal("-380.16"),  # 120 x 11 x 7.2 x -0.04
        "no_document": Decimal("-10"),
    }


def test_new_and_vanished_partners_and_items_are_told_apart(tmp_path: Path) -> None:
    snapshot = told(
        tmp_path,
        (1, "P", "I", "1", "100", "1", "0"),
        (1, "Q", "I", "1", "30", "1", "0"),
        (1, "P", "J", "1", "5", "1", "0"),
        (2, "P", "I", "1", "100", "1", "0"),
        (2, "R", "I", "1", "40", "1", "0"),
        (2, "P", "K", "1", "7", "1", "0"),
    )
    assert drivers(snapshot) == {
        "lost_partner": Decimal(-30),
        "new_partner": Decimal(40),
        "lost_item": Decimal(-5),
        "new_item": Decimal(7),
        "no_document": Decimal(-10),
    }


@pytest.mark.parametrize(
    "orders",
    [
        ((1, "P", "I", "-3", "10", "7", "13"), (2, "P", "I", "7", "9.99", "7.31", "13")),
        ((1, "P", "I", "3", "0", "7", "13"), (2, "P", "I", "7", "9.99", "7.31", "13")),
        ((1, "P", "I", "0", "10", "7", "13"), (2, "P", "I", "7", "9.99", "7.31", "6")),
        ((1, "P", "I", "3", "3.33", "7.77", "13"), (2, "P", "I", "0", "9.99", "7.31", "6")),
    ],
)
def test_whatever_the_figures_nothing_is_left_over(
    tmp_path: Path, orders: tuple[tuple[int, str, str, str, str, str, str], ...]
) -> None:
    assert drivers(told(tmp_path, *orders))


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    snapshot = told(tmp_path, (1, "P", "I", "1", "1", "1", "0"))

    def ask(bridge: str, rights: Rights, *companies: str, months: Periods = FEBRUARY) -> Flux:
        return flux(
            snapshot,
            rights,
            bridge,
            currency="CNY",
            periods=months,
            against=JANUARY,
            companies=companies,
        )

    with pytest.raises(UnknownBridge):
        ask("other", ALL)
    with pytest.raises(BadPeriod):
        ask("b", ALL, months=JANUARY)
    with pytest.raises(ForbiddenCompany):
        ask("b", Rights(companies=frozenset({"D"})), "C")
    assert ask("b", Rights(companies=frozenset({"C"}))).before == 1
