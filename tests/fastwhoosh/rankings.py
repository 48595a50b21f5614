"""What a search gives, from any engine, and when two of them are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

from indexer.fastwhoosh.executor import Hits
from indexer.fastwhoosh.request import Answer

_TOLERANCE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Ranking:
    """How many hits, and (score, document number) of the best in their order."""

    total: int
    top: Sequence[tuple[float, int]]

    @classmethod
    def of_results(cls, found: Any) -> Self:
        """Read the results of a Whoosh searcher."""
        places = range(found.scored_length())
        return cls(len(found), [(found.score(place), found.docnum(place)) for place in places])

    @classmethod
    def of(cls, found: Hits | Answer) -> Self:
        """Read what an executor gives."""
        return cls(found.total, list(found[1] if isinstance(found, Hits) else found.hits))

    @property
    def numbers(self) -> list[int]:
        """The documents in their order."""
        return [number for _, number in self.top]

    def page(self, first: int, limit: int) -> "Ranking":
        """Return a part of it."""
        return Ranking(self.total, self.top[first : first + limit])


def is_near(one: float, other: float) -> bool:
    """Return whether two scores are the same but for rounding."""
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


def check_same(whole: Ranking, found: Ranking, first: int = 0) -> None:
    """Fail unless ``found`` is the part of a whole ranking that begins at ``first``.

    Scores may differ by rounding, and so documents whose scores differ by no more than that may
    change places; equal scores must stand in the order of document numbers.
    """
    assert found.total == whole.total
    expected = whole.page(first, max(1, len(found.top))).top if found.top else ()
    assert len(found.top) == len(expected)
    scores = {number: score for score, number in whole.top}
    for (wanted, _), (score, number) in zip(expected, found.top, strict=True):
        assert is_near(wanted, score)
        assert number in scores
        assert is_near(scores[number], score)
    assert len(set(found.numbers)) == len(found.top)
    check_ties(found)


def check_ties(found: Ranking) -> None:
    """Fail unless equal scores stand in the order of document numbers."""
    for (score, number), (after, later) in pairwise(found.top):
        assert score > after or (score == after and number < later)
