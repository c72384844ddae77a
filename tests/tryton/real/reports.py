"""Print Tryton's own reports to CSV files, in the columns of tests/data/tryton82/oracle.

usage: python -m tests.tryton.real.reports DATABASE CONFIGURATION FOLDER
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from trytond.config import config
from trytond.pool import Pool
from trytond.transaction import Transaction

LAST = date(2026, 2, 28)
DAYS = (date(2025, 6, 30), date(2025, 12, 31), LAST)
Rows = Iterable[tuple[object, ...]]


def main() -> None:
    """Read the command line and write every report."""
    database, configuration, folder = sys.argv[1:]
    config.update_etc(configuration)
    Pool.start()
    pool = Pool(database)
    pool.init()
    with Transaction().start(database, 0, readonly=True):
        user = pool.get("res.user").search([("login", "=", "admin")])[0].id
    with Transaction().start(database, user, readonly=True, context={"company": 1}) as transaction:
        printer = Printer(pool, transaction)
        for name, head, rows in (
            ("trial_balance", "posted_only span from to account_code account_name "
             "start_balance debit credit end_balance", printer.trial_balance()),
            ("balance_sheet", "date type_id type amount", printer.balance_sheet()),
            ("income_statement", "from to type_id type amount", printer.income_statement()),
            ("aged_balance", "date type party current d30 d60 d90 balance", printer.aged_balance()),
            ("tax_codes", "year code amount", printer.tax_codes()),
            ("stock", "date code name quantity", printer.stock()),
        ):  # fmt: skip
            _write(Path(folder) / f"{name}.csv", head.split(), rows)


def _write(file: Path, head: list[str], rows: Rows) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerow(head)
        writer.writerows(rows)


class Printer:
    """Holds the models and the transaction whose context the reports read."""

    def __init__(self, pool: Any, transaction: Any) -> None:
        self.model, self.context = pool.get, transaction.set_context
        self.years = self.model("account.fiscalyear").search([], order=[("start_date", "ASC")])

    def trial_balance(self) -> Iterator[tuple[object, ...]]:
        """The general ledger of every account with movement or balance, by year and by month."""
        for posted in (True, False):
            for year, start, end, span in self._spans():
                names = {"fiscalyear": year.id, "from_date": start, "to_date": end, "posted": posted}
                with self.context(company=1, **names):
                    for row in self.model("account.general_ledger.account").search([]):
                        if row.debit or row.credit or row.start_balance:
                            amounts = (row.start_balance, row.debit, row.credit, row.end_balance)
                            yield (posted, span, start, end, row.account.code, row.account.name, *amounts)

    def balance_sheet(self) -> Iterator[tuple[object, ...]]:
        """The balance sheet at every day."""
        for day in DAYS:
            with self.context(company=1, date=day, posted=True, cumulate=True):
                for line in self._types("balance"):
                    yield (day, line.id, line.name, line.amount)

    def income_statement(self) -> Iterator[tuple[object, ...]]:
        """The income statement by year and by month."""
        for year, start, end, _ in self._spans():
            with self.context(company=1, fiscalyear=year.id, from_date=start, to_date=end, posted=True):
                for line in self._types("income"):
                    yield (start, end, line.id, line.name, line.amount)

    def aged_balance(self) -> Iterator[tuple[object, ...]]:
        """The aged balance of customers and suppliers at every day."""
        terms = {"term1": 30, "term2": 60, "term3": 90, "unit": "day"}
        for day in DAYS:
            for side in ("customer", "supplier"):
                with self.context(company=1, type=side, date=day, posted=True, **terms):
                    for row in self.model("account.aged_balance").search([]):
                        yield (
                            day,
                            side,
                            row.party.name,
                            row.term0,
                            row.term1,
                            row.term2,
                            row.term3,
                            row.balance,
                        )

    def tax_codes(self) -> Iterator[tuple[object, ...]]:
        """The tax report of the first year."""
        year = self.years[0]
        Code = self.model("account.tax.code")
        with self.context(company=1, fiscalyear=year.id, periods=[period.id for period in year.periods]):
            for code in Code.search([]):
                yield (year.name, code.name, code.amount)

    def stock(self) -> Iterator[tuple[object, ...]]:
        """Quantities in the warehouse at the year's end and the last day."""
        (warehouse,) = self.model("stock.location").search([("type", "=", "warehouse")])
        for day in DAYS[1:]:
            with self.context(locations=[warehouse.id], stock_date_end=day, with_childs=True):
                for product in self.model("product.product").search([("type", "=", "goods")]):
                    yield (day, product.code, product.template.name, product.quantity)

    def _spans(self) -> Iterator[tuple[Any, date, date, str]]:
        for year in self.years:
            yield year, year.start_date, year.end_date, "year"
            for period in year.periods:
                if period.start_date <= LAST:
                    yield year, period.start_date, period.end_date, "month"

    def _types(self, statement: str) -> list[Any]:
        found = self.model("account.account.type").search(
            [("statement", "=", statement), ("company", "=", 1)]
        )
        return [line for line in found if line.amount]


if __name__ == "__main__":
    main()
