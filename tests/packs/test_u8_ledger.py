"""U8's general ledger: two columns, red and void vouchers, period 0, yearly databases, its own sums."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.packs.conftest import Canonical
from tests.packs.vendor import VendorDatabase, rows_of
from tests.tryton.installation import Installation

D = Decimal
_ids = iter(range(1, 100_000))


def voucher(
    database: VendorDatabase, year: int, period: int, number: int, *lines: dict[str, Any], **head: Any
) -> None:
    """Add one posted voucher, word 记, dated at the fifth of its month."""
    stated = {
        "csign": "记",
        "isignseq": 1,
        "ibook": 1,
        "cbill": "张三",
        "ccheck": "李四",
        "cbook": "王五",
    } | head
    for position, line in enumerate(lines, 1):
        database.add(
            "GL_accvouch",
            **{
                "i_id": next(_ids),
                "iyear": year,
                "iperiod": period,
                "ino_id": number,
                "inid": position,
                "md": 0,
                "mc": 0,
                "dbill_date": f"{year}-{period:02d}-05",
                **stated,
                **line,
            },
        )


def summed(
    database: VendorDatabase, year: int, period: int, code: str, opening: str, debit: str, credit: str
) -> None:
    """Add a row of GL_accsum: signed opening, turnovers; sides in words as U8 keeps them."""
    closing = D(opening) + D(debit) - D(credit)
    side = {1: "借", 0: "平", -1: "贷"}
    first, last = D(opening).compare(0), closing.compare(0)
    database.add(
        "GL_accsum",
        i_id=next(_ids),
        iyear=year,
        iperiod=period,
        ccode=code,
        cbegind_c=side[int(first)],
        mb=abs(D(opening)),
        md=D(debit),
        mc=D(credit),
        cendd_c=side[int(last)],
        me=abs(closing),
    )


@rows_of("u8_001_2025")
def books_of_2025(database: VendorDatabase) -> None:
    """2025 began with 1,000.00 in the bank, for which only the sums vouch."""
    voucher(
        database,
        2025,
        11,
        1,
        {"ccode": "1405", "md": D("300.00")},
        {"ccode": "220201", "mc": D("300.00"), "csup_id": "V01"},
    )
    voucher(
        database,
        2025,
        12,
        1,
        {"ccode": "1122", "md": D("500.00"), "ccus_id": "C01"},
        {"ccode": "6001", "mc": D("500.00")},
    )
    voucher(
        database,
        2025,
        12,
        2,
        {"ccode": "6001", "md": D("500.00")},
        {"ccode": "4103", "mc": D("500.00")},
        cdigest="结转本期损益",
    )
    for code, opening in (("100201", "1000.00"), ("4001", "-1000.00")):
        for period in (11, 12):
            summed(database, 2025, period, code, opening, "0", "0")
    summed(database, 2025, 11, "1405", "0", "300.00", "0")
    summed(database, 2025, 12, "1405", "300.00", "0", "0")
    summed(database, 2025, 11, "220201", "0", "0", "300.00")
    summed(database, 2025, 12, "220201", "-300.00", "0", "0")
    # The account above repeats the sum.
    summed(database, 2025, 12, "2202", "-300.00", "0", "0")
    summed(database, 2025, 12, "1122", "0", "500.00", "0")
    summed(database, 2025, 12, "6001", "0", "500.00", "500.00")
    summed(database, 2025, 12, "4103", "0", "0", "500.00")
    database.add("GL_mend", iyear=2025, iperiod=11, bflag=1, bflag_AP=1)
    database.add("GL_mend", iyear=2025, iperiod=12, bflag=0, bflag_AP=1)


@rows_of("u8_001_2026")
def books_of_2026(database: VendorDatabase) -> None:
    """The next year's database opens with period 0 for accounts with partners, with sums for the rest."""
    voucher(
        database,
        2026,
        0,
        1,
        {"ccode": "1122", "md": D("500.00"), "ccus_id": "C01"},
        csign=None,
        ibook=0,
        dbill_date=None,
    )
    voucher(
        database,
        2026,
        0,
        1,
        {"ccode": "220201", "mc": D("300.00"), "csup_id": "V01"},
        csign=None,
        ibook=0,
        dbill_date=None,
    )
    for code, opening in (
        ("100201", "1000.00"),
        ("1405", "300.00"),
        ("1122", "500.00"),
        ("220201", "-300.00"),
        ("4001", "-1000.00"),
        ("4103", "-500.00"),
    ):
        turnover = {
            "100201": ("0", "300.00"),
            "220201": ("300.00", "0"),
            "1405": ("-50.00", "0"),
            "4103": ("0", "0"),
        }
        debit, credit = turnover.get(code, ("0", "0"))
        summed(database, 2026, 1, code, opening, debit, credit)
    summed(database, 2026, 1, "220202", "0", "0", "-50.00")
    # A payment of January, a red estimate, a void voucher that U8 has "posted", and two not yet posted.
    voucher(
        database,
        2026,
        1,
        1,
        {"ccode": "220201", "md": D("300.00"), "csup_id": "V01"},
        {"ccode": "100201", "mc": D("300.00")},
    )
    voucher(
        database,
        2026,
        1,
        2,
        {"ccode": "1405", "md": D("-50.00")},
        {"ccode": "220202", "mc": D("-50.00"), "csup_id": "V01"},
        cdigest="冲销暂估",
        cblueoutno_id="记-9",
    )
    voucher(
        database,
        2026,
        1,
        3,
        {"ccode": "6602", "md": D("77.00")},
        {"ccode": "100201", "mc": D("77.00")},
        iflag=1,
    )
    voucher(
        database,
        2026,
        1,
        4,
        {"ccode": "6602", "md": D("8.00"), "cdept_id": "01"},
        {"ccode": "100201", "mc": D("8.00")},
        ibook=0,
        cbook=None,
    )
    voucher(
        database,
        2026,
        1,
        5,
        {"ccode": "6602", "md": D("9.00")},
        {"ccode": "100201", "mc": D("9.00")},
        ibook=0,
        cbook=None,
        ccheck=None,
    )
    voucher(
        database,
        2026,
        1,
        6,
        {"ccode": "6602", "md": D("6.00")},
        {"ccode": "100201", "mc": D("6.00")},
        ibook=0,
        iflag=2,
    )


