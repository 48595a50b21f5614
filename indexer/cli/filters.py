"""Words and flags of the command line → ``Search``: made from the tables of what may be asked.

A word that begins with a dash excludes it (``questions search loup -mouton``); click would take it
for an option, so :class:`QueryCommand` sets such words apart first.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import click

from indexer.cli.french import FrenchCommand
from indexer.cli.terminal import valid_text
from indexer.search.ranges import parse_days
from indexer.search.request import FILTERS, SCOPES, SORTS, Search, canonical_value, date_range

_Wrapped = TypeVar("_Wrapped", bound=Callable[..., Any])

# No argument of a process can hold this character.
_SET_APART: Final = "\0"
_EXCLUSION = re.compile(r'-([^\W\d_]\w*:.+|[^\W\d_][^=]+|[="«(].*)', re.DOTALL)
_DATES: Final[Mapping[str, str]] = {
    "du": "Questions posées à partir de cette date.",
    "au": "Questions posées jusqu'à cette date.",
    "reponse_du": "Réponses publiées à partir de cette date.",
    "reponse_au": "Réponses publiées jusqu'à cette date.",
}
_ACRONYMS: Final[Mapping[str, tuple[str, str]]] = {
    "sans": ("SIGLE", "Ce sigle n'est pas remplacé par son sens, ni son sens par lui."),
    "avec": ("SIGLE:SENS", "Sens voulu d'un sigle qui en a plusieurs."),
}
_DATE_FORMS: Final = "Une date est écrite 2019-11-05, 05/11/2019, 11/2019, mars 2019 ou 2019."


class QueryCommand(FrenchCommand):
    """A command whose arguments are a query, exclusions included."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        options = {name.lstrip("-") for option in self.params for name in option.opts}
        plain_from = args.index("--") if "--" in args else len(args)
        marked = [_SET_APART + word if _excludes(word, options) else word for word in args]
        return super().parse_args(ctx, [*marked[:plain_from], *args[plain_from:]])


def _excludes(word: str, options: set[str]) -> bool:
    match = _EXCLUSION.fullmatch(word)
    return match is not None and match[1] not in options


def query_options(command: _Wrapped) -> _Wrapped:
    """Give a command the query, and an option for every filter."""
    for name, spec in reversed(tuple(FILTERS.items())):
        values = f" Valeurs : {', '.join(spec.values)}." if spec.values else ""
        command = click.option(
            _flag(name), name, multiple=True, metavar="VALEUR",
            help=f"{spec.help[:1].upper()}{spec.help[1:]}.{values} Peut être répété.",
        )(command)  # fmt: skip
    command = click.option(
        "--formes-exactes", "exact", is_flag=True,
        help="Cherche les mots sous la forme écrite, sans leurs variantes.",
    )(command)  # fmt: skip
    command = click.option(
        "--delai", "delai", default="", metavar="JOURS",
        help="Délai de la réponse en jours : 60, '>60', '<=90' ou 30..90.",
    )(command)  # fmt: skip
    for name, (metavar, text) in reversed(tuple(_ACRONYMS.items())):
        command = click.option(
            _flag(name), name, multiple=True, metavar=metavar, help=f"{text} Peut être répété."
        )(command)
    command = _table_option("champ", SCOPES, "Où chercher")(command)
    for name, text in reversed(tuple(_DATES.items())):
        command = click.option(_flag(name), name, default="", metavar="DATE", help=text)(command)
    return click.argument("text", nargs=-1, metavar="[TEXTE]…")(command)


def order_option(command: _Wrapped) -> _Wrapped:
    """Give a command the option that orders what is found."""
    return _table_option("tri", SORTS, "Ordre des questions")(command)


def dates_epilog(*lines: str) -> str:
    """Return what stands under the options: how dates are written, and some examples."""
    examples = "\n".join(("\b", "Exemples :", *(f"  {line}" for line in lines)))
    return f"{_DATE_FORMS}\n\n{examples}"


def _table_option(name: str, table: Mapping[str, str], what: str) -> Callable[[_Wrapped], _Wrapped]:
    first, *others = table
    return click.option(
        _flag(name), name, default=first, metavar="NOM",
        help=f"{what} : {first} (sans précision), {', '.join(others)}.",
    )  # fmt: skip


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def asks_for_nothing(values: Mapping[str, Any]) -> bool:
    """Tell whether there is neither text nor filter nor date."""
    return not typed_text(values) and not any(values[name] for name in (*FILTERS, *_DATES, "delai"))


def typed_text(values: Mapping[str, Any]) -> str:
    """Return the words as one text."""
    words: Sequence[str] = values["text"]
    return _given(" ".join(words)).strip()


def search_of(values: Mapping[str, Any], **more: Any) -> Search:
    """Return the search that the options ask for.

    Args:
        values: the options of :func:`query_options` by name.
        more: other fields of the search.

    Raises:
        BadParameter: a value cannot be.
    """
    filters = {
        name: tuple(dict.fromkeys(canonical_value(name, _given(value)) for value in values[name]))
        for name in FILTERS
        if values[name]
    }
    return Search(
        text=typed_text(values),
        filters=filters,
        asked=_range(values, "du", "au"),
        answered=_range(values, "reponse_du", "reponse_au"),
        delay=parse_days(_given(values["delai"]), "delai"),
        exact=bool(values["exact"]),
        scope=_given(values["champ"]),
        sort=_given(values.get("tri", "pertinence")),
        without_synonyms=tuple(dict.fromkeys(map(_given, values["sans"]))),
        synonyms=tuple(dict.fromkeys(map(_given, values["avec"]))),
        **more,
    )


def _range(values: Mapping[str, Any], first: str, last: str) -> Any:
    return date_range(_given(values[first]), _given(values[last]), (first, last))


def _given(text: str) -> str:
    return valid_text(text.replace(_SET_APART, ""))
