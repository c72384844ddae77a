"""The command `bridgebook demo`: books that the product writes by itself, and days of their life."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from bridgebook.cli_frame import HomeOption, LangOption, telling

demo_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class Books(StrEnum):
    """Books that the demo can show."""

    group = "group"
    tryton = "tryton"


@demo_app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    company: Annotated[
        Books, typer.Option("--company", help="The group on SAP and U8, or a trading company on Tryton.")
    ] = Books.group,
    scale: Annotated[
        float | None, typer.Option(min=0.001, help="Size of the group; 1 is 12,000 vouchers a month. [0.1]")
    ] = None,
    defects: Annotated[
        float | None, typer.Option(min=0, help="How many mistakes are planted; 0 is a clean book. [1]")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day the group has lived until. [2026-10-31]"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same books.")] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Write the group's databases to this PostgreSQL or MySQL/MariaDB server instead."),
    ] = None,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Show everything at work on a demo group's books, without any source of your own."""
    context.obj = (home, lang)
    if context.invoked_subcommand:
        return
    from bridgebook.demo import company as trader
    from bridgebook.demo import group_home
    from bridgebook.logs import start_log
    from bridgebook.settings import Home, chosen_home
    from bridgebook.telling import tell_demo, tell_sync
    from bridgebook.telling_demo import tell_group

    with telling(home, lang) as console:
        root = chosen_home(home)
        start_log(Home(root), "demo")
        synced = partial(tell_sync, console)
        if company is Books.tryton:
            shown = trader.show(root, console.language, console, synced=synced)
            raise typer.Exit(tell_demo(console, shown, home))
        wish = group_home.Wish(scale, seed, defects, as_of.date() if as_of else None, url)
        group = group_home.show(root, console.language, console, wish, synced=synced)
        raise typer.Exit(tell_group(console, group, home))


@demo_app.command("tick")
def demo_tick(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 1,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    """Let the demo group live a day: late, backdated, edited, deleted and voided rows."""
    from bridgebook.demo import group_home
    from bridgebook.settings import chosen_home
    from bridgebook.telling_demo import tell_tick

    # Both options may stand before the word `tick` too.
    home, lang = home or context.obj[0], lang or context.obj[1]
    with telling(home, lang) as console:
        tell_tick(console, group_home.live(chosen_home(home), days), home)