@rows_of("u8_001_2026")
def balances_by_dimension(database: VendorDatabase) -> None:
    """A customer also in dollars, which its whole balance holds; a project without one; a cash flow item."""
    told = {
        "iyear": 2026,
        "iperiod": 1,
        "md": 0,
        "mc": 0,
        "cbegind_c": "平",
        "mb": 0,
        "cendd_c": "平",
        "me": 0,
    }
    for number, row in enumerate(
        (
            {"ccode": "1122", "ccus_id": "C01", "cbegind_c": "借", "mb": D("500.00"), "cendd_c": "借",
             "me": D("500.00")},
            {"ccode": "1122", "ccus_id": "C01", "cexch_name": "美元", "cendd_c": "借", "me": D("70.00")},
            {"ccode": "220201", "csup_id": "V01", "cbegind_c": "贷", "mb": D("300.00"), "md": D("300.00")},
            {"ccode": "220202", "csup_id": "V01", "mc": D("-50.00"), "cendd_c": "借", "me": D("50.00")},
            {"ccode": "1405", "citem_class": "00", "citem_id": "P1", "cexch_name": "美元", "cendd_c": "贷",
             "me": D("20.00")},
            {"ccode": "1405", "citem_class": "00", "citem_id": "P1", "cexch_name": "日元", "cendd_c": "借",
             "me": D("20.00")},
            {"ccode": "100201", "citem_class": "98", "citem_id": "01", "cendd_c": "借", "me": D("7.00")},
        )
    ):  # fmt: skip
        database.add("GL_accass", i_id=number + 1, **{**told, **row})


def test_balances_by_dimension_are_signed_and_counted_once(canonical: Canonical) -> None:
    dimensions = "account_code, partner_kind, partner_code, project_code"
    columns = f"{dimensions}, opening_amount, debit, credit, closing_amount"
    rows = canonical("u8", "account_balances", columns, source_id="u8_001_2026", period_no=1)
    zero = D("0.0000")
    assert [row for row in rows if row[2] or row[3]] == [
        ("1122", "customer", "C01", None, D("500.0000"), zero, zero, D("500.0000")),
        ("1405", None, None, "P1", zero, zero, zero, zero),
        ("220201", "supplier", "V01", None, D("-300.0000"), D("300.0000"), zero, zero),
        ("220202", "supplier", "V01", None, zero, zero, D("-50.0000"), D("50.0000")),
    ]


def test_balances_by_dimension_are_controlled(group: Installation) -> None:
    rows = group.query(
        "select control_kind, account_code, partner_code, reported_amount, our_amount, is_equal "
        "from control_totals where source_id = 'u8_001_2026' and control_kind <> 'account' order by all"
    )
    assert rows == [
        ("auxiliary", "1405", None, D("0.0000"), D("0.0000"), True),
        ("partner", "1122", "C01", D("500.0000"), D("500.0000"), True),
        ("partner", "220201", "V01", D("0.0000"), D("0.0000"), True),
        ("partner", "220202", "V01", D("50.0000"), D("50.0000"), True),
    ]


