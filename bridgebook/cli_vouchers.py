"""The command `bridgebook vouchers`: check rules, explain a voucher, review, sign, post, reverse."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bridgebook.cli_frame import Form, HomeOption, LangOption, opened

vouchers = typer.Typer(
    name="vouchers",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What the rules say must be in the books, and why.",
)


@vouchers.command()
def check(home: HomeOption = None, lang: LangOption = None) -> None:
    """Find what is wrong in the voucher rules: gaps, overlaps, balance, unknown words, missing accounts."""
    from bridgebook.project import shipped
    from bridgebook.rules import read_rules
    from bridgebook.vouchers.accounts import find_account_faults
    from bridgebook.vouchers.checks import find_faults
    from bridgebook.vouchers.rule_files import read_rule_set
    from bridgebook.vouchers.telling import tell_faults

    with opened(home, lang) as (settings, console):
        seeds = shipped().seeds
        read_rules(settings.home.rules, seeds)
        given = read_rule_set(settings.home.rules, seeds)
        faults = (*find_faults(given), *find_account_faults(settings.home, given))
        raise typer.Exit(tell_faults(console, given, faults))


@vouchers.command()
def explain(
    voucher: Annotated[
        str,
        typer.Argument(
            help="Id of an expected voucher or draft, or the number of its document; /LINE for one line."
        ),
    ],
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Tell why a voucher is as it is: document, rule, conditions, account and amount of every line."""
    from bridgebook.project import shipped
    from bridgebook.vouchers.explain import explain as explained
    from bridgebook.vouchers.explain import named_line
    from bridgebook.vouchers.rule_files import read_rule_set
    from bridgebook.vouchers.telling import tell_explanations

    with opened(home, lang) as (settings, console):
        given = read_rule_set(settings.home.rules, shipped().seeds)
        tell_explanations(console, explained(settings.home, given, *named_line(settings.home, voucher)))


IdsArgument = Annotated[
    list[str] | None, typer.Argument(help="Ids of drafts, as `vouchers list` shows them.")
]
ByOption = Annotated[str, typer.Option("--by", help="Who decides; stands in the voucher and the audit log.")]
ReasonOption = Annotated[str, typer.Option(help="Why; stands in the audit log.")]
CompanyOption = Annotated[str | None, typer.Option(help="Only this company.")]
PeriodOption = Annotated[str | None, typer.Option(help="Only this period, such as 2025-01.")]


