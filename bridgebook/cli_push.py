"""The command `bridgebook push`: deliver the outbox, tell where its letters stand, let one be tried again."""

from typing import Annotated

import typer

from bridgebook.cli_frame import HomeOption, LangOption, opened

push = typer.Typer(
    name="push",
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Tell other systems what was posted, each thing once.",
)


@push.callback()
def deliver(
    context: typer.Context,
    target: Annotated[str | None, typer.Option(help="Only this target of bridgebook.toml.")] = None,
    once: Annotated[
        bool, typer.Option("--once", help="One pass over what is due now, without waiting for retries.")
    ] = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Deliver what waits in the outbox; exit code 3 where something stays for a person."""
    if context.invoked_subcommand is not None:
        return
    from bridgebook.errors import ExitCode
    from bridgebook.push_status import standing
    from bridgebook.pushing import push as pushed
    from bridgebook.pushing import push_until_settled
    from bridgebook.records import open_books
    from bridgebook.telling_push import tell_delivery, tell_stuck

    with opened(home, lang) as (settings, console):
        targets = settings.targets if target is None else (settings.target(target),)
        if not targets:
            console("push_no_targets", file=settings.home.settings_file)
            raise typer.Exit(ExitCode.USAGE)
        books = open_books(settings)
        for each in targets:
            passes = [pushed(settings, books, each)] if once else push_until_settled(settings, books, each)
            for delivery in passes:
                tell_delivery(console, delivery)
        raise typer.Exit(tell_stuck(console, standing(settings, books)))


@push.command()
def status(
    target: Annotated[str | None, typer.Option(help="Only this target.")] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Tell where the letters to each target stand, what is stuck and why, and what a target's books lack."""
    from bridgebook.push_status import standing
    from bridgebook.reading_back import read_back
    from bridgebook.records import open_books
    from bridgebook.telling_push import tell_standing

    with opened(home, lang) as (settings, console):
        if target is not None:
            settings.target(target)
        books = open_books(settings)
        seen, unseen = read_back(settings, books)
        raise typer.Exit(tell_standing(console, standing(settings, books, target=target), seen, unseen))


@push.command()
def retry(
    letter: Annotated[int, typer.Argument(help="Number of the letter, as `push status` shows it.")],
    by: Annotated[str, typer.Option(help="Who decides so.")],
    reason: Annotated[str, typer.Option(help="What was put right.")],
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Try a refused or given-up letter again; the target is asked first whether it has it."""
    from bridgebook.pushing import retry as retried
    from bridgebook.records import open_books

    with opened(home, lang) as (settings, console):
        row = retried(open_books(settings), settings, letter, by=by, reason=reason)
        console("push_retried", id=letter, target=row.target, subject=row.subject)
