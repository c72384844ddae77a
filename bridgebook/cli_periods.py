"""The command `bridgebook periods`: which modules of which periods are open, held or closed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridgebook.cli_frame import HomeOption, LangOption, Tongue, opened

if TYPE_CHECKING:
    from bridgebook.books.periods import State

periods = typer.Typer(
    name="periods",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Open, hold and close periods, module by module.",
)
CompanyOption = Annotated[str, typer.Option(help="Code of the company.")]
PeriodOption = Annotated[str, typer.Option(help="The period, such as 2025-01.")]
ModuleOption = Annotated[
    str,
    typer.Option(
        help="general_ledger (everything), purchasing, sales, inventory, cash, settlement or expenses."
    ),
]
ByOption = Annotated[str, typer.Option("--by", help="Who decides; stands in the audit log.")]
ReasonOption = Annotated[str, typer.Option(help="Why; stands in the audit log.")]


@periods.command("list")
def list_(
    company: Annotated[str | None, typer.Option(help="Only this company.")] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """List the state of every module of every period."""
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import tell_periods

    with opened(home, lang) as (settings, console):
        desk = open_voucher_desk(settings)
        tell_periods(console, desk.calendar(), desk.ledgers(), company)


@periods.command()
def hold(
    company: CompanyOption,
    period: PeriodOption,
    by: ByOption,
    module: ModuleOption = "general_ledger",
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Let nothing be posted for the time being."""
    _decide(home, lang, company, period, module, "hold", by=by, reason=reason)


@periods.command()
def close(
    company: CompanyOption,
    period: PeriodOption,
    by: ByOption,
    module: ModuleOption = "general_ledger",
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Close a module of a period; refused while drafts or documents without voucher are left in it."""
    _decide(home, lang, company, period, module, "closed", by=by, reason=reason)


@periods.command("open")
def open_(
    company: CompanyOption,
    period: PeriodOption,
    by: ByOption,
    module: ModuleOption = "general_ledger",
    reason: ReasonOption = "",
    second: Annotated[str, typer.Option(help="The second person, for a closed period.")] = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """End a hold, or reopen a closed period, which needs a reason and a second person."""
    _decide(home, lang, company, period, module, "open", by=by, reason=reason, second=second)


def _decide(
    home: Path | None,
    lang: Tongue | None,
    company: str,
    period: str,
    module: str,
    state: "State",
    *,
    by: str,
    reason: str,
    second: str = "",
) -> None:
    from bridgebook.books.vouchers import open_voucher_desk
    from bridgebook.vouchers.worklist import period_of

    with opened(home, lang) as (settings, console):
        year, number = period_of(period)
        desk = open_voucher_desk(settings)
        desk.decide_period(company, year, number, module, state, by=by, reason=reason, second=second)
        console(f"period_now_{state}", company=company, period=period, module=module, by=by)
