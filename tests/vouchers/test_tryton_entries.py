"""Expected vouchers of Tryton's documents equal the entries that Tryton itself made, account by account."""

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.tryton.installation import Installation

Sides = dict[tuple[str, str, str], tuple[Decimal, Decimal]]


def _expected(home: Installation, events: tuple[str, ...], document: str) -> Sides:
    """Return debit and credit by event's document, partner and account, as the rules have them."""
    marks = ", ".join("?" for _ in events)
    return _summed(
        home.query(
            f"""
            select document_entity, {document}, account_code, debit, credit
            from expected_voucher_lines where event in ({marks})
            """,
            list(events),
        )
    )


def _booked(home: Installation, words: tuple[str, ...], document: str) -> Sides:
    marks = ", ".join("?" for _ in words)
    return _summed(
        home.query(
            f"""
            select origin_entity, {document}, account_code, debit, credit
            from ledger_lines where voucher_word in ({marks}) and origin_entity is not null
            """,
            list(words),
        )
    )


def _summed(rows: list[tuple[str, str, str, Decimal, Decimal]]) -> Sides:
    sums: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for entity, document, account, debit, credit in rows:
        before = sums[entity, document, account]
        sums[entity, document, account] = (before[0] + debit, before[1] + credit)
    return dict(sums)


def test_invoices(sqlite_home: Installation) -> None:
    """Document currencies included: the cents of conversion stand on the account where Tryton puts them."""
    expected = _expected(sqlite_home, ("purchase_invoice", "sales_invoice"), "document_id")
    booked = _booked(sqlite_home, ("EXP", "REV"), "origin_document_id")
    assert len(booked) > 150
    assert any(account == "6.2.1" for _, _, account in expected)
    assert expected == booked


def test_stock_moves(sqlite_home: Installation) -> None:
    expected = _expected(sqlite_home, ("goods_receipt", "shipment", "stock_adjustment"), "line_id")
    booked = _booked(sqlite_home, ("STO",), "origin_line_id")
    assert len(booked) > 200
    # A movement is told by its direction too, which Tryton does not know.
    moves = {
        (entity, line.partition("/")[0], account): sums for (entity, line, account), sums in expected.items()
    }
    assert moves == booked


def test_payments(sqlite_home: Installation) -> None:
    """A payment is a voucher in Tryton: both sides are summed over the whole flow."""
    expected = sqlite_home.query(
        "select account_code, sum(debit), sum(credit) from expected_voucher_lines "
        "where event in ('payment', 'cash_receipt') group by all order by all"
    )
    booked = sqlite_home.query(
        "select account_code, sum(debit), sum(credit) from ledger_lines "
        "where voucher_word = 'CASH' group by all order by all"
    )
    assert expected == booked


def test_every_voucher_balances_and_nothing_is_missing_in_the_ledger(sqlite_home: Installation) -> None:
    assert sqlite_home.query("select count(*) from expected_vouchers")[0][0] > 200
    assert sqlite_home.query("select * from expected_vouchers where debit <> credit") == []
    assert sqlite_home.query("select * from voucher_drafts") == []
    assert sqlite_home.query("select * from unposted_documents") == []


@pytest.mark.parametrize("side", ["debit", "credit"])
def test_lines_sum_to_their_voucher(sqlite_home: Installation, side: str) -> None:
    differing = sqlite_home.query(
        f"""
        select voucher.expected_voucher_id
        from expected_vouchers as voucher
        left join (
            select expected_voucher_id, sum({side}) as {side} from expected_voucher_lines group by all
        ) as lines on voucher.expected_voucher_id = lines.expected_voucher_id
        where voucher.{side} is distinct from lines.{side}
        """
    )
    assert differing == []
