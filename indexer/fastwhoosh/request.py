"""What is asked of an executor, and what it answers: plain values, the same for both readings."""

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


class Spread(NamedTuple):
    """Tells how the numbers of a column are spread in each row, of what the filters leave.

    A document is counted in the rows of its code in ``column``: ``rows`` gives them for each
    segment, as :func:`indexer.fastwhoosh.spreads.rows_of_codes` writes them. Where there is no such
    column, every code is 0. ``size`` is the number of rows. A number of 0 means that nothing is
    known, and is not counted. ``ranks`` are the shares wanted, 0 to 100 in the hundred: 50 picks
    the least number that half of them do not exceed.
    """

    column: str
    rows: tuple[bytes, ...]
    size: int
    numbers: str
    ranks: tuple[int, ...]


class SpreadCounts(NamedTuple):
    """What a spread finds, row after row: how many (32 bits), their sum (64 bits), the picks.

    The picks are 32-bit numbers, one a rank in each row, 0 where the row has no number.
    """

    counts: bytes
    sums: bytes
    picks: bytes


class CollapseCodes(NamedTuple):
    """Collapses the hits of each code into the best of them; code 0 is that of no group.

    ``codes`` holds for each segment a 32-bit number a document; they are below ``size``, others
    count as 0.
    """

    codes: tuple[bytes, ...]
    size: int


class Request(NamedTuple):
    """A plan and what to give of what it matches: ``limit`` hits from the ``first`` on."""

    plan: Node
    first: int = 0
    limit: int = 10
    order: tuple[OrderKey, ...] = BY_SCORE
    filters: tuple[FilterCodes, ...] = ()
    facets: tuple[FacetCodes, ...] = ()
    spreads: tuple[Spread, ...] = ()
    collapse: CollapseCodes | None = None


class Answer(NamedTuple):
    """What a request finds.

    ``matched`` counts before the filters, ``total`` after them; ``hits`` are (score, document
    number) in order, where the score is 0.0 if the order does not ask for it; ``counts`` are
    32-bit numbers, one a place of each facet; ``spreads`` are :class:`SpreadCounts`. ``groups`` is
    the number of hits on all pages together: the total, unless they collapse. Then ``others`` says
    how many more documents of the total share the code of each hit, and is empty otherwise.
    """

    matched: int
    total: int
    hits: list[tuple[float, int]]
    counts: tuple[bytes, ...]
    spreads: tuple[tuple[bytes, bytes, bytes], ...]
    groups: int
    others: list[int]
