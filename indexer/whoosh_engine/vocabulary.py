"""The exact forms of all texts: which of them a pattern or a misspelt word means."""

import re
from collections import Counter
from functools import cached_property
from heapq import nsmallest

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.expansions import distance
from indexer.fastwhoosh.plan import Expansion
from indexer.french.forms import FOLDED_CHARACTERS, fold, folding_table


class Vocabulary:
    """The words of some fields that count as one vocabulary.

    Args:
        executor: of the index.
        fields: names of its fields.
    """

    def __init__(self, executor: Executor, fields: tuple[str, ...]) -> None:
        self._executor = executor
        self._fields = fields

    def like(self, pattern: str, most: int) -> tuple[str, ...]:
        """Return the commonest words that a pattern of ``*`` and ``?`` means.

        A pattern without accents finds words with and without them.
        """
        bare = fold(pattern) == pattern
        if self._executor.is_native:
            asked = Expansion("", plan.WILDCARD, pattern.encode())
            folds = folding_table() if bare else None
            return _commonest(self._executor.words(self._fields, asked, folds), most)
        expression = "".join(
            ".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern
        )
        fits = re.compile(expression, re.DOTALL).fullmatch
        folded = _folded if bare else str
        return _commonest({w: n for w, n in self._counts.items() if fits(folded(w))}, most)

    def near(self, word: str, errors: int, most: int) -> tuple[str, ...]:
        """Return the commonest words at most some typing errors away from a word."""
        if self._executor.is_native:
            asked = Expansion("", plan.FUZZY, word.encode(), distance=errors)
            return _commonest(self._executor.words(self._fields, asked, None), most)
        counts = self._counts
        return _commonest(
            {w: n for w, n in counts.items() if distance(word, w, errors) <= errors}, most
        )

    def spelt(self, word: str, errors: int) -> dict[str, int]:
        """Return the words at most some typing errors away from a folded word, accents left aside.

        Args:
            word: without accents, as :func:`indexer.french.analysis.fold` gives it.
            errors: letters left out, added or replaced; at most 7.

        Returns:
            word → questions that hold it, summed over the fields.
        """
        if self._executor.is_native:
            asked = Expansion("", plan.FUZZY, word.encode(), distance=errors)
            return self._executor.words(self._fields, asked, folding_table())
        letters = _letters(word)
        counts = self._counts
        return {
            known: counts[known]
            for known, folded, held in self._folded_words
            if abs(len(folded) - len(word)) <= errors
            and (held ^ letters).bit_count() <= 2 * errors
            and distance(word, folded, errors) <= errors
        }

    @cached_property
    def _folded_words(self) -> tuple[tuple[str, str, int], ...]:
        """Each word, its folded form, and the letters that this holds: one error changes two."""
        folded = ((word, _folded_by_letter(word)) for word in self._counts)
        return tuple((word, form, _letters(form)) for word, form in folded)

    @cached_property
    def _counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        reader = self._executor.searcher.reader()
        for name in set(self._fields) & set(reader.indexed_field_names()):
            for word, info in reader.iter_field(name):
                counts[word.decode("utf-8", "surrogatepass")] += int(info.doc_frequency())
        return counts


def _commonest(counts: dict[str, int], most: int) -> tuple[str, ...]:
    ranked = nsmallest(most, counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(word for word, _ in ranked)


def _folded(word: str) -> str:
    """Fold what the folding table folds, so that both readings agree on any word."""
    return "".join(fold(c) if 0x80 <= ord(c) < FOLDED_CHARACTERS else c for c in word)  # noqa: PLR2004  # beyond ASCII


def _folded_by_letter(word: str) -> str:
    """Fold the accented letters that stand for one letter, as a misspelt word is compared."""
    if word.isascii():
        return word
    return "".join(folded if len(folded := _folded(char)) == 1 else char for char in word)


def _letters(word: str) -> int:
    return sum({1 << (ord(char) & 63) for char in word})
