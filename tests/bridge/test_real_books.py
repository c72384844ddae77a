"""The bridge on a real system's books: every document is matched; a mistake is found, and only that one."""

from collections import Counter
from datetime import date
from decimal import Decimal

from tests.tryton.installation import Installation
from tests.tryton.source import Record, SourceBooks, open_books

RESIDUALS = """
select bridge_code, company_code, fiscal_year, period_no,
    sum(case when row_kind = 'to_total' then -amount else amount end) as residual
from bridge_summary group by all having residual <> 0
"""


def test_every_document_is_matched_and_the_rest_is_listed(sqlite_home: Installation) -> None:
    assert sqlite_home.query("select finding_class, explanation from findings") == []
    classes: dict[str | None, int] = dict(
        sqlite_home.query("select finding_class, count(*) from bridge_lines group by 1 order by 1")
    )
    assert set(classes) - {None} == {"no_document", "other_flow", "unposted"}
    unlisted = sqlite_home.query(
        "select count(*) from bridge_lines "
        "where finding_class = 'no_document' and (entry_reason is null or voucher_no is null)"
    )
    assert unlisted == [(0,)]


def test_every_bridge_closes(sqlite_home: Installation) -> None:
    assert sqlite_home.query(RESIDUALS) == []
    (count,) = sqlite_home.query(
        "select count(distinct bridge_code) from bridge_summary where row_kind = 'from_total'"
    )[0]
    assert count >= 16


def vouchers(books: SourceBooks) -> list[Record]:
    """Return the entries that book invoices of some months; a payment's entry is its own document here."""
    return books.all(
        "account_move",
        "id in (select move from account_invoice) and date between '2025-03-01' and '2025-09-20'",
    )


def double(books: SourceBooks, move: Record) -> None:
    """Enter an entry a second time, three numbers later."""
    lines = books.all("account_move_line", "move = :move", move=move["id"])
    copy = books.insert("account_move", {**move, "id": None, "number": "99001"})
    for line in lines:
        books.insert("account_move_line", {**line, "id": None, "move": copy})


def spoil(books: SourceBooks) -> Counter[str]:
    """Make one mistake of each kind in the ledger alone, on entries of different invoices."""
    moves = vouchers(books)
    missing, doubled, moved, altered, renamed, misplaced = moves[::4][:6]
    books.delete("account_move_line", "move = :move", move=missing["id"])
    books.delete("account_move", "id = :move", move=missing["id"])
    double(books, doubled)
    later = books.all(
        "account_period", "start_date > :day and type = 'standard'", day=moved["date"].isoformat()
    )[0]
    books.update(
        "account_move", moved["id"], period=later["id"], date=date.fromisoformat(str(later["start_date"]))
    )
    line = books.all("account_move_line", "move = :move and debit > 0", move=altered["id"])[0]
    books.update("account_move_line", line["id"], debit=line["debit"] + Decimal("0.01"))
    named = books.all("account_move_line", "move = :move and party is not null", move=renamed["id"])[0]
    other = books.all("party_party", "id <> :party", party=named["party"])[3]
    books.update("account_move_line", named["id"], party=other["id"])
    line = books.all("account_move_line", "move = :move and party is null", move=misplaced["id"])[0]
    free = books.all("account_account", "id <> :account and type is not null", account=line["account"])[11]
    books.update("account_move_line", line["id"], account=free["id"])
    return Counter(["missing", "duplicate", "wrong_period", "wrong_amount", "wrong_partner", "wrong_account"])


def test_a_mistake_in_the_ledger_is_found_and_only_that_one(home_copy: Installation) -> None:
    with open_books(home_copy.books_url) as books:
        planted = spoil(books)
    home_copy.run("run", code=(0, 3))
    found = home_copy.query("select finding_class, explanation_en from findings")
    assert Counter(row[0] for row in found) == planted, found
    assert home_copy.query(RESIDUALS) == []
