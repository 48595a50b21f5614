"""What an engine gives back: frozen, complete, and without any markup.

Matches are marked as pieces ``(text, is_match)``; a renderer decides what a mark looks like.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from indexer.question import Question
from indexer.search.advice import Correction, Help
from indexer.search.neighbours import Neighbour
from indexer.search.request import Search


class Piece(NamedTuple):
    """A run of text, and whether the query matches it."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """An extract of a text; ``speaker`` is who says it, in an exchange.

    ``cut_before`` and ``cut_after`` tell that the text goes on beyond the extract.
    """

    pieces: tuple[Piece, ...]
    speaker: str | None = None
    cut_before: bool = False
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One question found. ``missing`` names the words of the query that it does not hold.

    ``others`` counts the questions of its family that the search finds too, and that are not shown
    because it is. ``recalled`` is the question that it only serves to recall, if it does.
    A ``related`` one is no answer to the query but near those that are, and in no count; a
    ``wordless`` one is related without any of the words.
    """

    uid: str
    chamber: str
    kind: str
    legislature: int
    number: int
    author: str | None
    group: str | None
    ministry_asked: str | None
    ministry_answering: str | None
    date_asked: date | None
    date_answered: date | None
    status: str
    delay_days: int | None
    title: tuple[Piece, ...]
    score: float
    source_url: str | None
    question: tuple[Passage, ...] = ()
    answer: tuple[Passage, ...] = ()
    missing: tuple[str, ...] = ()
    others: int = 0
    recalled: Neighbour | None = None
    related: bool = False
    wordless: bool = False


class FacetValue(NamedTuple):
    """A value, how many of the questions found have it, and whether the search asks for it."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # nobody counts in it as in other tuples
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one filter, most frequent first; counts ignore the filter itself.

    ``others`` is the number of values that were left out.
    """

    name: str
    label: str
    values: tuple[FacetValue, ...]
    others: int = 0


@dataclass(frozen=True, slots=True)
class Months:
    """How many questions each month has, from ``month`` (1 to 12) of ``year`` on.

    >>> list(Months(2019, 12, (3, 0, 4)).known())
    [(2019, 12, 3), (2020, 2, 4)]
    """

    year: int = 1
    month: int = 1
    counts: tuple[int, ...] = ()

    def known(self) -> Iterator[tuple[int, int, int]]:
        """Yield year, month and questions of the months that have any, in order."""
        for place, count in enumerate(self.counts, self.month - 1):
            if count:
                yield self.year + place // 12, place % 12 + 1, count


@dataclass(frozen=True, slots=True)
class Timeline:
    """The questions found by the month of their date, and of the date of their answer."""

    asked: Months = Months()
    answered: Months = Months()


@dataclass(frozen=True, slots=True)
class Synonym:
    """An acronym of the query or of its words, and what it means.

    ``key`` names it in a :class:`Search`; ``count`` questions define it so, 0 where it is known
    from elsewhere. It is ``used``; or ``offered``, where several meanings are as likely; or was
    ``removed`` by the search.
    """

    key: str
    acronym: str
    meaning: str
    count: int
    state: Literal["used", "offered", "removed"]


@dataclass(frozen=True, slots=True)
class Understood:
    """What the engine made of the text: shown back so that nothing changes meaning in silence.

    ``text`` is the query in words; ``ignored`` the words left out; ``variants`` the forms of the
    corpus that each word also finds, or that a pattern or misspelt word means; ``notices`` are
    whole French sentences; ``named`` identify the questions that the text names by a number;
    ``expansions`` are the acronyms that stand for its words, or the reverse.
    """

    text: str
    ignored: tuple[str, ...] = ()
    variants: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notices: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    expansions: tuple[Synonym, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits.

    ``total`` counts all questions found; ``total_all_words`` those that hold every word wanted:
    where it is smaller, the others follow them, or stand among them in the order of relevance.
    ``groups`` and ``groups_all_words`` are the same with one question a family: hits on all pages
    together, but for the ``total_related`` questions with which a short list goes on; ``pages``
    counts both. The first page has a ``suggestion`` where words seem misspelt; there is ``help``
    where next to nothing was found.
    """

    search: Search
    understood: Understood
    total: int
    total_all_words: int
    groups: int
    groups_all_words: int
    pages: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    generation: str
    timeline: Timeline = Timeline()
    suggestion: Correction | None = None
    help: Help | None = None
    total_related: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a whole text with its matches marked; ``speaker`` where a turn begins."""

    pieces: tuple[Piece, ...]
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class MarkedQuestion:
    """A whole question with the matches of a query marked in its texts."""

    record: Question
    title: tuple[Piece, ...]
    question: tuple[Paragraph, ...]
    answer: tuple[Paragraph, ...]
    matches: int


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """A part of an index: its name, what reads it, its documents, and how many are deleted."""

    name: str
    codec: str
    documents: int
    deleted: int


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index is made of; ``counts`` are (chamber, legislature, kind, questions).

    ``why_not_native`` says in French why searches run in plain Python, None where they run in
    the compiled extension. ``fallbacks`` are (type of query, queries) that stock Whoosh answered
    since the index was opened.
    """

    generation: str
    built_at: str
    questions: int
    counts: tuple[tuple[str, int, str, int], ...]
    first_date: date | None
    last_date: date | None
    corpus_digest: str
    analysis_digest: str
    schema_version: int
    is_sample: bool
    why_not_native: str | None = None
    segments: tuple[SegmentInfo, ...] = ()
    fallbacks: tuple[tuple[str, int], ...] = ()

    @property
    def native(self) -> bool:
        """Whether searches run in the compiled extension."""
        return self.why_not_native is None
