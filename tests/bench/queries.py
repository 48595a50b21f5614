"""Queries of each shape, drawn from the corpus by document frequency, seeded.

Each shape has a generator of its own, so a run of some shapes draws the same queries as a run of
all of them.
"""

import bisect
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final, NamedTuple

from indexer.french.analysis import stem_form
from indexer.french.specification import specification
from tests.bench import model
from tests.bench.corpus import Corpus
from tests.bench.model import Document, Query, words_of

_PLAIN: Final = re.compile(r"[a-z]{3,}")
# No quotes or digits: the words of a phrase are the same words to every engine.
_FULL: Final = re.compile(r"[a-zàâçéèêëîïôùûü]{2,}")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
# Bands of document frequency, as shares of the documents.
_RARE: Final = (0.0001, 0.001)
_MIDDLE: Final = (0.002, 0.1)
_COMMON: Final = (0.05, 0.4)
_LEAST: Final = 3
_PREFIX_EXPANSIONS: Final = (5, 200)
_PREFIX_LENGTH: Final = (4, 5)
_FUZZY_LENGTH: Final = (6, 10)
_PHRASE_LENGTH: Final = (3, 5)
_FREQUENT_PHRASES: Final = 400
_PHRASE_DOCUMENTS: Final = 1_000
_HALF: Final = 0.5
_ROUNDS: Final = 200
_AFTER_LETTERS: Final = "{"
_ON_COMMON: Final = (model.COMMON, model.FACETS, model.BY_DATE, model.PAGE100)

Words = tuple[str, ...]


class Drawn(NamedTuple):
    """What a query is made of, without its shape; no words where the draw found none."""

    words: Words
    days: tuple[int, int] | None = None
    surfaces: Words = ()


class Drawer:
    """Draws queries from the facts of one corpus."""

    def __init__(self, corpus: Corpus, seed: int) -> None:
        self._seed = seed
        self._documents = corpus.facts.documents
        self._frequencies = {
            stem: df for stem, df in corpus.frequencies().items() if _PLAIN.fullmatch(stem)
        }
        self._stems = sorted(self._frequencies)
        self._sample = corpus.sample()
        self._rare = self._band(_RARE) or self._stems
        self._common = self._band(_COMMON)
        self._middle = frozenset(self._band(_MIDDLE))
        self._middle_stems = sorted(self._middle)
        self._days = sorted(document.day for document in self._sample)

    @cached_property
    def _phrases(self) -> list[Words]:
        """The phrases that stand in most documents of a part of the sample."""
        counts: Counter[Words] = Counter()
        for document in self._sample[:_PHRASE_DOCUMENTS]:
            counts.update(dict.fromkeys(_phrases(document), 1))
        return [phrase for phrase, count in counts.most_common(_FREQUENT_PHRASES) if count > 1]

    def queries(self, shape: str, count: int) -> list[Query]:
        """Return so many distinct queries of a shape, fewer where the corpus has no more."""
        rng = random.Random(f"{self._seed}:{shape}")
        draw = self._draws()[shape]
        drawn: dict[Query, None] = {}
        for _ in range(_ROUNDS * count):
            found = draw(rng)
            if found.words:
                drawn[Query(shape, *found)] = None
            if len(drawn) == count:
                break
        return list(drawn)

    def _draws(self) -> dict[str, Callable[[random.Random], Drawn]]:
        return {
            model.RARE: lambda rng: Drawn((rng.choice(self._rare),)),
            **dict.fromkeys(_ON_COMMON, lambda rng: Drawn((rng.choice(self._common),))),
            model.AND3: lambda rng: Drawn(self._together(rng, 3)),
            model.OR5: lambda rng: Drawn(self._together(rng, 5)),
            model.OR5_DATES: lambda rng: Drawn(self._together(rng, 5), self._range(rng)),
            model.PHRASE: lambda rng: Drawn(self._phrase(rng)),
            model.PREFIX: lambda rng: Drawn(self._prefix(rng)),
            model.FUZZY: lambda rng: Drawn(self._misspelt(rng)),
            model.SNIPPETS: self._with_surfaces,
            model.RANKING: self._with_surfaces,
        }

    def _band(self, shares: tuple[float, float]) -> list[str]:
        low, high = (share * self._documents for share in shares)
        low = max(low, _LEAST)
        return [stem for stem in self._stems if low <= self._frequencies[stem] <= max(high, low)]

    def _together(self, rng: random.Random, count: int) -> Words:
        """Return stems of middling frequency that one document holds together."""
        return self._held_by(rng.choice(self._sample), rng, count)

    def _held_by(self, document: Document, rng: random.Random, count: int) -> Words:
        stems = sorted(self._middle.intersection(document.stems.split(" ")))
        return tuple(rng.sample(stems, count)) if len(stems) >= count else ()

    def _with_surfaces(self, rng: random.Random) -> Drawn:
        """Return five stems that a document holds together, and a word of it for each."""
        document = rng.choice(self._sample)
        words = self._held_by(document, rng, 5)
        surfaces = {stem_form(word): word for word in document.exact.split(" ")}
        return Drawn(words, None, tuple(surfaces[word] for word in words))

    def _range(self, rng: random.Random) -> tuple[int, int]:
        """Return the days of some three tenths of the documents."""
        width = max(1, len(self._days) * 3 // 10)
        start = rng.randrange(len(self._days) - width)
        return self._days[start], self._days[start + width]

    def _phrase(self, rng: random.Random) -> Words:
        """Return a phrase that many documents have or, every other time, that one has."""
        if self._phrases and rng.random() < _HALF:
            return rng.choice(self._phrases)
        phrases = list(_phrases(rng.choice(self._sample)))
        return rng.choice(phrases) if phrases else ()

    def _prefix(self, rng: random.Random) -> Words:
        """Return the beginning of a stem that some, but not very many, stems share."""
        prefix = rng.choice(self._middle_stems)[: rng.randint(*_PREFIX_LENGTH)]
        first = bisect.bisect_left(self._stems, prefix)
        expansions = bisect.bisect_left(self._stems, prefix + _AFTER_LETTERS) - first
        least, most = _PREFIX_EXPANSIONS
        return (prefix,) if least <= expansions <= most else ()

    def _misspelt(self, rng: random.Random) -> Words:
        """Return a stem with one letter changed, left out or added."""
        stem = rng.choice(self._middle_stems)
        least, most = _FUZZY_LENGTH
        if not least <= len(stem) <= most:
            return ()
        place = rng.randrange(1, len(stem))
        letter = rng.choice(_LETTERS)
        ends = (letter + stem[place + 1 :], stem[place + 1 :], letter + stem[place:])
        return (stem[:place] + rng.choice(ends),)


def _phrases(document: Document) -> Iterator[Words]:
    """Yield the runs of words that begin and end with a full word and hold a stop word."""
    words = words_of(document)
    stops = specification().stop_words
    full = [bool(_FULL.fullmatch(word)) and word not in stops for word in words]
    for start in range(len(words)):
        for end in range(start + _PHRASE_LENGTH[0], min(len(words), start + _PHRASE_LENGTH[1]) + 1):
            inner = words[start + 1 : end - 1]
            if full[start] and full[end - 1] and not stops.isdisjoint(inner):
                yield tuple(words[start:end])
