"""Drive a real Tryton 8.2 and compare: install, do business, print its reports, sync, compare all figures.

usage: python -m tests.tryton.drive_real_tryton --folder FOLDER [--databases sqlite postgresql]
    [--seed N] [--purchases N] [--sales N] [--keep]

Needs a package index and, unless only SQLite is asked for, PostgreSQL; takes some CPU minutes a database.
Business is done twice: the second time the product reads what was added and changed, and must be equal again.
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

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "venv" / "bin"
        self.configuration = folder / f"trytond-{self.kind}.conf"

    kind = ""

    @property
    def url(self) -> str:
        """The SQLAlchemy URL of its database."""
        raise NotImplementedError

    def configure(self) -> str:
        """Return the lines of Tryton's configuration that tell where its database is."""
        raise NotImplementedError

    def create_empty(self) -> None:
        """Create an empty database in the place of any older one."""
        raise NotImplementedError

    def drop(self) -> None:
        """Drop the database."""
        raise NotImplementedError

    def install(self) -> None:
        """Install Tryton unless the folder has it."""
        if not (self.programs / "trytond-admin").exists():
            subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
            subprocess.run(
                [self.programs / "python", "-m", "pip", "install", "--quiet", *PACKAGES], check=True
            )
        text = f"[database]\n{self.configure()}\n[cache]\nrecord = 5000\n"
        self.configuration.write_text(text, encoding="utf-8")
        (self.folder / "password").write_text("admin\n", encoding="utf-8")

    def create(self) -> None:
        """Create a database with the modules that the demo books have."""
        self.create_empty()
        self._run("trytond-admin", "--all", "--email", "admin@example.com")
        self._run("trytond-admin", "-u", *MODULES, "--activate-dependencies")

    def do_business(self, seed: int, purchases: int, sales: int) -> None:
        """Let stories happen."""
        state = self.folder / f"company-{self.kind}.json"
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


class TrytonInPostgreSQL(Tryton):
    """A Tryton whose database is in the PostgreSQL server of the tests."""

    kind = "postgresql"
    server = sa.make_url(POSTGRESQL)

    @property
    def url(self) -> str:
        return self.server.set(database=DATABASE).render_as_string(hide_password=False)

    def configure(self) -> str:
        plain = self.server.set(drivername="postgresql", database="")
        return f"uri = {plain.render_as_string(hide_password=False)}"

    def create_empty(self) -> None:
        self._administer(f"drop database if exists {DATABASE} with (force)", f"create database {DATABASE}")

    def drop(self) -> None:
        self._administer(f"drop database if exists {DATABASE} with (force)")

    def _administer(self, *statements: str) -> None:
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()


class TrytonInSQLite(Tryton):
    """A Tryton whose database is a file in its folder."""

    kind = "sqlite"

    @property
    def file(self) -> Path:
        return self.folder / f"{DATABASE}.sqlite"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def configure(self) -> str:
        return f"uri = sqlite://\npath = {self.folder}"

    def create_empty(self) -> None:
        self.drop()
        self.file.touch()

    def drop(self) -> None:
        self.file.unlink(missing_ok=True)


KINDS: dict[str, type[Tryton]] = {kind.kind: kind for kind in (TrytonInSQLite, TrytonInPostgreSQL)}


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
    failed = [kind for kind in asked.databases if not is_equal(KINDS[kind](folder), asked)]
    print(f"different: {', '.join(failed)}" if failed else "equal")
    return int(bool(failed))


def is_equal(tryton: Tryton, asked: argparse.Namespace) -> bool:
    """Do business in one Tryton twice; tell whether every figure of its reports was found both times."""
    print(f"Tryton in {tryton.kind}", flush=True)
    tryton.install()
    (tryton.folder / f"company-{tryton.kind}.json").unlink(missing_ok=True)
    tryton.create()
    home = Installation.create(
        tryton.folder / f"home-{tryton.kind}-{os.getpid()}", SourceText("erp", tryton.url)
    )
    equal = True
    for round_number, share in ((1, 1.0), (2, 0.3)):
        tryton.do_business(
            asked.seed + round_number, round(asked.purchases * share), round(asked.sales * share)
        )
        reports = tryton.folder / f"reports-{tryton.kind}-{round_number}"
        tryton.print_reports(reports)
        print(home.run("run", timeout=1800).output)
        print(f"round {round_number}:")
        for name, sentences in compare(home, reports).items():
            equal = equal and not sentences
            for sentence in sentences[:5]:
                print(f"    {name}: {sentence}")
    if not asked.keep:
        tryton.drop()
    return equal


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.tryton.drive_real_tryton", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, required=True, help="scratch folder: environment, home, reports"
    )
    parser.add_argument("--databases", nargs="+", choices=sorted(KINDS), default=list(KINDS))
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--purchases", type=int, default=12)
    parser.add_argument("--sales", type=int, default=12)
    parser.add_argument("--keep", action="store_true", help="leave the database in place")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
