"""The command `bridgebook masters`: list, propose, approve, reject, withdraw, export mappings."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from bridgebook.cli_frame import Form, HomeOption, LangOption, opened

masters = typer.Typer(
    name="masters",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Which codes of your systems stand for the same supplier, customer, item, company or account.",
)


def _confidence(words: str) -> Decimal:
    try:
        value = Decimal(words)
    except InvalidOperation:
        raise typer.BadParameter(f"{words} is not a number between 0 and 1") from None
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{words} is not a number between 0 and 1")
    return value


IdsArgument = Annotated[
    list[str] | None, typer.Argument(help="Ids of proposals, as `masters list` shows them.")
]
ByOption = Annotated[str, typer.Option("--by", help="Who decides; stands in the audit log.")]
ReasonOption = Annotated[str, typer.Option(help="Why; stands in the audit log.")]
EntityOption = Annotated[str | None, typer.Option(help="Only partners, items, companies or accounts.")]
SourceOption = Annotated[str | None, typer.Option(help="Only codes of this source.")]
ConfidenceOption = Annotated[
    Decimal | None,
    typer.Option(parser=_confidence, metavar="0..1", help="Only proposals of at least this confidence."),
]
FromOption = Annotated[
    datetime | None, typer.Option("--valid-from", formats=["%Y-%m-%d"], help="First day of the mapping.")
]
ToOption = Annotated[
    datetime | None, typer.Option("--valid-to", formats=["%Y-%m-%d"], help="Last day of the mapping.")
]


@masters.command("list")
def list_(
    entity: EntityOption = None,
    source: SourceOption = None,
    state: Annotated[str | None, typer.Option(help="Only open, waiting, approved or rejected.")] = None,
    min_confidence: ConfidenceOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows to show.")] = 50,
    form: Annotated[Form, typer.Option("--format", help="How the rows are written.")] = Form.table,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """List codes without a master code, the money at stake first, each with its best proposal."""
    from bridgebook import masters as room
    from bridgebook.telling_masters import tell_worklist

    with opened(home, lang) as (settings, console):
        wanted = room.Wanted(entity, source, state, min_confidence)
        tell_worklist(console, room.worklist(settings, wanted), form.value, limit)


@masters.command()
def propose(
    entity: Annotated[
        str, typer.Argument(help="companies, partners, items, accounts, or tax_codes, units, currencies.")
    ],
    source: Annotated[str, typer.Argument(help="Id of the source.")],
    code: Annotated[str, typer.Argument(help="The source's code; of an account chart/account.")],
    master: Annotated[str, typer.Argument(help="The master code that it stands for.")],
    by: ByOption,
    kind: Annotated[str, typer.Option(help="Of partners: supplier, customer, employee, bank or other.")] = "",
    new: Annotated[bool, typer.Option("--new", help="The master code is a new one of your own.")] = False,
    valid_from: FromOption = None,
    valid_to: ToOption = None,
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Propose a mapping by hand; another person approves it."""
    from bridgebook import masters as room

    with opened(home, lang) as (settings, console):
        mapped = room.mapped(entity, source, kind, code, master, _day(valid_from), _day(valid_to))
        proposal = room.propose(settings, mapped, by=by, reason=reason, is_new=new)
        console("masters_proposed", id=proposal.id, code=mapped.code, master=master)


@masters.command()
def approve(
    ids: IdsArgument = None,
    *,
    by: ByOption,
    min_confidence: ConfidenceOption = None,
    entity: EntityOption = None,
    source: SourceOption = None,
    valid_from: FromOption = None,
    valid_to: ToOption = None,
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Let proposals become mappings, by id or all of a confidence; they take effect with the next run."""
    from bridgebook import masters as room

    with opened(home, lang) as (settings, console):
        if bool(ids) == (min_confidence is not None):
            raise typer.BadParameter("give ids, or --min-confidence")
        wanted = room.Wanted(entity, source, "open", min_confidence)
        days = (_day(valid_from), _day(valid_to))
        count, money = room.approve(settings, ids, wanted, by=by, reason=reason, days=days)
        console("masters_approved", count=count, money=f"{money:,.2f}", by=by)


@masters.command()
def reject(
    ids: IdsArgument,
    by: ByOption,
    reason: ReasonOption = "",
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Say that proposals are wrong; they are not made again."""
    from bridgebook import masters as room

    with opened(home, lang) as (settings, console):
        console("masters_rejected", count=room.reject(settings, ids or [], by=by, reason=reason), by=by)


@masters.command()
def withdraw(
    ids: IdsArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None, lang: LangOption = None
) -> None:
    """Take approved mappings back; from the next run on their codes are unmapped again."""
    from bridgebook import masters as room

    with opened(home, lang) as (settings, console):
        console("masters_withdrawn", count=room.withdraw(settings, ids or [], by=by, reason=reason), by=by)


@masters.command("export")
def export_(
    output: Annotated[Path, typer.Option(help="File to write: .csv or .json.")],
    mappings: Annotated[
        bool,
        typer.Option("--mappings", help="The mappings that stand, in the layout of rules/master_map.csv."),
    ] = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Write the worklist, or the mappings that stand, to a file."""
    from bridgebook import masters as room
    from bridgebook.telling_masters import write_mappings, write_worklist

    with opened(home, lang) as (settings, console):
        if output.suffix not in (".csv", ".json"):
            raise typer.BadParameter("--output must end in .csv or .json")
        if mappings:
            count = write_mappings(room.standing(settings), output)
        else:
            count = write_worklist(room.worklist(settings, room.Wanted()), output)
        console("export_written", file=output, rows=count)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
