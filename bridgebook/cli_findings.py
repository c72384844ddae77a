"""The command `bridgebook findings`: list what reconciliation found, and decide about it."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridgebook.cli_frame import Form, HomeOption, LangOption, Tongue, opened

if TYPE_CHECKING:
    from bridgebook.books.findings import Verdict

findings = typer.Typer(
    name="findings",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What reconciliation found: list it, explain, correct, accept, assign, reopen.",
)


class StateOption(StrEnum):
    """States of findings."""

    open = "open"
    unproven = "unproven"
    explained = "explained"
    corrected = "corrected"
    accepted = "accepted"
    disappeared = "disappeared"


IdsArgument = Annotated[list[str], typer.Argument(help="Ids of findings; a beginning is enough.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decides.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.")]
EvidenceOption = Annotated[
    str, typer.Option("--evidence", help="What proves it: words, or a file, of which a copy is kept.")
]
OwnerOption = Annotated[str, typer.Option("--owner", help="Who takes care of it from now on.")]


@findings.command("list")
def list_(
    state: Annotated[
        StateOption | None, typer.Option(help="Only this state; default: all but disappeared.")
    ] = None,
    finding_class: Annotated[
        str | None, typer.Option("--class", help="Only this class, such as missing.")
    ] = None,
    company: Annotated[str | None, typer.Option(help="Only this company.")] = None,
    period: Annotated[str, typer.Option(help="Months, such as 2025-01 or 2025-01..2025-12.")] = "",
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.table,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Show the findings of the current snapshot, with what was decided since."""
    from bridgebook.findings import WantedFindings, find
    from bridgebook.reconcile import months_of
    from bridgebook.telling_findings import tell_findings_list

    with opened(home, lang) as (settings, console):
        months = months_of(period) if period else None
        wanted = WantedFindings(state.value if state else None, finding_class, company, months)
        tell_findings_list(console, find(settings, wanted), form.value)


@findings.command()
def explain(
    ids: IdsArgument,
    by: ByOption,
    reason: ReasonOption,
    evidence: EvidenceOption = "",
    owner: OwnerOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Say why findings are there."""
    _decide(home, lang, "explained", ids, by=by, reason=reason, evidence=evidence, owner=owner)


@findings.command()
def correct(
    ids: IdsArgument,
    by: ByOption,
    reason: ReasonOption,
    evidence: EvidenceOption = "",
    owner: OwnerOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Say that findings were corrected in the books; they disappear when the correction is read."""
    _decide(home, lang, "corrected", ids, by=by, reason=reason, evidence=evidence, owner=owner)


@findings.command()
def accept(
    ids: IdsArgument,
    by: ByOption,
    reason: ReasonOption,
    evidence: EvidenceOption = "",
    owner: OwnerOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Accept that findings stay as they are; needs evidence."""
    _decide(home, lang, "accepted", ids, by=by, reason=reason, evidence=evidence, owner=owner)


@findings.command("assign")
def assign_(
    ids: IdsArgument,
    by: ByOption,
    owner: Annotated[str, typer.Option("--owner", help="Who takes care of it from now on.")],
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Give findings to somebody."""
    from bridgebook.findings import assign

    with opened(home, lang) as (settings, console):
        assign(settings, ids, by=by, owner=owner, reason=reason)
        console("finding_recorded_assigned", count=len(ids), owner=owner)


@findings.command("reopen")
def reopen_(
    ids: IdsArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None, lang: LangOption = None
) -> None:
    """Take decisions back: the findings are open again."""
    from bridgebook.findings import reopen

    with opened(home, lang) as (settings, console):
        reopen(settings, ids, by=by, reason=reason)
        console("finding_recorded_reopened", count=len(ids), by=by)


def _decide(
    home: Path | None,
    lang: Tongue | None,
    verdict: "Verdict",
    ids: list[str],
    *,
    by: str,
    reason: str,
    evidence: str,
    owner: str,
) -> None:
    from bridgebook.findings import decide

    with opened(home, lang) as (settings, console):
        decide(settings, verdict, ids, by=by, reason=reason, evidence=evidence, owner=owner)
        console(f"finding_recorded_{verdict}", count=len(ids), by=by)
