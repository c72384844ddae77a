"""The command `bridgebook vouchers`: check the rules, explain a voucher."""

from typing import Annotated

import typer

from bridgebook.cli_frame import HomeOption, LangOption, opened

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
