"""What is asked of an executor, and what it answers: plain values, the same for both readings."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer.fastwhoosh.plan import Node


class OrderKey(NamedTuple):
    """One key to order by: the score (``column`` None) or a column of whole numbers.

    ``zero_as`` replaces the value 0, for columns where 0 means that nothing is known.
    """

    column: str | None
    descending: bool = True
    zero_as: int | None = None


SCORE: Final = OrderKey(None)
BY_SCORE: Final = (SCORE,)


class FilterCodes(NamedTuple):
    """Keeps documents whose code in a column is allowed.

    ``allowed`` holds a byte a code for each segment, 1 for allowed.
    """

    column: str
    allowed: tuple[bytes, ...]


class FacetCodes(NamedTuple):
    """Counts the codes of a column over what the filters leave.

    ``maps`` gives, for each segment, the place to count at of each code, as 32-bit numbers;
    ``size`` is the number of places. ``own`` is the filter (its place in the request) that the
    facet ignores, -1 for none.
    """

    column: str
    maps: tuple[bytes, ...]
    size: int
    own: int = -1


class CollapseCodes(NamedTuple):
    """Collapses the hits of each code into the best of them; code 0 is that of no group.

    ``codes`` holds for each segment a 32-bit number a document; they are below ``size``, others
    count as 0.
    """

    codes: tuple[bytes, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Request:
    """A plan and what to give of what it matches: ``limit`` hits from the ``first`` on."""

    plan: Node
    first: int = 0
    limit: int = 10
    order: tuple[OrderKey, ...] = BY_SCORE
    filters: tuple[FilterCodes, ...] = ()
    facets: tuple[FacetCodes, ...] = ()
    collapse: CollapseCodes | None = None


class Answer(NamedTuple):
    """What a request finds.

    ``matched`` counts before the filters, ``total`` after them; ``hits`` are (score, document
    number) in order, where the score is 0.0 if the order does not ask for it; ``counts`` are
    32-bit numbers, one a place of each facet. ``groups`` is the number of hits on all pages
    together: the total, unless they collapse. Then ``others`` says how many more documents of the
    total share the code of each hit, and is empty otherwise.
    """

    matched: int
    total: int
    hits: list[tuple[float, int]]
    counts: tuple[bytes, ...]
    groups: int
    others: list[int]
