"""What a search computes: a small algebra that every query is compiled into.

A plan is a tree of the tuples below. Two readings give the same answers: the native one of
``indexer.native`` and the obvious one of :mod:`indexer.fastwhoosh.interpreter`, which works on any
Whoosh reader. Statistics (inverse document frequencies, average lengths) are put in when a plan is
made, from the whole index, so that a document scores the same in whichever segment it lies.

A document's score is a sum over what matches. All scores and factors are at least 0, weights
above 0. Each tuple ends in ``op``, the number by which native code knows it.

>>> loup = Group((Part("text", b"loup", 1.0, 0.75, 120.0),), factor=3.2, k1=1.2)
>>> Word((loup,)).op
1
"""

from typing import NamedTuple

# How the positions of a line's terms are looked at; see Positional.
ORDERED, CHAIN, WINDOW, NEAR = range(4)
# How an Expansion reads its pattern.
PREFIX, WILDCARD, FUZZY, BETWEEN = range(4)

# k1 of a group that is not saturated: its score is factor times the weighted frequency.
LINEAR = 0.0


class Part(NamedTuple):
    """A term in a field, and what it weighs: ``weight * tf / (1 - b + b * length / average)``."""

    field: str
    term: bytes
    weight: float
    b: float
    average: float


class Group(NamedTuple):
    """Terms that count as one word: their weights x are added, then saturated once.

    It scores ``factor * x * (k1 + 1) / (x + k1)``, or ``factor * x`` where k1 is ``LINEAR``.
    """

    parts: tuple[Part, ...]
    factor: float
    k1: float


class Word(NamedTuple):
    """Documents that hold a term of the first group; the other groups add to their scores.

    Whoever makes it sees to it that the other groups hold no other documents (the exact forms of
    a stem). ``constant`` is added to each score.
    """

    groups: tuple[Group, ...]
    constant: float = 0.0
    op: int = 1


class Line(NamedTuple):
    """Terms of one field whose positions are compared; weighed as a :class:`Part` is.

    ``offsets`` is where each term stands from the first, for ``ORDERED``.
    """

    field: str
    terms: tuple[bytes, ...]
    offsets: tuple[int, ...]
    weight: float
    b: float
    average: float


class Positional(NamedTuple):
    """Documents in which the terms of a line stand together; tf is how often they do.

    ``ORDERED``: each at its offset. ``CHAIN``: each 1 to ``width`` positions after the one before
    (tf is 1). ``WINDOW``: within ``width`` positions, in any order, without overlap. ``NEAR``: a
    position of the first term with another one of the second at most ``width`` away.
    """

    lines: tuple[Line, ...]
    factor: float
    k1: float
    mode: int
    width: int
    op: int = 2


class Terms(NamedTuple):
    """Documents that hold any of some terms of a field, all with the same score."""

    field: str
    terms: tuple[bytes, ...]
    score: float = 0.0
    op: int = 3


class Expansion(NamedTuple):
    """Documents that hold a term of a field that a pattern means, all with the same score.

    ``PREFIX``: begins with ``text``. ``WILDCARD``: ``*`` is any characters, ``?`` one. ``FUZZY``:
    at most ``distance`` insertions, deletions or substitutions away, sharing the first ``prefix``
    characters. ``BETWEEN``: from ``text`` to ``last``, both included (``last`` None is open).
    The empty term is never meant.
    """

    field: str
    kind: int
    text: bytes
    last: bytes | None = None
    distance: int = 0
    prefix: int = 0
    score: float = 0.0
    op: int = 4


class Range(NamedTuple):
    """Documents whose column of whole numbers lies from ``low`` to ``high``, both included."""

    column: str
    low: int
    high: int
    score: float = 0.0
    op: int = 5


class Every(NamedTuple):
    """All documents."""

    score: float = 0.0
    op: int = 6


class All(NamedTuple):
    """Documents of every child (all documents where there is none) and of none of ``without``.

    ``maybe`` only adds to the scores of those.
    """

    children: "tuple[Node, ...]"
    without: "tuple[Node, ...]" = ()
    maybe: "tuple[Node, ...]" = ()
    op: int = 7


class Any(NamedTuple):
    """Documents of at least ``at_least`` children; the scores of those that match are added.

    Where there are ``weights``, one a child and at least 1, each child counts for its own, and
    ``at_least`` is their sum; together they are at most 65,535.
    """

    children: "tuple[Node, ...]"
    at_least: int = 1
    weights: tuple[int, ...] = ()
    op: int = 8


class Constant(NamedTuple):
    """Documents of the child, all with the same score."""

    child: "Node"
    score: float
    op: int = 9


Node = Word | Positional | Terms | Expansion | Range | Every | All | Any | Constant

NOTHING = Any(())
