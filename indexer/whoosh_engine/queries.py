"""Whoosh queries with the project's ranking: BM25F words, phrases, closeness, and their trees.

Every class is a Whoosh ``Query``, so a stock searcher runs it; its work is done in ``scores``,
which gives the score of every matching document of one segment at once. Statistics (idf, average
lengths) are put in when the query is built, from the whole index, so that a document scores the
same in whichever segment it lies.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query
from whoosh.reading import IndexReader, TermNotFound

from indexer.search.ranking import normalised, saturated

Scores = dict[int, float]


class ScoredQuery(Query):  # type: ignore[misc]  # Whoosh has no types
    """A query that scores a whole segment at once."""

    def scores(self, reader: IndexReader) -> Scores:
        """Return document number → score for the live matching documents of a segment."""
        raise NotImplementedError

    def matcher(self, searcher: Any, context: Any = None) -> Any:  # noqa: ARG002  # Whoosh's signature
        found = self.scores(searcher.reader())
        ids = sorted(found)
        return ListMatcher(ids, [found[number] for number in ids]) if ids else NullMatcher()

    def estimate_size(self, ixreader: IndexReader) -> int:
        return int(ixreader.doc_count())

    def estimate_min_size(self, ixreader: IndexReader) -> int:  # noqa: ARG002  # Whoosh's signature
        return 0

    def is_leaf(self) -> bool:
        return True

    def normalize(self) -> Query:
        return self


@dataclass(frozen=True)
class Terms:
    """Words of one form that count as one: ``fields`` maps a part to its index field.

    ``averages`` are the mean lengths of the parts, in words.
    """

    words: tuple[str, ...]
    fields: Mapping[str, str]
    averages: Mapping[str, float]
    idf: float


def postings(reader: IndexReader, name: str, word: str) -> Iterator[tuple[int, float]]:
    """Yield the live documents of a segment that hold a word, with its frequency."""
    try:
        matcher = reader.postings(name, word)
    except (TermNotFound, KeyError):
        return
    while matcher.is_active():
        yield matcher.id(), matcher.weight()
        matcher.next()


def _term_scores(reader: IndexReader, terms: Terms, weight: float) -> Scores:
    """Return BM25F: frequencies of all parts are weighted, added, and saturated once."""
    weights: Scores = {}
    for part, name in terms.fields.items():
        frequencies: Scores = {}
        for word in terms.words:
            for number, frequency in postings(reader, name, word):
                frequencies[number] = frequencies.get(number, 0.0) + frequency
        average = terms.averages[part]
        for number, frequency in frequencies.items():
            length = reader.doc_field_length(number, name)
            value = normalised(part, frequency, length, average)
            weights[number] = weights.get(number, 0.0) + value
    return {number: weight * terms.idf * saturated(value) for number, value in weights.items()}


@dataclass(frozen=True, eq=False)
class WordQuery(ScoredQuery):
    """One word: found by ``found``, and worth more where ``bonus`` holds too.

    ``tier`` is added to each score: it lets an engine count how many words a document holds.
    """

    found: Terms
    weight: float = 1.0
    bonus: Terms | None = None
    bonus_weight: float = 0.0
    tier: float = 0.0
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        scores = _term_scores(reader, self.found, self.weight)
        if self.bonus:
            for number, score in _term_scores(reader, self.bonus, self.bonus_weight).items():
                scores[number] = scores.get(number, 0.0) + score
        if self.tier:
            return {number: score + self.tier for number, score in scores.items()}
        return scores


@dataclass(frozen=True, eq=False)
class PhraseQuery(ScoredQuery):
    """Words side by side (``slop`` 0), or all within ``len(words) + slop`` words in any order.

    ``fields`` maps a part to the field to look in, ``averages`` to its mean length. It scores as
    one word of inverse document frequency ``idf``.
    """

    words: tuple[str, ...]
    fields: Mapping[str, str]
    averages: Mapping[str, float]
    idf: float
    slop: int = 0
    weight: float = 1.0
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        weights: Scores = {}
        # Near each other, a word is wanted once; side by side, as often as it was typed.
        words = tuple(dict.fromkeys(self.words)) if self.slop else self.words
        for part, name in self.fields.items():
            for number, places in _positions(reader, name, words):
                if self.slop:
                    count = _windows(places, len(self.words) + self.slop)
                else:
                    count = _in_order(places, range(len(words)))
                if count:
                    length = reader.doc_field_length(number, name)
                    value = normalised(part, count, length, self.averages[part])
                    weights[number] = weights.get(number, 0.0) + value
        factor = self.weight * self.idf
        return {number: factor * saturated(value) for number, value in weights.items()}


def _positions(
    reader: IndexReader, name: str, words: Sequence[str]
) -> Iterator[tuple[int, list[list[int]]]]:
    """Yield the documents that hold all words in a field, with each word's positions."""
    try:
        matchers = {word: reader.postings(name, word) for word in dict.fromkeys(words)}
        rarest_first = sorted(matchers, key=lambda word: reader.doc_frequency(name, word))
    except (TermNotFound, KeyError):
        return
    lead, *others = (matchers[word] for word in rarest_first)
    while lead.is_active():
        number = lead.id()
        if all(_stands_at(other, number) for other in others):
            found = {word: matcher.value_as("positions") for word, matcher in matchers.items()}
            yield number, [found[word] for word in words]
        lead.next()


