"""What an increment builds is all that hangs on the tables that moved, and no less."""

from dataclasses import replace
from pathlib import Path

import pytest

from bridgebook.affected import affected_models
from bridgebook.installation import Installation, resolve
from bridgebook.project import shipped
from ingestion.packs import find_packs
from tests.bridgebook.shop import copied_project, new_shop

STAGING = "stg_shop__sales_orders"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    shop = copied_project(new_shop(tmp_path / "home"), tmp_path / "project")
    return resolve(shop.settings, shop.project)


def test_models_that_read_a_moved_table_are_affected(installation: Installation) -> None:
    assert affected_models(installation, [("shop", "sales")]) == (STAGING,)
    assert affected_models(installation, [("shop", "customers"), ("shop", "sales")]) == (STAGING,)
    assert affected_models(installation, [("shop", "stock")]) == ()
    assert affected_models(installation, []) == ()
    assert affected_models(installation, [("gone", "sales")]) == ()


@pytest.mark.parametrize(
    ("call", "is_affected"),
    [
        ('landed( "shop" , "stock" )', True),
        ("landed_past('shop', 'stock')", True),
        ("landed('other', 'stock')", False),
        ("landed(system, table)", True),
        ("landed('shop', 'stock-lot')", False),
    ],
)
def test_every_way_to_name_a_table_counts(installation: Installation, call: str, is_affected: bool) -> None:
    model = installation.packs["shop"].folder / "shop_helper.sql"
    model.write_text("select * from {{ " + call + " }}", encoding="utf-8")
    assert ("shop_helper" in affected_models(installation, [("shop", "stock")])) == is_affected


def test_the_shipped_packs_name_their_tables_so_that_increments_are_small(
    installation: Installation,
) -> None:
    """No model of a shipped pack is built for a table that it does not read."""
    for system, pack in find_packs([shipped().packs]).items():
        everything = replace(installation, packs={system: pack})
        assert affected_models(everything, [("shop", "no such table")]) == (), system
