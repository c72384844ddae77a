"""Prepare empty books in a Tryton 8.2 for vouchers that are told to it, and print what its books then hold.

usage: python -m tests.tryton.real.bookkeeping (prepare|moves) DATABASE CONFIGURATION FILE
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from proteus import Model
from proteus import config as proteus_config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear
from trytond.modules.company.tests.tools import create_company, get_company


def prepare() -> dict[str, Any]:
    """Create company, chart, fiscal year and a supplier; return what vouchers must name."""
    create_company()
    company = get_company()
    create_chart(company)
    year = create_fiscalyear(company, (date(2026, 1, 1), date(2026, 12, 31)))
    year.click("create_period")
    supplier = Model.get("party.party")(name="供应商甲", code="V001")
    supplier.save()
    accounts = Model.get("account.account")
    open_ones = [("closed", "=", False)]
    plain = [("type.expense", "=", True), ("party_required", "=", False)]
    (expense,) = accounts.find([*open_ones, *plain], limit=1)
    (payable,) = accounts.find([*open_ones, ("type.payable", "=", True)], limit=1)
    journal, *_ = Model.get("account.journal").find([("type", "=", "general")], order=[("code", "ASC")])
    return {
        "company": company.id,
        "journal": journal.code,
        "expense": expense.code,
        "payable": payable.code,
        "party": supplier.code,
        "currency": company.currency.code,
    }


def moves() -> list[dict[str, Any]]:
    """Return every move with its lines, amounts as text."""
    return [
        {
            "reference": move.description,
            "number": move.number,
            "state": move.state,
            "date": move.date.isoformat(),
            "lines": sorted(
                [line.account.code, str(line.debit), str(line.credit), line.party.code if line.party else ""]
                for line in move.lines
            ),
        }
        for move in Model.get("account.move").find([])
    ]


if __name__ == "__main__":
    task, database, configuration, file = sys.argv[1:]
    proteus_config.set_trytond(database, config_file=configuration)
    Path(file).write_text(json.dumps(prepare() if task == "prepare" else moves()), encoding="utf-8")
