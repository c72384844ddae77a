"""What changed rules would do over history: expected vouchers and balances before and after, nothing touched.

Only the models between the rules and the expected vouchers are built, in a copy of the warehouse that is
thrown away. Neither the warehouse nor the book store hears of it.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from bridgebook import build_state, landed, snapshots
from bridgebook.build import dbt_variables, locks_of, write_house
from bridgebook.build_plan import Plan, read_inputs
from bridgebook.dbt_run import log_file, run_dbt
from bridgebook.errors import BuildFailed, SimulationUnavailable
from bridgebook.home import Home
from bridgebook.locks import hold_all
from bridgebook.project import shipped
from bridgebook.records import open_books
from bridgebook.settings import Settings
from bridgebook.settings_file import BooksTable
from bridgebook.vouchers.rule_files import TABLES

if TYPE_CHECKING:
    import duckdb

RESULTS = ("expected_vouchers", "unposted_documents")
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class VoucherChange:
    """A voucher that would appear, vanish or change; totals in company currency (None: not there)."""

    expected_voucher_id: str
    company_code: str
    document_no: str
    change: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class BalanceChange:
    """An account whose expected balance (debit less credit) would differ."""

    company_code: str
    account_code: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Simulation:
    """All that would differ, how many vouchers stay as they are, and unposted documents before and after."""

    vouchers: tuple[VoucherChange, ...]
    balances: tuple[BalanceChange, ...]
    unchanged: int
    unposted_before: int
    unposted_after: int


def simulate(settings: Settings, rules: Path) -> Simulation:
    """Apply a changed rule file, or a folder of them, in place of the home's own of the same name.

    Raises RulesInvalid with every fault of the changed rules, and SimulationUnavailable where there is no
    finished build to compare with.
    """
    changed = _rule_files(rules)
    home = settings.home
    state = build_state.read(home.work_file)
    before = home.marts_file if build_state.read(home.marts_file) else snapshots.current(home)
    marts = build_state.read(before) if before else None
    if before is None or state is None or marts is None or marts.build_id != state.build_id:
        raise SimulationUnavailable("simulation_without_build")
    purpose = "bridgebook vouchers simulate"
    with (
        hold_all(home, locks_of(settings), purpose, WAIT_SECONDS),
        _scratch(settings, changed, before) as other,
    ):
        _build(other, state)
        return _compare(before, other.home.marts_file)


def _build(other: Settings, state: build_state.BuildState) -> None:
    """Build what hangs on voucher rules up to the expected vouchers; raise BuildFailed."""
    inputs = read_inputs(other, shipped(), date.fromisoformat(state.as_of))
    write_house(other, inputs, Plan("increment", last=state), "simulation")
    landed.create_views(inputs.installation, other.home.work_file)
    models = [f"source:house.rule_{table}+,+{result}" for table in TABLES for result in RESULTS]
    options = ("--full-refresh", "--no-write-json", "--select", *models)
    outcome = run_dbt(other.home, "run", *options, variables=dbt_variables(inputs))
    if not outcome.success:
        told = "\n".join(f"  - {each.name}: {each.message}" for each in outcome.failures[:5])
        raise BuildFailed("build_failed", failures=told, log=log_file(other.home))


def _rule_files(rules: Path) -> Mapping[str, Path]:
    """Return the changed files by name; only the tables of voucher rules can be simulated."""
    files = sorted(rules.glob("*.csv")) if rules.is_dir() else [rules] if rules.is_file() else []
    wrong = [file.name for file in files if file.stem not in TABLES]
    if not files or wrong:
        known = ", ".join(f"{table}.csv" for table in TABLES)
        raise SimulationUnavailable("simulation_files", given=", ".join(wrong) or rules, known=known)
    return {file.name: file for file in files}


@contextmanager
def _scratch(settings: Settings, changed: Mapping[str, Path], marts: Path) -> Iterator[Settings]:
    """Give an installation that has the same landing, packs and decisions, changed rules, its own copies."""
    home = settings.home
    home.work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=home.work) as folder:
        other = Home(Path(folder))
        other.create()
        for file in home.landing.glob("*.duckdb"):
            if file != home.house_file:
                (other.landing / file.name).symlink_to(file)
        for file in home.rules.glob("*.csv"):
            shutil.copyfile(file, other.rules / file.name)
        for name, file in changed.items():
            shutil.copyfile(file, other.rules / name)
        shutil.copytree(home.packs, other.packs, dirs_exist_ok=True)
        shutil.copyfile(home.settings_file, other.settings_file)
        if home.ledger_file.is_file():
            shutil.copyfile(home.ledger_file, other.ledger_file)
        parsed = home.target / "partial_parse.msgpack"
        if parsed.is_file():
            other.target.mkdir(parents=True)
            shutil.copyfile(parsed, other.target / parsed.name)
        shutil.copyfile(home.work_file, other.work_file)
        shutil.copyfile(marts, other.marts_file)
        scratch = replace(settings, home=other, books=BooksTable())
        _copy_decisions(settings, scratch)
        yield scratch


def _copy_decisions(settings: Settings, scratch: Settings) -> None:
    """Give the scratch installation its own log with the same decisions; the true one is only read."""
    from bridgebook.books.audit import AUDIT_LOG

    with open_books(settings).connect() as connection:
        rows = [dict(row) for row in connection.execute(AUDIT_LOG.select().order_by("entry_no")).mappings()]
    with open_books(scratch).begin() as connection:
        if rows:
            connection.execute(AUDIT_LOG.insert(), rows)


def _compare(before: Path, after: Path) -> Simulation:
    import duckdb

    with closing(duckdb.connect()) as connection:
        for name, file in (("before", before), ("after", after)):
            path = str(file).replace("'", "''")
            connection.execute(f"attach '{path}' as \"{name}\" (read_only)")
        vouchers = tuple(
            VoucherChange(*row) for row in connection.execute(_VOUCHERS).fetchall() if row[3] != "same"
        )
        balances = tuple(BalanceChange(*row) for row in connection.execute(_BALANCES).fetchall())
        return Simulation(
            vouchers,
            balances,
            _count(connection, _SAME),
            _count(connection, 'select count(*) from "before".marts.unposted_documents'),
            _count(connection, 'select count(*) from "after".marts.unposted_documents'),
        )


def _count(connection: "duckdb.DuckDBPyConnection", question: str) -> int:
    row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0


# What a voucher says: its lines, whatever order and version of the rule made them.
_SAID = """
    select
        expected_voucher_id,
        min(company_code) as company_code,
        min(document_no) as document_no,
        sum(debit) as debit,
        sum(hash(
            account_code, side, debit, credit, summary, voucher_word, voucher_date, partner_kind,
            partner_code, item_code, org_unit_code, employee_code, project_code, bank_account_code, quantity,
            currency_amount
        )) as said
    from "{name}".marts.expected_voucher_lines
    group by expected_voucher_id
