"""The command `bridgebook`: a switchboard. Each command reads options, calls its room, tells the outcome."""

import gc
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridgebook.cli_findings import findings
from bridgebook.cli_frame import AsOfOption, Form, FullOption, HomeOption, LangOption, opened, telling
from bridgebook.cli_masters import masters
from bridgebook.cli_periods import periods
from bridgebook.cli_push import push
from bridgebook.cli_vouchers import vouchers
from bridgebook.demo.command import demo_app

if TYPE_CHECKING:
    from bridgebook.console import Console
    from bridgebook.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Bridgebook 业财桥: every figure of the business bridged to every figure of the ledger.",
)


class Sheet(StrEnum):
    """Kinds of files that templates are written as."""

    xlsx = "xlsx"
    csv = "csv"


@app.command()
def init(home: HomeOption = None, lang: LangOption = None) -> None:
    """Write a commented bridgebook.toml and the folders of a new home."""
    from bridgebook.initialise import initialise
    from bridgebook.settings import Home, chosen_home

    with telling(home, lang) as console:
        place = Home(chosen_home(home))
        written = initialise(place, console.language)
        console("init_written" if written else "init_exists", file=place.settings_file)


@app.command()
def sync(
    source: Annotated[str | None, typer.Argument(help="Id of one source; default: all.")] = None,
    full: FullOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Land what changed in the sources, and prove that it is complete."""
    from bridgebook import syncing
    from bridgebook.telling import exit_code, tell_sync

    with opened(home, lang) as (settings, console):
        synced = partial(tell_sync, console)
        outcomes = syncing.sync(settings, source, full=full, report=console, synced=synced)
        raise typer.Exit(exit_code(outcomes))


@app.command()
def build(
    full: FullOption = False, as_of: AsOfOption = None, home: HomeOption = None, lang: LangOption = None
) -> None:
    """Build the marts from what was landed; readers keep the last snapshot until `publish`."""
    from bridgebook import build as building
    from bridgebook.telling import tell_build

    with opened(home, lang) as (settings, console):
        day = as_of.date() if as_of else None
        tell_build(console, building.build(settings, full=full, as_of=day, report=console))


@app.command()
def publish(home: HomeOption = None, lang: LangOption = None) -> None:
    """Make the finished build the snapshot that everybody reads."""
    from bridgebook import publish as publishing

    with opened(home, lang) as (settings, console):
        publishing.publish(settings, report=console)


@app.command()
def run(
    full: FullOption = False, as_of: AsOfOption = None, home: HomeOption = None, lang: LangOption = None
) -> None:
    """Sync, build and publish under one lock."""
    from bridgebook import run as running
    from bridgebook.telling import exit_code, tell_build, tell_sync

    with opened(home, lang) as (settings, console):
        day = as_of.date() if as_of else None
        synced = partial(tell_sync, console)
        done = running.run(settings, full=full, as_of=day, report=console, synced=synced)
        tell_build(console, done.build)
        raise typer.Exit(exit_code(done.syncs))


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One SQL statement; the marts stand in the schema marts.")],
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.table,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to return.")] = 10_000,
    timeout: Annotated[int, typer.Option(min=1, help="Seconds after which the query is ended.")] = 60,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Ask the current snapshot, read-only."""
    from bridgebook.query import Limits
    from bridgebook.telling import tell_answer

    with opened(home, lang) as (settings, console):
        tell_answer(console, settings.home, statement, form.value, Limits(rows=limit, seconds=timeout))


@app.command()
def status(home: HomeOption = None, lang: LangOption = None) -> None:
    """Tell what readers see, when each source was synced, and who is working."""
    from bridgebook import status as state
    from bridgebook.telling import tell_status

    with opened(home, lang) as (settings, console):
        tell_status(console, state.status(settings))


@app.command()
def doctor(home: HomeOption = None, lang: LangOption = None) -> None:
    """Explain what is wrong with an installation."""
    from bridgebook.doctor import examine
    from bridgebook.settings import chosen_home
    from bridgebook.telling import tell_findings

    with telling(home, lang) as console:
        raise typer.Exit(tell_findings(console, examine(chosen_home(home))))


@app.command()
def docs(home: HomeOption = None, lang: LangOption = None) -> None:
    """Write the documentation of all models and columns as one page."""
    from bridgebook.docs import write_docs

    with opened(home, lang) as (settings, console):
        console("docs_written", file=write_docs(settings, report=console))


@app.command()
def mapping(
    pack: Annotated[str, typer.Argument(help="Name of the system, such as sap.")],
    entity: Annotated[str | None, typer.Option(help="Only this canonical entity.")] = None,
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.table,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show first rows of a source beside what they become.")
    ] = False,
    rows: Annotated[int, typer.Option(min=1, max=100, help="Rows of a preview.")] = 3,
    source: Annotated[str | None, typer.Option(help="Source of a preview, where there are several.")] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Show which vendor tables and columns feed each canonical column of a pack, and how."""
    from bridgebook.mapping.fields import field_rows
    from bridgebook.mapping.finding import check_entity, find_pack
    from bridgebook.mapping.preview import choose_source, previews
    from bridgebook.mapping.telling import tell_mapping
    from bridgebook.mapping.telling_preview import tell_previews
    from bridgebook.project import shipped
    from bridgebook.settings import Home, chosen_home, load

    with telling(home, lang) as console:
        place, models = Home(chosen_home(home)), shipped()
        found = find_pack(models, place, pack)
        fields = field_rows(models, found, place)
        check_entity(entity, list(dict.fromkeys(row.entity for row in fields)))
        if not preview:
            tell_mapping(console, [row for row in fields if entity in (None, row.entity)], form.value)
            return
        settings = load(home)
        shown = choose_source(settings, found, source)
        seen = previews(settings, models, found, shown, fields, entity=entity, rows=rows)
        tell_previews(console, seen, form.value)


@app.command()
def reconcile(
    bridge: Annotated[
        str | None, typer.Option(help="Only this bridge, such as purchases_to_inventory.")
    ] = None,
    company: Annotated[str | None, typer.Option(help="Only this company.")] = None,
    period: Annotated[str, typer.Option(help="Months, such as 2025-01 or 2025-01..2025-12.")] = "",
    as_of: Annotated[
        str, typer.Option("--as-of", help="As known at an earlier instant (ISO; UTC without an offset).")
    ] = "",
    against: Annotated[
        str, typer.Option(help="Compare --period with these months, with `previous` or with `last-year`.")
    ] = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Print the bridges from business to ledger; exit code 0 only where every residual is 0."""
    from bridgebook import as_of as past
    from bridgebook import reconcile as reconciling
    from bridgebook.errors import ExitCode
    from bridgebook.telling_bridges import tell_past, tell_reconciliation

    with opened(home, lang) as (settings, console):
        if against:
            if not period or as_of:
                raise typer.BadParameter("--against needs --period, and goes without --as-of")
            raise typer.Exit(_compare(settings, console, bridge, company, period, against))
        months = reconciling.months_of(period) if period else None
        marts = None
        if as_of:
            known = past.past(settings, past.read_instant(as_of), report=console)
            tell_past(console, known)
            marts = known.file
        asked = {"bridge": bridge, "company": company}
        found = reconciling.reconcile(settings.home, **asked, months=months, marts=marts)
        if not found.bridges:
            console("reconcile_nothing", bridge=bridge or "*", company=company or "*", period=period or "*")
            raise typer.Exit(ExitCode.USAGE)
        raise typer.Exit(tell_reconciliation(console, found, period=period))


def _compare(
    settings: "Settings",
    console: "Console",
    bridge: str | None,
    company: str | None,
    period: str,
    against: str,
) -> int:
    """Print the ledger figure of each bridge in the one months against the other, driver by driver."""
    from bridgebook.telling_flux import tell_fluxes
    from dashboards.exports import compare_periods

    found = compare_periods(settings.home.root, bridge, company, period, against)
    return tell_fluxes(console, found)


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8501,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Serve the screens on this machine."""
    from dashboards.serve import serve

    with opened(home, lang) as (settings, console):
        console("dashboard_serving", port=port)
        serve(settings.home.root, port=port, language=console.language, headless=headless)


@app.command()
def export(
    report: Annotated[
        str | None, typer.Argument(help="Name of the report; without it they are listed.")
    ] = None,
    period: Annotated[str, typer.Option(help="Months, such as 2025-01 or 2025-01..2025-12.")] = "",
    output: Annotated[Path | None, typer.Option(help="File to write: .xlsx, .csv or .parquet.")] = None,
    company: Annotated[list[str] | None, typer.Option(help="Only this company; may be repeated.")] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Write a report of the current snapshot to a file, with the totals of the screen."""
    from bridgebook.telling import tell_export, tell_reports
    from dashboards.exports import export_report, list_reports

    with opened(home, lang) as (settings, console):
        if report is None:
            tell_reports(console, list_reports(console.language))
            return
        if not period or output is None:
            raise typer.BadParameter("--period and --output are needed")
        done = export_report(
            settings.home.root,
            report,
            period=period,
            companies=tuple(company or ()),
            output=output,
            language=console.language,
        )
        tell_export(console, done.path, done.rows, done.anchor)


@vouchers.command()
def trace(
    name: Annotated[str, typer.Argument(help="Number or id of a document, voucher (记-12) or draft.")],
    kind: Annotated[
        str | None, typer.Option(help="Only things of this kind, such as voucher or sales_orders.")
    ] = None,
    lines: Annotated[bool, typer.Option(help="Follow vouchers into their lines and accounts.")] = True,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Print the chain of a document or voucher, back to the request and on to the accounts."""
    from bridgebook.vouchers.telling_trace import tell_trace
    from dashboards.exports import trace_of

    with opened(home, lang) as (settings, console):
        tell_trace(console, trace_of(settings.home.root, name, kind=kind, with_lines=lines))


app.add_typer(demo_app, name="demo")
app.add_typer(findings)
app.add_typer(masters)
app.add_typer(vouchers)
app.add_typer(push)
app.add_typer(periods)


def _anchor(words: str) -> tuple[int, str]:
    number, colon, seal = words.strip().partition(":")
    if not colon or not number.isdigit() or len(seal) != 64:
        raise typer.BadParameter("an anchor is written NUMBER:HASH, as `bridgebook verify` prints it")
    return int(number), seal.lower()


@app.command()
def verify(
    anchor: Annotated[
        tuple[int, str] | None,
        typer.Option(parser=_anchor, metavar="NUMBER:HASH", help="An anchor noted before, from a report."),
    ] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Prove that no posted voucher and no decision was edited, removed, put in or swapped."""
    from bridgebook.books.chain import verify_books
    from bridgebook.records import open_books
    from bridgebook.vouchers.worklist import tell_verdict

    with opened(home, lang) as (settings, console):
        raise typer.Exit(tell_verdict(console, verify_books(open_books(settings), anchor)))


@app.command()
def template(
    entity: Annotated[
        str | None, typer.Argument(help="Entity, such as purchase_orders or 采购订单; default: list them.")
    ] = None,
    form: Annotated[Sheet, typer.Option("--format", help="Kind of file.")] = Sheet.xlsx,
    output: Annotated[Path | None, typer.Option(help="File; default: <entity>.<format> here.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the entities.")] = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Write the template of a virtual bill: headings, explanations, examples, values to choose from."""
    from bridgebook import templates
    from bridgebook.telling import tell_template, tell_templates

    with telling(home, lang) as console:
        if entity is None or listed:
            tell_templates(console, templates.listed())
            return
        tell_template(console, templates.write_template(entity, form.value, output))


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["sync"]:
        _travel_light()
    app()


def _travel_light() -> None:
    """Start a process that only syncs without what it will not use: a third of a small sync's CPU.

    pyarrow and DuckDB import pandas and numpy wherever they are installed, and do without where they are not.
    """
    gc.set_threshold(100_000, 50, 50)
    for name in ("numpy", "pandas"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
