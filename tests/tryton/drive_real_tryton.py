"""Drive a real Tryton 8.2 and compare: install, do business, print its reports, sync, compare all figures.

usage: python -m tests.tryton.drive_real_tryton --folder FOLDER [--seed N] [--purchases N] [--sales N]

Needs PostgreSQL and a package index; takes some CPU minutes. Business is done twice: the second time the
product reads what was added and changed, and must be equal again.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from tests.tryton import oracle
from tests.tryton.installation import Installation, SourceText
from tests.tryton.oracle import Figures, differences

PACKAGES = (
    "trytond>=8.2,<8.3", "proteus>=8.2,<8.3", "psycopg[binary]", "psycopg_pool", "pycountry", "forex-python",
    *(
        f"trytond-{name}>=8.2,<8.3"
        for name in ("account-invoice-stock", "account-stock-continental", "account-invoice-correction",
                     "account-statement", "account-asset", "purchase", "sale", "bank")
    ),
)  # fmt: skip
MODULES = (
    "purchase", "sale", "account_stock_continental", "account_invoice_stock", "account_statement",
    "account_asset", "account_invoice_correction", "bank",
)  # fmt: skip
POSTGRESQL = os.environ.get(
    "BRIDGEBOOK_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
DATABASE = "bridgebook_real_tryton"
ROOT = Path(__file__).parents[2]
Mart = Callable[[Installation, str, Figures], Figures]


class Tryton:
    """A Tryton in a folder of its own: its environment, configuration and database."""

    def __init__(self, folder: Path, server: sa.URL) -> None:
        self.folder, self.server = folder, server
        self.programs = folder / "venv" / "bin"
        self.configuration = folder / "trytond.conf"

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of its database."""
        return self.server.set(database=DATABASE).render_as_string(hide_password=False)

    def install(self) -> None:
        """Install Tryton unless the folder has it."""
        if not (self.programs / "trytond-admin").exists():
            subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
            subprocess.run(
                [self.programs / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True
            )
        plain = self.server.set(drivername="postgresql", database="")
        uri = plain.render_as_string(hide_password=False)
        self.configuration.write_text(f"[database]\nuri = {uri}\n[cache]\nrecord = 5000\n", encoding="utf-8")
        (self.folder / "password").write_text("admin\n", encoding="utf-8")

    def create(self) -> None:
        """Create an empty database with the modules that the demo books have."""
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"drop database if exists {DATABASE} with (force)")
            connection.exec_driver_sql(f"create database {DATABASE}")
        engine.dispose()
        self._run("trytond-admin", "--all", "--email", "admin@example.com")
        self._run("trytond-admin", "-u", *MODULES, "--activate-dependencies")

    def drop(self) -> None:
        """Drop the database."""
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"drop database if exists {DATABASE} with (force)")
        engine.dispose()

    def do_business(self, seed: int, purchases: int, sales: int) -> None:
        """Let stories happen."""
        state = self.folder / "company.json"
        self._python("business", DATABASE, self.configuration, state, seed, purchases, sales)

    def print_reports(self, folder: Path) -> None:
        """Write Tryton's own reports as CSV."""
        self._python("reports", DATABASE, self.configuration, folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-c", str(self.configuration), "-d", DATABASE, *arguments]
        subprocess.run(
            command, check=True, env=os.environ | {"TRYTONPASSFILE": str(self.folder / "password")}
        )

    def _python(self, program: str, *arguments: object) -> None:
        module = f"tests.tryton.real.{program}"
        command = [str(self.programs / "python"), "-m", module, *(str(each) for each in arguments)]
        found = {"PYTHONPATH": str(ROOT), "TRYTOND_CONFIG": str(self.configuration)}
        subprocess.run(command, check=True, cwd=self.folder, env=os.environ | found)


def compare(home: Installation, reports: Path) -> dict[str, list[str]]:
    """Return the differences between the published marts and every report."""
    checks: dict[str, tuple[Figures, Mart]] = {
        "trial balance by month": (oracle.trial_balance(reports, span="month"), oracle.trial_balance_months),
        "trial balance by year": (
            oracle.trial_balance(reports, span="year"),
            lambda home, source_id, _: oracle.trial_balance_years(home, source_id),
        ),
        "balance sheet": (oracle.balance_sheet(reports), oracle.balance_sheet_mart),
        "income statement": (oracle.income_statement(reports), oracle.income_statement_mart),
        "aged balance": (oracle.aged_balance(reports), oracle.aged_balance_mart),
        "stock": (oracle.stock(reports), oracle.stock_mart),
        "tax codes": (oracle.tax_codes(reports), oracle.tax_codes_mart),
    }
    found = {}
    for name, (expected, mart) in checks.items():
        found[name] = differences(expected, mart(home, "erp", expected))
        print(f"  {name}: {len(expected)} figures of Tryton, {len(found[name])} differ")
        if not expected:
            found[name].append("Tryton printed no figure at all")
    return found


def main() -> int:
    """Do all of it; end with 1 if a figure differs."""
    asked = arguments()
    folder: Path = asked.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    tryton = Tryton(folder, sa.make_url(POSTGRESQL))
    tryton.install()
    (folder / "company.json").unlink(missing_ok=True)
    tryton.create()
    home = Installation.create(folder / f"home-{os.getpid()}", SourceText("erp", tryton.url))
    failed = False
    for round_number, share in ((1, 1.0), (2, 0.3)):
        tryton.do_business(
            asked.seed + round_number, round(asked.purchases * share), round(asked.sales * share)
        )
        reports = folder / f"reports-{round_number}"
        tryton.print_reports(reports)
        print(home.run("run", timeout=1800).output)
        print(f"round {round_number}:")
        for name, sentences in compare(home, reports).items():
            failed = failed or bool(sentences)
            for sentence in sentences[:5]:
                print(f"    {name}: {sentence}")
    if not asked.keep:
        tryton.drop()
    print("different" if failed else "equal")
    return int(failed)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.tryton.drive_real_tryton", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, required=True, help="scratch folder: environment, home, reports"
    )
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--purchases", type=int, default=12)
    parser.add_argument("--sales", type=int, default=12)
    parser.add_argument("--keep", action="store_true", help="leave the database in place")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
