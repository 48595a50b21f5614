"""The program ``questions``: the group of all commands, in the order in which one needs them.

A command's module is loaded when the command is asked for: all of them take longer than a search.
"""

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

from indexer.cli.french import FrenchGroup

# Command → its module beside this one, and its name there.
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "fetch": ("fetching", "fetch"),
    "import": ("importing", "import_"),
    "index": ("indexing", "index"),
    "search": ("searching", "search"),
    "suggest": ("searching", "suggest"),
    "show": ("searching", "show"),
    "similar": ("searching", "similar"),
    "stats": ("statistics", "stats"),
    "export": ("exporting", "export"),
    "status": ("state", "status"),
    "check": ("state", "check"),
    "serve": ("serving", "serve"),
}


class _Commands(UserDict[str, click.Command]):
    """The commands by name, in order; each is loaded when it is looked at."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(_PLACES))  # type: ignore[arg-type]  # names alone

    def __getitem__(self, name: str) -> click.Command:
        module, attribute = _PLACES[name]
        command: click.Command = getattr(import_module(f"indexer.cli.{module}"), attribute)
        return command


def _show_version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001  # click's form
    if asked and not ctx.resilient_parsing:
        from indexer import __version__  # noqa: PLC0415  # start-up cost

        click.echo(f"questions {__version__}", color=ctx.color)
        ctx.exit()


@click.group(
    cls=FrenchGroup,
    commands=_Commands(),
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    epilog="« questions COMMANDE --help » montre l'aide d'une commande. Les dossiers sont ./corpus "
    "et ./index, sauf si QUESTIONS_CORPUS et QUESTIONS_INDEX en nomment d'autres.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Affiche la version.",
)  # fmt: skip
def questions() -> None:
    """Cherche dans les questions des parlementaires français et leurs réponses."""
