"""The demo: a company's books in a database of its own, synced, built, published, and its yearly figures."""

from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bridgebook import snapshots
from bridgebook.demo import tryton
from bridgebook.errors import DemoHomeTaken
from bridgebook.home import Home
from bridgebook.reporting import Report
from bridgebook.run import RunResult, run
from bridgebook.settings import Settings, load
from bridgebook.syncing import Synced, untold
from bridgebook.texts import Language

SOURCE_ID = "tryton"
DATABASE = Path("demo") / "tryton82.sqlite"
SETTINGS = """\
# The demo company: a trading company's Tryton 8.2 database, which `bridgebook demo` writes into this folder.
language = "{language}"

[[source]]
id = "{source}"
system = "tryton"
url = "sqlite:///{database}"
"""


@dataclass(frozen=True)
class Headline:
    """One figure of the year: the key of its name in the catalog, the amount, the currency."""

    key: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class DemoResult:
    """What the demo did and what the published marts say."""

    run: RunResult
    year: int
    headlines: tuple[Headline, ...]
    complete_tables: int
    tables: int


def show(root: Path, language: Language, report: Report, *, synced: Synced = untold) -> DemoResult:
    """Run the demo in the home `root`; raise DemoHomeTaken where that home reads other sources."""
    settings = prepare(Home(root), language, report)
    done = run(settings, report=report, synced=synced)
    return _figures(settings.home, done)


def prepare(home: Home, language: Language, report: Report) -> Settings:
    """Create the demo's home and its source database where they do not exist yet."""
    home.create()
    if not home.settings_file.exists():
        words = SETTINGS.format(language=language, source=SOURCE_ID, database=DATABASE.as_posix())
        home.settings_file.write_text(words, encoding="utf-8")
    settings = load(home.root)
    if [source.url for source in settings.sources] != [f"sqlite:///{DATABASE.as_posix()}"]:
        raise DemoHomeTaken("demo_home_taken", file=home.settings_file)
    database = home.root / DATABASE
    if not database.exists():
        report("demo_writing", file=database)
        database.parent.mkdir(parents=True, exist_ok=True)
        tryton.write_sqlite(database)
    return settings


_YEAR = """
select fiscal_year, any_value(company_currency_code)
from marts.ledger_lines group by fiscal_year order by count(*) desc, fiscal_year limit 1
"""
_FIGURES = """
with business as (
    select 'purchases_' || event as key, net_amount as amount, fiscal_year, is_counted
    from marts.procurement_events where event in ('ordered', 'received', 'invoiced')
    union all
    select 'sales_' || event as key, net_amount as amount, fiscal_year, is_counted
    from marts.sales_events where event in ('ordered', 'shipped', 'invoiced')
),
balances as (
    select * from marts.trial_balance
    where fiscal_year = $year and posting_scope = 'posted' and is_primary_ledger
),
closing as (
    select * from balances where period_no = (select max(period_no) from balances)
)
select key, coalesce(sum(amount), 0) from business where is_counted and fiscal_year = $year group by key
union all
select 'ledger_result', -sum(year_debit - year_credit) from closing
where account_code in (select account_code from marts.accounts where statement = 'income')
union all
select 'ledger_cash', sum(closing_amount) from closing where account_role = 'cash'
union all
select 'ledger_receivables', sum(closing_amount) from closing where account_role = 'accounts_receivable'
union all
select 'ledger_payables', -sum(closing_amount) from closing where account_role = 'accounts_payable'
"""
_COMPLETE = """
select count(*) filter (where is_complete), count(*) from marts.sync_tables
where run_id = (select max_by(run_id, started_at) from marts.sync_runs where kind = 'sync')
"""
ORDER = (
    "purchases_ordered",
    "purchases_received",
    "purchases_invoiced",
    "sales_ordered",
    "sales_shipped",
    "sales_invoiced",
    "ledger_result",
    "ledger_cash",
    "ledger_receivables",
    "ledger_payables",
)


def _figures(home: Home, done: RunResult) -> DemoResult:
    """Read the figures of the year with most ledger lines from the published marts."""
    import duckdb

    with closing(duckdb.connect(str(snapshots.require(home)), read_only=True)) as connection:
        year, currency = connection.execute(_YEAR).fetchone() or (0, "")
        amounts = dict(connection.execute(_FIGURES, {"year": year}).fetchall())
        complete, tables = connection.execute(_COMPLETE).fetchone() or (0, 0)
    headlines = tuple(Headline(key, amounts.get(key) or Decimal(0), currency) for key in ORDER)
    return DemoResult(done, year, headlines, complete, tables)
