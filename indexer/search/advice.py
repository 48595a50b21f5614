"""What an engine advises beside its hits: another spelling, and searches that find more.

Frozen, complete and without markup, as the results are; every total is that of its search.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.search.ranges import written_days
from indexer.search.request import Search


class Stretch(NamedTuple):
    """A run of the text of a suggested search, and whether it is spelt anew."""

    text: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """The search as it may be meant: ``stretches`` make up its text, ``total`` is what it finds."""

    search: Search
    stretches: tuple[Stretch, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Way:
    """Another search to go on with: ``label`` says in French what it changes.

    ``total`` is the number of questions that it finds, never 0.
    """

    label: str
    search: Search
    total: int


@dataclass(frozen=True, slots=True)
class Help:
    """What to do where next to nothing was found.

    ``unknown`` are the words of the query that no question holds, ``ways`` other searches, best
    first.
    """

    unknown: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()


def advice_json(suggestion: Correction | None, help_: Help | None) -> dict[str, Any]:
    """Return the JSON members ``suggestion`` and ``help``, null where there is none."""
    return {
        "suggestion": None if suggestion is None else _correction_json(suggestion),
        "help": None if help_ is None else _help_json(help_),
    }


def _correction_json(suggestion: Correction) -> dict[str, Any]:
    return {
        "query": suggestion.search.text,
        "pieces": [[piece.text, piece.is_new] for piece in suggestion.stretches],
        "total": suggestion.total,
    }


def _help_json(help_: Help) -> dict[str, Any]:
    return {
        "unknown": list(help_.unknown),
        "ways": [
            {"label": way.label, "total": way.total, "search": parameters(way.search)}
            for way in help_.ways
        ],
    }


def parameters(search: Search) -> dict[str, Any]:
    """Return what narrows a search, by the names of its parameters; what is open is left out."""
    days = {
        "du": search.asked.first,
        "au": search.asked.last,
        "reponse_du": search.answered.first,
        "reponse_au": search.answered.last,
    }
    given: dict[str, Any] = {"q": search.text}
    given |= {name: day.isoformat() for name, day in days.items() if day}
    given |= {name: list(values) for name, values in search.filters.items() if values}
    given["formes"] = "exactes" if search.exact else ""
    given["delai"] = written_days(search.delay)
    given["champ"] = search.scope if search.scope != Search().scope else ""
    return {name: value for name, value in given.items() if value}
