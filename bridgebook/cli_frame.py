"""What all commands share: options, the language, and how reasons become sentences and exit codes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridgebook.errors import ExitCode, Explained

if TYPE_CHECKING:
    from bridgebook.console import Console
    from bridgebook.settings import Settings


class Tongue(StrEnum):
    """Languages that Bridgebook speaks."""

    zh = "zh"
    en = "en"


class Form(StrEnum):
    """How the rows of a query are written."""

    table = "table"
    csv = "csv"
    json = "json"


HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Home folder; default: BRIDGEBOOK_HOME, else .bridgebook/ here.")
]
LangOption = Annotated[
    Tongue | None, typer.Option("--lang", help="Language of messages; default: the settings'.")
]
FullOption = Annotated[bool, typer.Option("--full", help="Do everything anew instead of only what changed.")]
AsOfOption = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day that ageing looks from; default: today."),
]


@contextmanager
def telling(home: Path | None, lang: Tongue | None) -> Iterator["Console"]:
    """Give a console in the reader's language; turn reasons into sentences and exit codes."""
    from bridgebook.console import Console
    from bridgebook.settings import chosen_home, chosen_language
    from bridgebook.telling import tell_unexpected

    console = Console(chosen_language(lang, home))
    try:
        yield console
    except (typer.Exit, typer.BadParameter, BrokenPipeError):
        raise
    except Exception as error:
        if isinstance(error, Explained):
            console.error(error)
            raise typer.Exit(error.exit_code) from None
        tell_unexpected(console, chosen_home(home), error)
        raise typer.Exit(ExitCode.FAILURE) from None


@contextmanager
def opened(home: Path | None, lang: Tongue | None) -> Iterator[tuple["Settings", "Console"]]:
    """Give the settings of an existing home beside the console, with the log running."""
    from bridgebook.logs import start_log
    from bridgebook.settings import load

    with telling(home, lang) as console:
        settings = load(home)
        start_log(settings.home, " ".join(sys.argv[1:2]))
        yield settings, console