def test_the_trial_balance_equals_the_ledgers_own_sums_for_every_account_and_period(
    group: Installation,
) -> None:
    rows = group.query(
        "select source_id, fiscal_year, period_no, account_code, closing_amount, "
        "reported_closing_amount, difference_amount "
        "from trial_balance where source_id like 'u8_001_%' and posting_scope = 'posted' "
        "and reported_closing_amount is not null "
        "order by all"
    )
    assert len(rows) >= 15
    assert [row for row in rows if row[6] != 0] == []
    assert ("u8_001_2025", 2025, 12, "100201", D("1000.0000"), D("1000.0000"), D("0.0000")) in rows
    assert ("u8_001_2026", 2026, 1, "100201", D("700.0000"), D("700.0000"), D("0.0000")) in rows


def test_the_sums_of_a_heading_are_left_to_the_accounts_below_it(canonical: Canonical) -> None:
    found = canonical(
        "u8", "account_balances", "account_code, closing_amount", source_id="u8_001_2025", period_no=12
    )
    assert ("220201", D("-300.0000")) in found
    assert "2202" not in [code for code, _ in found]


def test_openings_come_from_period_0_or_else_from_the_sums(canonical: Canonical) -> None:
    columns = "account_code, debit, credit, partner_code, posting_date, status, entry_kind"
    lines = canonical("u8", "journal_lines", columns, source_id="u8_001_2026", period_no=0)
    day = date(2026, 1, 1)
    assert lines == [
        ("100201", D("1000.0000"), D("0.0000"), None, day, "posted", "opening"),
        ("1122", D("500.0000"), D("0.0000"), "C01", day, "posted", "opening"),
        ("1405", D("300.0000"), D("0.0000"), None, day, "posted", "opening"),
        ("220201", D("0.0000"), D("300.0000"), "V01", day, "posted", "opening"),
        ("4001", D("0.0000"), D("1000.0000"), None, day, "posted", "opening"),
        ("4103", D("0.0000"), D("500.0000"), None, day, "posted", "opening"),
    ]


def test_a_red_voucher_is_negative_in_its_own_column(canonical: Canonical) -> None:
    columns = "account_code, debit, credit, amount, is_red, reverses_voucher_id"
    assert canonical("u8", "journal_lines", columns, voucher_id="2026/1/记/2") == [
        ("1405", D("-50.0000"), D("0.0000"), D("-50.0000"), True, "记-9"),
        ("220202", D("0.0000"), D("-50.0000"), D("50.0000"), True, "记-9"),
    ]


def test_a_void_voucher_counts_nowhere_even_when_it_is_posted(
    canonical: Canonical, group: Installation
) -> None:
    assert canonical("u8", "journal_lines", "status", voucher_id="2026/1/记/3") == [("void",), ("void",)]
    assert group.query(
        "select count(*) from ledger_lines where voucher_no = '3' and source_id = 'u8_001_2026'"
    ) == [(0,)]
    assert group.query(
        "select count(*) from unposted_ledger_lines where voucher_no = '3' and source_id = 'u8_001_2026'"
    ) == [(0,)]


def test_unposted_vouchers_are_reviewed_or_drafts(canonical: Canonical) -> None:
    states = {
        no: canonical("u8", "journal_lines", "distinct status", voucher_id=f"2026/1/记/{no}")
        for no in (4, 5, 6)
    }
    assert states == {4: [("reviewed",)], 5: [("draft",)], 6: [("reviewed",)]}


def test_what_moves_the_result_is_a_closing_entry(canonical: Canonical) -> None:
    kinds = canonical("u8", "journal_lines", "voucher_id, entry_kind", source_id="u8_001_2025", period_no=12)
    assert kinds == [("2025/12/记/1", "manual")] * 2 + [("2025/12/记/2", "closing")] * 2


def test_the_company_is_the_account_set_that_the_sources_name_tells(
    canonical: Canonical, group: Installation
) -> None:
    assert canonical("u8", "companies", "source_id, company_code, company_name, base_currency_code") == [
        ("u8_001_2025", "001", "恒远制造", "CNY"),
        ("u8_001_2026", "001", "恒远制造", "CNY"),
        ("u8_003", "003", "恒远零售", "CNY"),
    ]
    assert group.query("select distinct company_code from ledger_lines where source_id like 'u8_001%'") == [
        ("HY01",)
    ]


