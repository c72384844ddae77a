"""Books that no pack and no demo knows come in as files: their figures stay, no finding but what was planted.

Five companies of one group with the same partners: one per estimate policy, each writing document numbers in
its own style, and a fifth in whose ledger mistakes are planted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.bridge.test_real_books import RESIDUALS
from tests.conftest import made_once
from tests.exam import files
from tests.exam.bookkeeping import Entry, Voucher, vouchers_of
from tests.exam.business import business_of
from tests.tryton.installation import Installation

POLICIES = {
    "G1": ("month_start_reversal", "invoice"),
    "G2": ("on_invoice_reversal", "shipment"),
    "G3": ("on_invoice_difference", "period_end"),
    "G4": ("gr_ir_realtime", "shipment"),
    "G5": ("month_start_reversal", "shipment"),
}
STYLES = {
    "G1": "{title}25{number:04d}",
    "G2": "{title}-2025-{number:04d}",
    "G3": "2025-{title}-{number:04d}",
    "G4": "{title}{number}",
    "G5": "{title}-2025-{number:04d}",
}
CLEAN = "company_code <> 'G5'"


def planted(vouchers: list[Voucher]) -> Iterator[Voucher]:
    """Yield the fifth company's vouchers with one mistake each in eight of them."""
    for voucher in vouchers:
        match voucher.event, voucher.number:
            case "purchase_invoice", "FP-2025-0002":
                continue
            case "sales_invoice", "XS-2025-0001":
                yield voucher
                yield voucher
            case "payment", "SF-2025-0001":
                cent = Decimal("0.01")
                more = [
                    replace(e, amount=e.amount + (cent if e.amount > 0 else -cent)) for e in voucher.entries
                ]
                yield replace(voucher, entries=tuple(more))
            case "sales_invoice", "XS-2025-0002":
                yield replace(voucher, day=voucher.day + timedelta(2), period=3)
            case "shipment", "CK-2025-0002":
                yield replace(voucher, entries=_with(voucher, "cogs", role="expense"))
            case "purchase_invoice", "FP-2025-0003":
                yield replace(voucher, entries=_with(voucher, "accounts_payable", partner="S-1"))
            case "purchase_invoice", "FP-2025-0004":  # a number that is nobody's, in the reference
                yield replace(voucher, number="FP-2025-0040", said="reference")
            case "sales_invoice", "XS-2025-0003":  # another document's number, in the summary
                yield replace(voucher, number="XS-2025-0004", said="summary")
            case _:
                yield voucher


def _with(voucher: Voucher, of: str, role: str = "", partner: str = "") -> tuple[Entry, ...]:
    return tuple(
        replace(entry, role=role or entry.role, partner=partner or entry.partner)
        if entry.role == of
        else entry
        for entry in voucher.entries
    )


def the_books() -> dict[str, list[Voucher]]:
    """Return what stands in the group's ledger."""
    books = {code: vouchers_of(business_of(code, STYLES[code]), *POLICIES[code]) for code in POLICIES}
    return books | {"G5": list(planted(books["G5"]))}


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home that ran once over the group's files."""

    def make(folder: Path) -> None:
        home = Installation.create(folder / "home")
        same = ", ".join(f'{code} = "{code}"' for code in POLICIES)
        sources = (
            f'[[source]]\nid = "{name}"\nsystem = "bills"\ncompanies = {{ {same} }}\n'
            for name in ("jxc", "cw")
        )
        with (home.folder / "bridgebook.toml").open("a", encoding="utf-8") as settings:
            settings.writelines(sources)
        files.write_business(
            home.folder / "inbox" / "jxc", [business_of(code, style) for code, style in STYLES.items()]
        )
        files.write_books(home.folder / "inbox" / "cw", the_books())
        files.write_rules(home.folder / "rules", POLICIES)
        home.run("run")

    return Installation(made_once(tmp_path_factory, "unseen-books", make) / "home")


def test_the_trial_balance_is_the_ledgers_own(group: Installation) -> None:
    rows = group.query("""
        select company_code, account_code, closing_amount from trial_balance
        where fiscal_year = 2025 and period_no = 4 and posting_scope = 'posted' and closing_amount <> 0
    """)
    told = {(company, account.rpartition("/")[2]): amount for company, account, amount in rows}
    assert told == files.balances(the_books())


@pytest.mark.parametrize(
    ("side", "account", "sign"), [("payables", "2202.01", -1), ("receivables", "1122.01", 1)]
)
def test_ageing_equals_the_control_account_of_each_company(
    group: Installation, side: str, account: str, sign: int
) -> None:
    rows = group.query(
        f"select company_code, sum(open_amount) from {side}_ageing where as_of_date = '2025-04-30' group by 1"
    )
    own = files.balances(the_books())
    assert dict(rows) == {code: sign * own[code, account] for code in POLICIES}


def test_every_bridge_closes_and_all_of_a_clean_ledger_is_matched(group: Installation) -> None:
    assert group.query(RESIDUALS) == []
    assert group.query(f"select finding_class, explanation_en from findings where {CLEAN}") == []
    (rates,) = group.query(f"""
        select min(match_rate_amount), min(match_rate_count), sum(matched_count) > 0
        from bridge_summary where {CLEAN}
    """)
    assert rates == (1, 1, True)


def test_who_gets_no_discount_needs_no_account_for_discounts(group: Installation) -> None:
    assert group.query("select document_no, account_role, reason from unposted_documents") == []
    assert group.query(f"select draft_id from voucher_drafts where {CLEAN}") == []
    paid = "select count(*) from expected_vouchers where event = 'payment' and company_code = 'G1'"
    assert group.query(paid) == [(3,)]


def test_exactly_what_was_planted_is_found(group: Installation) -> None:
    found = group.query("select finding_class, document_no, account_role, amount from findings")
    assert sorted((row[0], row[1], row[2], str(row[3].normalize())) for row in found) == [
        ("duplicate", "XS-2025-0001", "accounts_receivable", "813.6"),
        ("missing", "FP-2025-0002", "accounts_payable", "-1320.41"),
        ("wrong_account", "CK-2025-0002", "expense", "633.3"),
        ("wrong_amount", "SF-2025-0001", "accounts_payable", "0.01"),
        ("wrong_amount", "SF-2025-0001", "cash", "-0.01"),
        ("wrong_partner", "FP-2025-0003", "accounts_payable", "-439.01"),
        ("wrong_period", "XS-2025-0002", "accounts_receivable", "376.63"),
        ("wrong_reference", "FP-2025-0004", "accounts_payable", "0"),
        ("wrong_reference", "XS-2025-0003", "accounts_receivable", "0"),
    ]


def test_an_order_line_tells_its_life(group: Installation) -> None:
    lines = group.query("""
        select document_no, ordered_quantity, received_quantity, invoiced_quantity, invoiced_net_amount
        from procurement_lines where company_code = 'G1' and ordered_quantity > 0 order by document_no
    """)
    assert [(row[0], *map(int, row[1:4]), str(row[4])) for row in lines if row[0] < "PO250005"] == [
        ("PO250001", 100, 100, 100, "1020.0000"),
        ("PO250002", 50, 45, 45, "1051.6500"),
        ("PO250003", 100, 103, 103, "800.3100"),
        ("PO250004", 80, 60, 60, "930.0000"),
    ]
