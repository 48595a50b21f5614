"""What counts as a match in a text, and what a match is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.search.tree import Chain, Word

# "direction générale de la concurrence" and "... de la consommation et de la répression": at most
# three little words stand between two words of what an acronym means.
CHAIN_WIDTH: Final = 4

Others = Sequence[Word | Chain]


# One is made a query, and asked of many texts: it is known by itself, not by what is in it.
@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """What counts as a match: stems, exact forms, and phrases of exact forms.

    The words of ``phrases`` are matches only where they stand in that order side by side. Stems of
    ``chains`` match where they follow each other, each at most CHAIN_WIDTH words after the last.
    """

    stems: frozenset[str] = frozenset()
    exacts: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    slops: tuple[int, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.exacts or self.phrases or self.chains)


class Span(NamedTuple):
    """A match: character offsets, its weight, and the word (stem or form) that it matches."""

    start: int
    end: int
    weight: float
    word: str


def acronyms_of(others: Others) -> frozenset[str]:
    """Return the acronyms that stand for a word, as exact forms."""
    return frozenset(other.text for other in others if isinstance(other, Word))


def chains_of(others: Others) -> frozenset[tuple[str, ...]]:
    """Return the meanings that stand for a word, as stems."""
    return frozenset(other.stems for other in others if isinstance(other, Chain))


def stand_in(others: Others) -> Marker:
    """Return what marks, in a text, that something else stands there for a word."""
    return Marker(exacts=acronyms_of(others), chains=tuple(sorted(chains_of(others))))