@vouchers.command("list")
def list_(
    state: Annotated[
        str | None,
        typer.Option(
            help="Only draft, incomplete, ambiguous, stale, rejected, approved, signed or posted; "
            "default: all but posted."
        ),
    ] = None,
    company: CompanyOption = None,
    period: PeriodOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to show.")] = 50,
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.table,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """List drafts with their state now, corrections of changed documents among them, and posted vouchers."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import Wanted, tell_posted, tell_work

    with opened(home, lang) as (settings, console):
        desk, wanted = open_voucher_desk(settings), Wanted.parse(state, company, period)
        if state == "posted":
            tell_posted(console, wanted.vouchers(desk), form.value, limit)
        else:
            tell_work(console, wanted.work(desk), form.value, limit)


@vouchers.command()
def approve(
    ids: IdsArgument = None,
    *,
    by: ByOption,
    every: Annotated[
        bool, typer.Option("--all", help="Every draft that waits for review, of --company if given.")
    ] = False,
    company: CompanyOption = None,
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Approve drafts as reviewer; nobody approves what they made."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import Wanted, tell_decided

    with opened(home, lang) as (settings, console):
        desk = open_voucher_desk(settings)
        if bool(ids) == every:
            raise typer.BadParameter("give ids, or --all")
        waiting = Wanted.parse("draft", company, None).work(desk) if every else []
        chosen = list(ids or [each.draft.draft_id for each in waiting])
        tell_decided(console, "voucher_told_approved", desk.approve(chosen, by=by, reason=reason), by)


@vouchers.command()
def reject(
    ids: Annotated[list[str], typer.Argument(help="Ids of drafts, as `vouchers list` shows them.")],
    *,
    by: ByOption,
    reason: ReasonOption,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Reject drafts: they are not posted unless their document changes or somebody approves them."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import tell_decided

    with opened(home, lang) as (settings, console):
        rejected = open_voucher_desk(settings).reject(ids, by=by, reason=reason)
        tell_decided(console, "voucher_told_rejected", rejected, by)


@vouchers.command()
def sign(
    ids: Annotated[list[str], typer.Argument(help="Ids of drafts, as `vouchers list` shows them.")],
    *,
    by: ByOption,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Sign drafts that move cash or bank, as cashier."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import tell_decided

    with opened(home, lang) as (settings, console):
        tell_decided(console, "voucher_told_signed", open_voucher_desk(settings).sign(ids, by=by), by)


@vouchers.command()
def post(
    ids: IdsArgument = None,
    *,
    by: ByOption,
    every: Annotated[
        bool, typer.Option("--all", help="Every approved draft, of --company if given.")
    ] = False,
    company: CompanyOption = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Post approved drafts: checked again, numbered, chained; each exactly once."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import tell_outcome

    with opened(home, lang) as (settings, console):
        if bool(ids) == every:
            raise typer.BadParameter("give ids, or --all")
        desk = open_voucher_desk(settings)
        done = desk.post(ids, by=by) if ids else desk.post_all(by=by, company=company)
        raise typer.Exit(tell_outcome(console, done))


@vouchers.command()
def auto(
    *,
    by: ByOption,
    company: CompanyOption = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Review what approved rules made by those rules, and post it; corrections wait for a person."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import tell_outcome

    with opened(home, lang) as (settings, console):
        done = open_voucher_desk(settings).post_all(by=by, is_automatic=True, company=company)
        raise typer.Exit(tell_outcome(console, done))


@vouchers.command()
def reverse(
    voucher: Annotated[str, typer.Argument(help="A posted voucher, such as C1/GL/2025-01/JZ-1.")],
    *,
    by: ByOption,
    reason: ReasonOption,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Ask that a posted voucher be cancelled: its red mirror waits for another person's review."""
    from bridgebook.books.vouchers import open_voucher_desk

    with opened(home, lang) as (settings, console):
        work = open_voucher_desk(settings).reverse(voucher, by=by, reason=reason)
        console("voucher_told_reversal", voucher=voucher, draft=work.draft.draft_id)


class Paper(StrEnum):
    """How a voucher is written for paper."""

    html = "html"
    pdf = "pdf"


@vouchers.command("print")
def print_(
    voucher: Annotated[str, typer.Argument(help="A posted voucher, such as C1/GL/2025-01/JZ-1.")],
    form: Annotated[Paper, typer.Option("--format", help="A page to print, or a finished PDF.")] = Paper.html,
    output: Annotated[
        Path | None, typer.Option(help="File to write; default: voucher.html or voucher.pdf.")
    ] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Write a posted voucher for paper, with the total in words and the signatures."""
    from bridgebook.books.paper import page
    from bridgebook.books.vouchers import open_voucher_desk

    with opened(home, lang) as (settings, console):
        desk, file = open_voucher_desk(settings), output or Path(f"voucher.{form.value}")
        if form is Paper.pdf:
            file.write_bytes(desk.pdf(voucher, language=console.language))
        else:
            body = desk.paper(voucher, language=console.language)
            file.write_text(page(body, voucher), encoding="utf-8")
        console("voucher_paper_written", file=file)


@vouchers.command()
def simulate(
    rules: Annotated[Path, typer.Option(help="Changed rule file, or a folder of them.")],
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Show which vouchers and balances changed rules would give over history; nothing is changed."""
    from bridgebook.vouchers.simulate import simulate as simulated
    from bridgebook.vouchers.telling_trace import tell_simulation

    with opened(home, lang) as (settings, console):
        raise typer.Exit(tell_simulation(console, simulated(settings, rules)))
