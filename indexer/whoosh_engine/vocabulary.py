"""The exact forms of all texts: which of them a pattern or a misspelt word means."""

import re
from collections import Counter
from functools import cache, cached_property
from heapq import nsmallest
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.expansions import distance
from indexer.fastwhoosh.plan import Expansion
from indexer.french.analysis import fold

# Characters whose folded form native code is given: Latin with its accents. Others keep theirs.
_FOLDED_CHARACTERS: Final = 0x250
_WIDTH: Final = 2


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


@cache
def folding_table() -> bytes:
    r"""Return what each of the first characters is folded to: at most two ASCII letters each.

    >>> table = folding_table()
    >>> table[2 * ord("é") : 2 * ord("é") + 2], table[2 * ord("œ") : 2 * ord("œ") + 2]
    (b'e\x00', b'oe')
    """
    table = bytearray()
    for code in range(_FOLDED_CHARACTERS):
        folded = fold(chr(code))
        usable = folded.isascii() and 0 < len(folded) <= _WIDTH and code >= ord("\x80")
        table += folded.encode().ljust(_WIDTH, b"\0") if usable else bytes(_WIDTH)
    return bytes(table)


def _folded(word: str) -> str:
    """Fold what the folding table folds, so that both readings agree on any word."""
    return "".join(fold(c) if 0x80 <= ord(c) < _FOLDED_CHARACTERS else c for c in word)  # noqa: PLR2004  # beyond ASCII
