"""Every difference is planted, labelled, and findable where its label says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bridgebook.demo.group import GroupBooks, write_group
from tests.demo_group.conftest import Ask, ask_file
from tests.demo_group.test_books_hold import labels_of

DEFECTS = {
    "missing", "duplicate", "wrong_amount", "wrong_period", "wrong_account", "wrong_partner",
    "wrong_reference",
    "ambiguous", "unbalanced", "manual_unexplained", "manual_sales",
}  # fmt: skip
LAWFUL = {
    "cut_off", "open_order", "over_delivery", "cancelled_order", "closed_short", "input_vat_pending",
    "input_vat_not_deducted", "input_transfer_out", "simplified_rate", "import_vat", "foreign_currency",
    "exchange_realised", "exchange_revaluation", "estimate", "price_variance", "freight", "trade_discount",
    "cash_discount", "purchase_rebate", "purchase_return", "allowance", "free_goods", "consignment_in",
    "subcontracting",
    "prepayment", "expense_purchase", "asset_purchase", "internal_purchase", "unit_conversion", "rounding",
    "reclassification", "signed_earlier", "shipped_not_invoiced", "consignment_out",
    "bill_and_hold", "uninvoiced_revenue", "output_vat_pending", "deemed_sale", "deemed_sale_tax",
    "export", "export_refund_difference", "sales_rebate", "sales_return", "refund_liability",
    "over_time_revenue",
    "agent_net", "advance_receipt", "freight_billed", "price_adjustment", "bad_debt", "internal_sale",
    "cost_not_final", "note",
}  # fmt: skip


def test_every_kind_of_difference_is_planted(books: GroupBooks) -> None:
    assert {kind for kind in DEFECTS | LAWFUL if not books.labels.get(kind)} == set()


def test_clean_books_have_lawful_differences_and_no_mistakes(clean: GroupBooks) -> None:
    assert {kind for kind, count in clean.labels.items() if count} & DEFECTS == set()
    assert {kind for kind in LAWFUL if not clean.labels.get(kind)} == set()


def test_labels_name_lines_that_exist(books: GroupBooks) -> None:
    seen: Counter[str] = Counter()
    for row in labels_of(books.labels_path)[::17]:
        for name in row["voucher_line"].split():
            database, table, number = name.split("/")
            assert ask_file(
                books.databases[database], f"select count(*) from {table} where i_id = {number}"
            ) == [(1,)]
            seen["voucher"] += 1
        if row["document_line"]:
            table, *key = row["document_line"].split("/")
            database = "sap" if table.isupper() else "u8_003"
            columns = {
                "EKPO": "EBELN EBELP", "MSEG": "MBLNR MJAHR ZEILE", "RSEG": "BELNR GJAHR BUZEI",
                "VBRP": "VBELN POSNR",
                "VBAP": "VBELN POSNR", "BSEG": "BUKRS BELNR GJAHR BUZEI", "PO_Podetails": "ID",
                "rdrecords01": "AutoID",
                "PurBillVouchs": "ID", "SO_SODetails": "iSOsID", "DispatchLists": "iDLsID",
                "SaleBillVouchs": "AutoID",
                "Ap_CloseBills": "ID",
            }[table].split()  # fmt: skip
            where = " and ".join(f"{column} = '{value}'" for column, value in zip(columns, key, strict=False))
            found = ask_file(books.databases[database], f"select count(*) from {table} where {where}")[0][0]
            assert found == 1 if len(key) == len(columns) else found >= 1, row
            seen["document"] += 1
    assert seen["document"] > 200
    assert seen["voucher"] > 5


def test_a_wrong_amount_stands_in_the_voucher_line_it_names(books: GroupBooks) -> None:
    """The two labels of a wrong amount are opposite: what one line has too much the other has too."""
    wrong = [row for row in labels_of(books.labels_path) if row["kind"] == "wrong_amount"]
    assert round(sum(float(row["amount"]) for row in wrong), 2) == 0
    assert all(row["voucher_line"] for row in wrong)


def test_pairs_of_defects_stand_on_one_voucher(books: GroupBooks) -> None:
    pairs: dict[str, set[str]] = {}
    for row in labels_of(books.labels_path):
        if row["pair_id"]:
            pairs.setdefault(row["pair_id"], set()).add(row["kind"])
    assert {"wrong_period", "wrong_amount"} in pairs.values()
    assert {"ambiguous"} in pairs.values()


def test_vouchers_lose_references_numbers_and_lines_as_they_do_in_life(ledgers: list[str], ask: Ask) -> None:
    total = without = numbered = 0
    for name in ledgers:
        rows = ask(
            name,
            "select max(coutid is not null), min(cdigest) from GL_accvouch where iperiod > 0"
            " group by iyear, iperiod, csign, ino_id",
        )
        total += len(rows)
        without += sum(1 for has, _ in rows if not has)
        numbered += sum(1 for has, text in rows if not has and re.search(r"\d{8}", text))
    assert without / total > 0.3
    assert numbered > 0


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path: Path) -> None:
    written = [
        write_group(tmp_path / name, scale=0.005, seed=seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    for name in written[0].databases:
        one, two, three = (books.databases[name].read_bytes() for books in written)
        assert one == two
        assert one != three
    texts = [books.labels_path.read_bytes() for books in written]
    assert texts[0] == texts[1] != texts[2]
