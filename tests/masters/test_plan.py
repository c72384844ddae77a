"""How much a decision lets the next build do: an increment for names, everything where money is in it."""

from datetime import date
from pathlib import Path

from bridgebook.books.mappings import Code, Mapped, Proposal
from bridgebook.books.masters import open_desk
from tests.bridgebook.shop import Shop, new_shop
from tests.bridgebook.test_build import go

DAY, NEXT = date(2025, 1, 31), date(2025, 2, 1)


def proposal(entity: str, code: str, first: date | None = None) -> Proposal:
    kind = "supplier" if entity == "partners" else ""
    return Proposal(Mapped(Code(entity, "other", kind, code), "M", first))


def test_decisions_and_the_days_of_mappings_are_a_reason_to_build(tmp_path: Path) -> None:
    shop: Shop = new_shop(tmp_path / "home")
    shop.land(10, (1, "2025-01-02", 1, "1"))
    desk = open_desk(shop.settings)
    assert go(shop, as_of=DAY).scope == "full"
    desk.approve([proposal("partners", "V1")], by="a")
    assert go(shop, as_of=DAY).scope == "increment"
    assert shop.house_says("select labels_changed from run_context") == [(True,)]
    assert shop.house_says("select source_code, master_code, approved_by from books_master_map") == [
        ("V1", "M", "a")
    ]
    assert go(shop, as_of=DAY).scope == "nothing"
    desk.reject([proposal("items", "A1")], by="a")
    assert go(shop, as_of=DAY).scope == "increment"
    assert shop.house_says("select labels_changed from run_context") == [(False,)]
    desk.approve([proposal("items", "A2", NEXT)], by="a")
    assert go(shop, as_of=DAY).scope == "increment"
    assert go(shop, as_of=NEXT).scope == "increment"
    assert shop.house_says("select labels_changed from run_context") == [(True,)]
    desk.approve([proposal("units", "个")], by="a")
    assert go(shop, as_of=NEXT).scope == "full"
    desk.withdraw([proposal("partners", "V1").id], by="b", reason="wrong")
    assert go(shop, as_of=NEXT).scope == "increment"
    assert shop.house_says("select source_code from books_master_map order by all") == [("A2",), ("个",)]
