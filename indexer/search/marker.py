"""What counts as a match in a text, and what a match is."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Marker:
    """What counts as a match: stems, exact forms, and phrases of exact forms.

    The words of ``phrases`` are matches only where they stand in that order side by side.
    """

    stems: frozenset[str] = frozenset()
    exacts: frozenset[str] = frozenset()
    phrases: tuple[tuple[str, ...], ...] = ()
    slops: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.exacts or self.phrases)


class Span(NamedTuple):
    """A match: character offsets, its weight, and the word (stem or form) that it matches."""

    start: int
    end: int
    weight: float
    word: str
