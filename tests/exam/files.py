"""The group's files in two inboxes: documents under canonical names, the journal in Chinese."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.exam.bookkeeping import CHART, WITHOUT_ROLE, Voucher, month_end
from tests.exam.business import Business, D, Row
from tests.house.documents import REPOSITORY

NAMES = {
    "S-1": "临江轴承厂",
    "S-2": "东岭标准件公司",
    "S-3": "Northfield Tools",
    "C-1": "海城机电商行",
    "C-2": "远川设备公司",
    "C-3": "Alder Trading",
}
ACCOUNT_FOR = {role: role for role in CHART if role not in WITHOUT_ROLE} | {"rounding": "exchange_difference"}


def write_business(inbox: Path, group: Sequence[Business]) -> None:
    """Write the documents of all companies, one file per entity."""
    for entity in group[0].rows:
        _write(inbox / f"{entity}.csv", [line for one in group for line in one.lines(entity)])
    _write(inbox / "settlements.csv", [line for one in group for line in one.settlements])
    _write(inbox / "partners.csv", [_partner(code, code) for code in NAMES])
    _write(inbox / "items.csv", [{"item_code": "I-01", "item_name": "轴承", "item_kind": "goods"}])
    _write(inbox / "companies.csv", _companies(group))


def write_books(inbox: Path, group: Mapping[str, Sequence[Voucher]]) -> None:
    """Write ledger, chart, partners and journal; partners have codes of their own here."""
    _write(inbox / "companies.csv", [_company(code) for code in group])
    _write(
        inbox / "ledgers.csv",
        [
            {
                "ledger_code": "ZZ",
                "company_code": code,
                "ledger_kind": "法定",
                "chart_code": "MJ",
                "currency_code": "CNY",
                "is_primary": "是",
            }
            for code in group
        ],
    )
    months = [date(2025, month, 1) for month in range(1, 5)]
    _write(
        inbox / "fiscal_periods.csv",
        [
            {
                "company_code": code,
                "fiscal_year": 2025,
                "period_no": first.month,
                "start_date": first,
                "end_date": month_end(first),
            }
            for code in group
            for first in months
        ],
    )
    _write(
        inbox / "accounts.csv",
        [
            {
                "chart_code": "MJ",
                "account_code": code,
                "account_name": name,
                "account_type": kind,
                "normal_side": side,
                "account_role_hint": None if role in WITHOUT_ROLE else role,
            }
            for role, (code, name, kind, side) in CHART.items()
        ],
    )
    _write(inbox / "partners.csv", [_partner(code, ledger_code(code)) for code in NAMES])
    lines = [row for code, vouchers in group.items() for row in journal(code, vouchers)]
    _write(inbox / "凭证分录.csv", _in_chinese("journal_lines", lines), encoding="gb18030")


def write_rules(rules: Path, policies: Mapping[str, tuple[str, str]]) -> None:
    """Write what only the company can say: whose code is whose, how it estimates, its accounts by role."""
    rules.mkdir()
    mapped = {"entity": "partners", "source_id": "cw", "valid_from": None, "valid_to": None}
    _write(
        rules / "master_map.csv",
        [
            {
                **mapped,
                "partner_kind": _kind(code),
                "source_code": ledger_code(code),
                "master_code": code,
                "approved_by": "controller",
            }
            for code in NAMES
        ],
    )
    said = [
        (policy, company, value)
        for company, (estimate, cost) in policies.items()
        for policy, value in (("estimate", estimate), ("cost", cost), ("voucher_words", "general"))
    ]
    empty = {"chart_code": None, "valid_from": None, "valid_to": None, "reason": "exam"}
    _write(
        rules / "accounting_policies.csv",
        [
            {"policy": policy, "company_code": company, "value": value, **empty}
            for policy, company, value in said
        ],
    )
    shipped = (REPOSITORY / "dbt_project" / "seeds" / "account_determination.csv").read_text(encoding="utf-8")
    names = shipped.splitlines()[0].split(",")
    _write(
        rules / "account_determination.csv",
        [
            dict.fromkeys(names)
            | {"account_role": role, "chart_code": "MJ", "account_code": CHART[same][0], "reason": "exam"}
            for role, same in ACCOUNT_FOR.items()
        ],
    )


def journal(company: str, vouchers: Sequence[Voucher]) -> list[Row]:
    """Return the lines of a company's vouchers, numbered by month."""
    lines: list[Row] = []
    numbers: dict[int, int] = {}
    for voucher in vouchers:
        number = numbers[voucher.period] = numbers.get(voucher.period, 0) + 1
        key = f"{company}-{voucher.period}-{number}"
        partner = next((entry.partner for entry in voucher.entries if entry.partner), None)
        summary = voucher.summary or f"{voucher.event} {NAMES.get(partner or '', '')}"
        if voucher.said == "summary":
            summary += f" {voucher.number} 附件2张"
        for position, entry in enumerate(voucher.entries, start=1):
            on_debit = (entry.amount > 0) != entry.red
            lines.append(
                {
                    "ledger_code": "ZZ",
                    "voucher_id": key,
                    "line_id": f"{key}-{position}",
                    "voucher_word": "记",
                    "voucher_no": number,
                    "line_no": position,
                    "company_code": company,
                    "fiscal_year": 2025,
                    "period_no": voucher.period,
                    "posting_date": voucher.day,
                    "account_code": CHART[entry.role][0],
                    "summary": summary,
                    "debit": entry.amount if on_debit else 0,
                    "credit": 0 if on_debit else -entry.amount,
                    "partner_kind": entry.partner and _kind(entry.partner),
                    "partner_code": entry.partner and ledger_code(entry.partner),
                    "status": "已记账",
                    "entry_kind": "期初" if voucher.period == 0 else None,
                    "origin_entity": voucher.entity if voucher.said == "reference" else None,
                    "origin_document_no": voucher.number if voucher.said == "reference" else None,
                }
            )
    return lines


def balances(group: Mapping[str, Sequence[Voucher]]) -> dict[tuple[str, str], Decimal]:
    """Return what every account of every company closes with, from the vouchers alone."""
    sums: dict[tuple[str, str], Decimal] = {}
    for company, vouchers in group.items():
        for voucher in vouchers:
            for entry in voucher.entries:
                key = company, CHART[entry.role][0]
                sums[key] = sums.get(key, D(0)) + entry.amount
    return {key: amount for key, amount in sums.items() if amount}


def ledger_code(partner: str) -> str:
    """Return the code of a partner in the finance system."""
    return ("GYS" if partner.startswith("S") else "KH") + partner[2:].zfill(3)


def _kind(partner: str) -> str:
    return "supplier" if partner.startswith("S") else "customer"


def _partner(partner: str, code: str) -> Row:
    tax_id = f"91310000MA{sorted(NAMES).index(partner):08d}"
    name = NAMES[partner]
    return {"partner_kind": _kind(partner), "partner_code": code, "partner_name": name, "tax_id": tax_id}


def _companies(group: Sequence[Business]) -> list[Row]:
    return [_company(one.company) for one in group]


def _company(code: str) -> Row:
    return {"company_code": code, "company_name": f"{code} 五金有限公司", "base_currency_code": "CNY"}


def _in_chinese(entity: str, rows: Sequence[Row]) -> list[Row]:
    with (REPOSITORY / "dbt_project" / "seeds" / "canonical_columns.csv").open(encoding="utf-8") as file:
        heads = {line["column"]: line["zh"] for line in csv.DictReader(file) if line["entity"] == entity}
    return [{heads[name]: value for name, value in row.items()} for row in rows]


def _write(file: Path, rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(rows)
