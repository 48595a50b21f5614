"""What people say and what texts of the State say for it: *femmes battues*, *violences conjugales*.

A small file, looked up by the stems of the words that were typed; only from left to right.

>>> said_otherwise(("feme", "batu", "pari")).others
('violences conjugales', 'violences faites aux femmes')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from indexer.french.acronyms import stems_of


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that are typed, as they are written and as stems, and what else is searched."""

    text: str
    stems: tuple[str, ...]
    others: tuple[str, ...]


@cache
def _sayings() -> Mapping[str, tuple[Saying, ...]]:
    """Return the rows of the file by their first stem, those of most words first."""
    text = files("indexer.french").joinpath("data/synonyms.tsv").read_text("utf-8")
    found: dict[str, list[Saying]] = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            typed, *others = line.split("\t")
            stems = stems_of(typed)
            found.setdefault(stems[0], []).append(Saying(typed, stems, tuple(others)))
    return {
        first: tuple(sorted(rows, key=lambda row: -len(row.stems))) for first, rows in found.items()
    }


def sayings() -> tuple[Saying, ...]:
    """Return all rows of the file."""
    return tuple(saying for rows in _sayings().values() for saying in rows)


def said_otherwise(stems: Sequence[str]) -> Saying | None:
    """Return the row of most words that stems begin with, None where there is none."""
    if not stems:
        return None
    for saying in _sayings().get(stems[0], ()):
        if tuple(stems[: len(saying.stems)]) == saying.stems:
            return saying
    return None