def _stands_at(matcher: Any, number: int) -> bool:
    if matcher.is_active() and matcher.id() < number:
        matcher.skip_to(number)
    return bool(matcher.is_active() and matcher.id() == number)


def _in_order(places: list[list[int]], offsets: Sequence[int]) -> int:
    """Count the places where each word stands at its offset from the first."""
    first, *others = [
        {position - offset for position in positions}
        for positions, offset in zip(places, offsets, strict=True)
    ]
    return len(first.intersection(*others))


def _windows(places: list[list[int]], width: int) -> int:
    """Count the windows of at most ``width`` words that hold every word, without overlap."""
    events = sorted(
        (position, word) for word, positions in enumerate(places) for position in positions
    )
    last: dict[int, int] = {}
    count = 0
    for position, word in events:
        last[word] = position
        if len(last) == len(places) and position - min(last.values()) < width:
            count += 1
            last.clear()
    return count


@dataclass(frozen=True)
class Pair:
    """Two neighbouring words of a query, ``distance`` words apart as typed."""

    first: str
    second: str
    distance: int
    idf: float


@dataclass(frozen=True, eq=False)
class ClosenessQuery(ScoredQuery):
    """A bonus for neighbouring words of the query that stand as typed, or at least close."""

    pairs: tuple[Pair, ...]
    fields: Mapping[str, str]
    averages: Mapping[str, float]
    ordered_weight: float
    near_weight: float
    window: int
    boost: float = field(default=1.0, init=False)

    def scores(self, reader: IndexReader) -> Scores:
        scores: Scores = {}
        for pair in self.pairs:
            for ordered, factor in ((True, self.ordered_weight), (False, self.near_weight)):
                weights = self._weights(reader, pair, ordered=ordered)
                for number, value in weights.items():
                    score = factor * pair.idf * saturated(value)
                    scores[number] = scores.get(number, 0.0) + score
        return scores

    def _weights(self, reader: IndexReader, pair: Pair, *, ordered: bool) -> Scores:
        weights: Scores = {}
        for part, name in self.fields.items():
            for number, places in _positions(reader, name, (pair.first, pair.second)):
                if ordered:
                    count = _in_order(places, (0, pair.distance))
                else:
                    count = _near(places[0], places[1], self.window)
                if count:
                    length = reader.doc_field_length(number, name)
                    value = normalised(part, count, length, self.averages[part])
                    weights[number] = weights.get(number, 0.0) + value
        return weights


def _near(first: list[int], second: list[int], window: int) -> int:
    """Count the positions of ``first`` that have one of ``second`` within the window."""
    count = 0
    for position in first:
        place = bisect_left(second, position - window)
        while place < len(second) and second[place] == position:
            place += 1
        count += place < len(second) and second[place] <= position + window
    return count
