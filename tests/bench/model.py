"""What every part of the benchmark speaks of: documents, queries, answers, engines.

It imports next to nothing, because the start-up of an engine is timed through it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, Protocol

RARE: Final = "rare"
COMMON: Final = "common"
AND3: Final = "and3"
OR5: Final = "or5"
PHRASE: Final = "phrase"
OR5_DATES: Final = "or5_dates"
FACETS: Final = "facets"
PREFIX: Final = "prefix"
FUZZY: Final = "fuzzy"
BY_DATE: Final = "by_date"
PAGE100: Final = "page100"
SNIPPETS: Final = "snippets"
RANKING: Final = "ranking"
SHAPES: Final = (
    RARE, COMMON, AND3, OR5, PHRASE, OR5_DATES, FACETS, PREFIX, FUZZY, BY_DATE, PAGE100, SNIPPETS,
    RANKING,
)  # fmt: skip

LIMIT: Final = 10
DEEP_OFFSET: Final = 990
# The project's own length of an extract; its module is not imported for the sake of start-up.
SNIPPET_CHARACTERS: Final = 280
# Separates the words of an exact form from the compounds that share a place with some of them.
GUARD: Final = "¶"


class Document(NamedTuple):
    """One document: its text, and the two forms of it that the project's analysis makes.

    ``stems`` and ``exact`` are words separated by single spaces. In ``exact`` the words stand in
    order; the wholes of hyphenated words, which share a position with their first part, follow
    behind a guard, so that phrases match alike in engines with one word a position. ``day``
    counts from 0001-01-01 (``date.toordinal``).
    """

    number: int
    text: str
    stems: str
    exact: str
    day: int
    author: str
    group: str
    fate: str


def words_of(document: Document) -> list[str]:
    """Return the exact words of a document, without its compounds."""
    return document.exact.partition(f" {GUARD} ")[0].split(" ")


class Query(NamedTuple):
    """One query of a shape. ``words`` are stems, but exact forms in a phrase.

    ``days`` is an inclusive range of days, for the shape with dates alone; ``surfaces`` are the
    words as one document has them, for the shapes with snippets and with the whole ranking.
    """

    shape: str
    words: tuple[str, ...]
    days: tuple[int, int] | None = None
    surfaces: tuple[str, ...] = ()


# The total of an engine that does not count.
UNCOUNTED: Final = -1
Counts = Mapping[str, int]


class Answer(NamedTuple):
    """What a search gives: exact total, the hits as (score, document id), facets or snippets.

    The document id is whatever the engine calls it; the score of a sort by date is the engine's.
    """

    total: int
    hits: Sequence[tuple[float, object]]
    facets: tuple[Counts, Counts] | None = None
    snippets: Sequence[str] | None = None


Search = Callable[[], Answer]


class Engine(Protocol):
    """One search engine over one folder.

    ``most_documents`` bounds what it is given (None: no bound), ``most_procs`` with how many
    processes or threads it can build; ``shapes`` are those that it can answer
    (none: it is only built), ``exact`` those in which it counts all hits of the same words as the
    others.
    """

    name: ClassVar[str]
    most_documents: ClassVar[int | None]
    most_procs: ClassVar[int]
    exact: ClassVar[frozenset[str]]
    shapes: ClassVar[frozenset[str]]

    def __init__(self, folder: Path) -> None: ...

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        """Index a corpus into the empty folder with so many processes or threads."""

    def open(self) -> None:
        """Open what was built, for searching."""

    def prepare(self, query: Query) -> Search:
        """Return what runs a query; query objects are made here, outside the timing."""

    def append(self, documents: Iterable[Document]) -> None:
        """Add documents, commit, and reopen so that queries prepared from now on see them."""

    def segments(self) -> int:
        """Return how many segments the open index has."""
