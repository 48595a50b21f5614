"""What click says, in French: the help pages' fixed words and the messages about a wrong line.

Click's own texts are English. The pages are written by the two classes below, which every command
is made of; the messages are recognised in :data:`_MESSAGES`, the one table of them.

>>> message_of(click.NoSuchOption("--dux", possibilities=["--du", "--type"]))
'Option « --dux » inconnue. Vouliez-vous dire « --du » ?'
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click

_Wrapped = TypeVar("_Wrapped", bound=Callable[..., Any])

_HELP_NAMES: Final = ["-h", "--help"]

# English as click 8.1 to 8.5 writes it, and the French of it. The first that fits is used.
_MESSAGES: Final[Sequence[tuple[re.Pattern[str], str]]] = tuple(
    (re.compile(pattern, re.DOTALL), french)
    for pattern, french in (
        (r"No such option:? '?(.*?)'?\.?", "Option « {0} » inconnue."),
        (r"No such command '(.*)'\.", "Commande « {0} » inconnue."),
        (r"Missing command\.", "Il manque une commande."),
        (r"Got unexpected extra arguments? \((.*)\)", "Argument de trop : {0}."),
        (r"Option '(.*)' requires an argument\.", "L'option « {0} » attend une valeur."),
        (r"Option '(.*)' requires \d+ arguments\.", "L'option « {0} » attend plus de valeurs."),
        (r"Option '(.*)' does not take a value\.", "L'option « {0} » n'attend pas de valeur."),
        (r"'(.*)' is not a valid (?:integer|float)(?: range)?\.", "« {0} » n'est pas un nombre."),
        (r"'(.*)' is not one of (.*)\.", "« {0} » n'est pas une valeur admise : {1}."),
        (r"(\S+) is not in the range (.*)\.", "{0} n'est pas dans l'intervalle {1}."),
        (r"\w+ '(.*)' does not exist\.", "« {0} » n'existe pas."),
        (r"\w+ '(.*)' is a file\.", "« {0} » est un fichier ; un dossier est attendu."),
        (r"\w+ '(.*)' is a directory\.", "« {0} » est un dossier ; un fichier est attendu."),
        (r"\w+ '(.*)' is not readable\.", "« {0} » ne peut être lu."),
        (r"\w+ '(.*)' is not writable\.", "« {0} » ne peut être écrit."),
    )
)


def message_of(error: click.ClickException) -> str:
    """Return the French sentence of an error of click's."""
    if isinstance(error, click.MissingParameter):
        return f"Il manque « {_name_of(error)} »."
    message = _translated(error.message)
    if isinstance(error, click.BadParameter):
        message = f"« {_name_of(error)} » : {message}"
    close = getattr(error, "possibilities", None)
    if close:
        names = ", ".join(f"« {name} »" for name in close)
        message = f"{message} Vouliez-vous dire {names} ?"
    return message


def help_hint(error: click.ClickException) -> str | None:
    """Return where the right way to write the command is told, None where that is not known."""
    context = getattr(error, "ctx", None)
    return f"Voir « {context.command_path} --help »." if context else None


def _translated(message: str) -> str:
    for pattern, french in _MESSAGES:
        if match := pattern.fullmatch(message):
            return french.format(*match.groups())
    return f"Ligne de commande incorrecte ({message})."


def _name_of(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return "paramètre"
    if isinstance(parameter, click.Argument):
        return parameter.human_readable_name.strip("[]…")
    return parameter.opts[-1]


class _FrenchFormatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading} :\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Emploi : ")


class _FrenchContext(click.Context):
    formatter_class = _FrenchFormatter


class FrenchCommand(click.Command):
    """A command whose help page is French from the first word to the last."""

    context_class = _FrenchContext

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the page."""
        if self._french_help is None:
            self._french_help = click.Option(
                ctx.help_option_names, is_flag=True, is_eager=True, expose_value=False,
                callback=_show_help, help="Affiche cette aide.",
            )  # fmt: skip
        return self._french_help

    # Made once for each command: click tells options apart by identity.
    _french_help: click.Option | None = None

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context, with both names of the help option."""
        extra.setdefault("help_option_names", _HELP_NAMES)
        return super().make_context(info_name, args, parent, **extra)


class FrenchGroup(FrenchCommand, click.Group):
    """A group of commands whose help page is French; its commands are so too."""

    command_class = FrenchCommand
    group_class = type

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands in the order in which they were added."""
        rows = [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]
        with formatter.section("Commandes"):
            formatter.write_dl(rows)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """List the commands in the order in which they were added: that in which one needs them."""
        return list(self.commands)


def _show_help(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001  # click's form
    if asked and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def json_option(command: _Wrapped) -> _Wrapped:
    """Give a command its ``--json`` option."""
    return click.option("--json", "as_json", is_flag=True, help="Écrit du JSON.")(command)
