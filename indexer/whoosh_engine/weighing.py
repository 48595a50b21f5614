"""Words as parts of plans: with what they weigh in each part of a question, and what they say."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.plan import Group, Line, Part
from indexer.search import ranking
from indexer.whoosh_engine.schema import PARTS, field_of
from indexer.whoosh_engine.word_counts import WordCounts

FIELDS: Final = {form: tuple(field_of(part, form) for part in PARTS) for form in ("exact", "stem")}
# Words whose groups are remembered, 5 MB of them.
_MOST_KNOWN: Final = 5_000

# A field, what a word in it weighs, how far its length counts, and its mean length in words.
_Weighed = tuple[str, float, float, float]
# A word, its form, and the parts of a question where it is wanted.
_Wanted = tuple[str, str, tuple[str, ...]]


class Weighing:
    """Weighs the words of plans by the statistics of one index.

    Args:
        executor: of the index.
        words: by form.
    """

    def __init__(self, executor: Executor, words: Mapping[str, WordCounts]) -> None:
        self._executor = executor
        self._words = words
        self._weights: dict[tuple[tuple[str, ...], str], tuple[_Weighed, ...]] = {}
        self._known: dict[_Wanted, tuple[tuple[Part, ...], float]] = {}

    @cached_property
    def averages(self) -> Mapping[str, float]:
        """Mean length in words of each text field over the questions that have it."""
        names = [name for fields in FIELDS.values() for name in fields]
        return {name: self._executor.mean_length(name) for name in names}

    def group(self, words: Sequence[str], form: str, parts: Sequence[str], weight: float) -> Group:
        """Return words that count as one."""
        if len(words) == 1:
            found, said = self._of_one(words[0], form, tuple(parts))
        else:
            found = self._in_parts(words, form, parts)
            said = self._words[form].information_of_any(words)
        return Group(found, weight * said, ranking.K1)

    def _of_one(
        self, word: str, form: str, parts: tuple[str, ...]
    ) -> tuple[tuple[Part, ...], float]:
        wanted = word, form, parts
        known = self._known.get(wanted)
        if known is None:
            known = self._in_parts((word,), form, parts), self._words[form].information(word)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[wanted] = known
        return known

    def _in_parts(self, words: Sequence[str], form: str, parts: Sequence[str]) -> tuple[Part, ...]:
        terms = [word.encode() for word in words]
        return tuple(
            [
                Part(name, term, weighed, b, average)
                for name, weighed, b, average in self._weighed(parts, form)
                for term in terms
            ]
        )

    def lines(
        self, words: Sequence[str], form: str, parts: Sequence[str], offsets: Sequence[int]
    ) -> tuple[Line, ...]:
        """Return the lines in which words stand together, one a part."""
        terms = tuple(word.encode() for word in words)
        return tuple(
            Line(name, terms, tuple(offsets), weighed, b, average)
            for name, weighed, b, average in self._weighed(parts, form)
        )

    def _weighed(self, parts: Sequence[str], form: str) -> tuple[_Weighed, ...]:
        key = (tuple(parts), form)
        if key not in self._weights:
            names = [(part, field_of(part, form)) for part in parts]
            self._weights[key] = tuple(
                (name, ranking.PART_WEIGHTS[part], ranking.B[part], self.averages[name])
                for part, name in names
            )
        return self._weights[key]