"""
_VOUCHERS = f"""
with
old as ({_SAID.format(name="before")}),
new as ({_SAID.format(name="after")})

select
    coalesce(old.expected_voucher_id, new.expected_voucher_id) as expected_voucher_id,
    coalesce(old.company_code, new.company_code) as company_code,
    coalesce(old.document_no, new.document_no, '') as document_no,
    case
        when old.expected_voucher_id is null then 'new'
        when new.expected_voucher_id is null then 'gone'
        when old.said <> new.said then 'changed'
        else 'same'
    end as change,
    old.debit,
    new.debit
from old
full join new on old.expected_voucher_id = new.expected_voucher_id
where old.said is distinct from new.said
order by 2, 1
"""
_SAME = f"""
with
old as ({_SAID.format(name="before")}),
new as ({_SAID.format(name="after")})

select count(*)
from old
inner join new on old.expected_voucher_id = new.expected_voucher_id and old.said = new.said
"""
_BALANCES = """
select
    coalesce(old.company_code, new.company_code) as company_code,
    coalesce(old.account_code, new.account_code) as account_code,
    coalesce(old.amount, 0) as before_amount,
    coalesce(new.amount, 0) as after_amount
from (
    select company_code, account_code, sum(amount) as amount
    from "before".marts.expected_voucher_lines group by company_code, account_code
) as old
full join (
    select company_code, account_code, sum(amount) as amount
    from "after".marts.expected_voucher_lines group by company_code, account_code
) as new on old.company_code = new.company_code and old.account_code = new.account_code
where coalesce(old.amount, 0) <> coalesce(new.amount, 0)
order by 1, 2
"""
