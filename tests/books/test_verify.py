"""Every single edit, deletion, insertion and swap is found and named; a cut-off tail by the anchor."""

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from bridgebook.books.chain import Verdict, verify_books
from tests.books.store import posted, sqlite, unguarded

THIRD = "C1/GL/2025-03/转-3"
ON_THIRD = f"where voucher_id = '{THIRD}'"


def places(verdict: Verdict) -> set[tuple[str, str]]:
    for fault in verdict.faults:
        assert "{" not in fault.sentence("zh") + fault.sentence("en")
    return {(fault.place, fault.key) for fault in verdict.faults}


COLUMNS = {
    "posted_vouchers": (
        ("company_code", "'C9'"), ("ledger_code", "'XX'"), ("fiscal_year", "2024"), ("period_no", "12"),
        ("voucher_word", "'付'"), ("voucher_no", "99"), ("voucher_date", "'2025-01-01'"),
        ("posting_date", "'2025-01-01'"), ("attachment_count", "9"), ("event", "'x'"), ("rule_code", "'x'"),
        ("rule_version", "9"), ("draft_id", "'x'"), ("root_id", "'x'"), ("draft_content_hash", "'x'"),
        ("document_entity", "'x'"), ("document_id", "'x'"), ("document_no", "null"), ("correction_no", "9"),
        ("kind", "'manual'"), ("corrects_voucher_id", "'x'"), ("company_currency_code", "'USD'"),
        ("line_count", "3"), ("prepared_by", "'x'"), ("reviewed_by", "'x'"), ("cashier", "'x'"),
        ("posted_by", "'x'"), ("posted_at", "'x'"), ("previous_hash", "'x'"), ("voucher_hash", "'x'"),
    ),
    "posted_voucher_lines": (
        ("account_role", "'x'"), ("account_code", "'x'"), ("side", "'x'"), ("summary", "null"),
        ("debit", "debit + 1"), ("credit", "credit + 1"), ("amount", "amount + 1"),
        ("document_currency_code", "'USD'"), ("currency_amount", "1"), ("exchange_rate", "1"),
        ("quantity", "1"), ("uom_code", "'x'"), ("partner_kind", "'x'"), ("partner_code", "'x'"),
        ("item_code", "'x'"), ("org_unit_code", "'x'"), ("employee_code", "'x'"), ("project_code", "'x'"),
        ("bank_account_code", "'x'"), ("tax_code", "'x'"), ("document_entity", "'x'"),
        ("document_id", "'x'"), ("document_no", "'x'"), ("line_no", "line_no + 10"),
    ),
    "posted_sources": (
        ("source_id", "'x'"), ("document_entity", "'x'"), ("line_id", "'x'"), ("company_code", "'x'"),
        ("ledger_code", "'x'"), ("event", "'x'"), ("fiscal_year", "2024"), ("period_no", "9"),
        ("correction_no", "9"), ("is_reversal", "1"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a store of five vouchers, which no test changes."""
    folder = tmp_path_factory.mktemp("whole")
    engine = sqlite(folder)
    posted(engine, 5)
    engine.dispose()
    return folder


@pytest.fixture
def store(whole: Path, tmp_path: Path) -> Engine:
    """Return a copy of the store to be spoilt."""
    for file in whole.glob("books.sqlite*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return sqlite(tmp_path)


def test_a_whole_store_has_no_faults(store: Engine) -> None:
    verdict = verify_books(store)
    assert (verdict.vouchers, verdict.faults) == (5, ())
    number, _, seal = verdict.anchor.partition(":")
    assert verify_books(store, (int(number), seal)).faults == ()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [(table, column, value) for table, columns in COLUMNS.items() for column, value in columns],
)
def test_every_column_that_is_edited_is_found_and_named(
    store: Engine, table: str, column: str, value: str
) -> None:
    line = " and line_no = 2" if table == "posted_voucher_lines" else ""
    unguarded(store, f"update {table} set {column} = {value} {ON_THIRD}{line}")
    found = places(verify_books(store))
    assert (THIRD, "verify_changed") in found, found


@pytest.mark.parametrize("table", ["posted_voucher_lines", "posted_sources"])
def test_rows_deleted_put_in_or_moved_are_found(store: Engine, table: str) -> None:
    unguarded(store, f"delete from {table} {ON_THIRD}")
    assert (THIRD, "verify_changed") in places(verify_books(store))


def test_a_line_put_in_is_found(store: Engine) -> None:
    unguarded(
        store,
        "insert into posted_voucher_lines (voucher_id, line_no, account_role, account_code, side, debit, "
        f"credit, amount) values ('{THIRD}', 3, 'x', '1002', 'debit', 0, 0, 0)",
    )
    assert places(verify_books(store)) == {(THIRD, "verify_changed")}


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_deleted_voucher_is_named(store: Engine, number: int) -> None:
    name = f"C1/GL/2025-03/转-{number}"
    unguarded(
        store,
        *(
            f"delete from {table} where voucher_id = '{name}'"
            for table in ("posted_voucher_lines", "posted_sources", "posted_vouchers")
        ),
    )
    found = places(verify_books(store))
    if number == 5:
        assert found == {(name, "verify_removed")}
    else:
        following = f"C1/GL/2025-03/转-{number + 1}"
        assert {(following, "verify_missing"), (following, "verify_gap")} <= found


def test_a_voucher_put_in_is_named_even_with_a_right_seal(store: Engine) -> None:
    """Whoever knows how vouchers are sealed can append one; the audit log does not know it."""
    from dataclasses import replace

    from bridgebook.books.posting import _insert
    from tests.books.store import desk, draft

    last = desk(store, []).vouchers()[-1]
    forged = replace(
        last,
        chain_no=6,
        voucher_no=6,
        voucher_id="C1/GL/2025-03/转-6",
        draft_id="forged",
        root_id="forged",
        previous_hash=last.voucher_hash,
    )
    made = draft(99)
    forged = replace(forged, voucher_hash=forged.seal(made.lines, made.sources))
    with store.begin() as connection:
        _insert(connection, [forged], [made])
    assert places(verify_books(store)) == {("C1/GL/2025-03/转-6", "verify_not_told")}


def test_two_vouchers_swapped_are_named(store: Engine) -> None:
    names = [f"C1/GL/2025-03/转-{number}" for number in (2, 4)]
    unguarded(
        store,
        f"update posted_vouchers set chain_no = 99 where voucher_id = '{names[0]}'",
        f"update posted_vouchers set chain_no = 2 where voucher_id = '{names[1]}'",
        "update posted_vouchers set chain_no = 4 where chain_no = 99",
    )
    found = verify_books(store).faults
    assert (found[0].place, found[0].key) == (names[1], "verify_unlinked")


def test_swapped_lines_are_found(store: Engine) -> None:
    names = [f"C1/GL/2025-03/转-{number}" for number in (2, 4)]
    unguarded(
        store,
        "update posted_voucher_lines set debit = 7 where line_no = 1 and voucher_id = '" + names[0] + "'",
        "update posted_voucher_lines set debit = 7 where line_no = 1 and voucher_id = '" + names[1] + "'",
    )
    assert {(name, "verify_changed") for name in names} <= places(verify_books(store))


def test_a_tail_cut_off_with_its_log_is_found_by_the_anchor(store: Engine) -> None:
    anchor = verify_books(store).anchor
    number, _, seal = anchor.partition(":")
    unguarded(
        store,
        *(
            f"delete from {table} where voucher_id = 'C1/GL/2025-03/转-5'"
            for table in ("posted_voucher_lines", "posted_sources", "posted_vouchers")
        ),
    )
    assert ("5", "verify_cut_off") in places(verify_books(store, (int(number), seal)))


def test_an_emptied_store_is_found_by_the_anchor(store: Engine) -> None:
    number, _, seal = verify_books(store).anchor.partition(":")
    tables = ("posted_voucher_lines", "posted_sources", "posted_vouchers", "reviews", "audit_log")
    unguarded(store, *(f"delete from {table}" for table in tables))
    assert verify_books(store).faults == ()
    assert places(verify_books(store, (int(number), seal))) == {("5", "verify_cut_off")}


@pytest.mark.parametrize(
    "statement",
    [
        "update reviews set decided_by = 'somebody' where review_no = 2",
        "delete from reviews where review_no = 2",
        "insert into reviews select 6, draft_id, content_hash, decision, role, decided_by, decided_at, "
        "reason from reviews where review_no = 1",
        "insert into period_states values (1, 'C1', 'GL', 2025, 3, 'cash', 'open', 'x', 'x', '', '')",
        "insert into reversal_requests values (1, 'x', 'x', 'x', 'x')",
    ],
)
def test_changed_decisions_are_found(store: Engine, statement: str) -> None:
    unguarded(store, statement)
    assert {key for _, key in places(verify_books(store))} == {"verify_decisions"}


def test_a_changed_log_is_found(store: Engine) -> None:
    unguarded(store, "update audit_log set actor = 'x' where entry_no = 1")
    assert ("audit_log 1", "verify_log_changed") in places(verify_books(store))


def test_postgresql_finds_the_same(books: Engine) -> None:
    posted(books, 5)
    assert verify_books(books).faults == ()
    unguarded(books, f"update posted_voucher_lines set debit = debit + 1 {ON_THIRD} and line_no = 1")
    assert places(verify_books(books)) == {(THIRD, "verify_changed"), (THIRD, "verify_unbalanced")}