def test_both_yearly_ledgers_are_primary_and_the_feeder_book_is_not(group: Installation) -> None:
    rows = group.query(
        "select source_id, ledger_code, is_primary from ledgers where company_code = 'HY01' order by all"
    )
    assert rows == [("sap", "FI", False), ("u8_001_2025", "GL", True), ("u8_001_2026", "GL", True)]


def test_accounts_know_their_class_grade_and_a_hint_of_their_role(canonical: Canonical) -> None:
    columns = "account_code, account_type, normal_side, parent_account_code, is_leaf, account_role_hint"
    found = {row[0]: row[1:] for row in canonical("u8", "accounts", columns, source_id="u8_003")}
    assert found["100202"] == ("asset", "debit", "1002", True, "cash")
    assert found["220201"] == ("liability", "credit", "2202", True, "accounts_payable")
    assert found["220202"] == ("liability", "credit", "2202", True, "grni")
    assert found["222101"] == ("liability", "credit", "2221", True, "input_vat")
    assert found["6001"] == ("revenue", "credit", None, True, "revenue")
    assert found["6602"] == ("expense", "debit", None, True, None)
    assert found["1002"][3] is False


def test_closing_flags_are_period_statuses_by_module(canonical: Canonical) -> None:
    assert canonical("u8", "period_statuses", "period_no, module, status", source_id="u8_001_2025") == [
        (11, "ap", "closed"),
        (11, "gl", "closed"),
        (12, "ap", "closed"),
        (12, "gl", "open"),
    ]


@rows_of("u8_003")
def foreign_voucher(database: VendorDatabase) -> None:
    """100.00 USD at 7.1, and 10,000 JPY whose rate divides: 20.5 JPY for one yuan."""
    voucher(
        database,
        2026,
        2,
        1,
        {"ccode": "100202", "md": D("710.00"), "md_f": D("100.00"), "cexch_name": "美元", "nfrat": D("7.1")},
        {
            "ccode": "1122",
            "mc": D("487.80"),
            "mc_f": D("10000"),
            "cexch_name": "日元",
            "nfrat": D("20.5"),
            "ccus_id": "C01",
        },
        {"ccode": "6603", "mc": D("222.20"), "nc_s": D("3")},
    )


def test_currencies_have_codes_and_rates_multiply_or_divide(canonical: Canonical) -> None:
    columns = "account_code, amount, currency_code, exchange_rate, currency_amount, quantity"
    assert canonical("u8", "journal_lines", columns, source_id="u8_003", voucher_id="2026/2/记/1") == [
        ("100202", D("710.0000"), "USD", D("7.1000000000"), D("100.0000"), D("0.000000")),
        ("1122", D("-487.8000"), "JPY", D("0.0487804878"), D("-10000.0000"), D("0.000000")),
        ("6603", D("-222.2000"), "CNY", D("1.0000000000"), D("-222.2000"), D("-3.000000")),
    ]


@rows_of("u8_003")
def vouchers_with_origins(database: VendorDatabase) -> None:
    """Vouchers that name a receipt by number, an invoice by internal id, one that nobody knows, and SAP's."""
    database.add("RdRecord01", ID=9001, cCode="RK9001", dDate="2026-03-01", cVenCode="V01", bredvouch=0)
    database.add(
        "PurBillVouch",
        PBVID=9002,
        cPBVCode="CF9002",
        cPBVBillType="01",
        dPBVDate="2026-03-02",
        cVenCode="V01",
        cexch_name="人民币",
        cExchRate=1,
        bNegative=0,
    )
    references = (
        ("IA", "01", "RK9001"),
        ("AP", "01", "9002"),
        ("AP", "01", "CF0000"),
        ("SAP", "RMRP", "5105600001"),
    )
    for number, (system, kind, name) in enumerate(references, 1):
        voucher(
            database,
            2026,
            3,
            number,
            {"ccode": "1405", "md": D(1)},
            {"ccode": "220201", "mc": D(1), "csup_id": "V01"},
            coutsysname=system,
            coutbillsign=kind,
            coutid=name,
        )


def test_a_voucher_names_its_document_by_number_or_by_id(canonical: Canonical) -> None:
    columns = (
        "distinct voucher_no, origin_system, origin_entity, origin_document_id, "
        "origin_document_no, entry_kind"
    )
    assert canonical("u8", "journal_lines", columns, source_id="u8_003", period_no=3) == [
        ("1", "u8_003", "goods_receipts", "9001", "RK9001", "document"),
        ("2", "u8_003", "purchase_invoices", "9002", "CF9002", "document"),
        ("3", "u8_003", None, None, "CF0000", "document"),
        ("4", "SAP", "RMRP", None, "5105600001", "document"),
    ]
