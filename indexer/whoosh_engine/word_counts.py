"""In how many questions words stand, and how much that says: asked of the index once a word."""

from collections.abc import Sequence
from typing import Final

from indexer.fastwhoosh.executor import Executor
from indexer.search import ranking

# Words that are remembered, some 10 MB of them.
_MOST_KNOWN: Final = 50_000


class WordCounts:
    """The words of one form in one index.

    Args:
        executor: of the index.
        fields: the parts of a question in that form.
        documents: of the index.
    """

    def __init__(self, executor: Executor, fields: tuple[str, ...], documents: int) -> None:
        self._executor = executor
        self._fields = fields
        self._documents = documents
        self._held: dict[str, int] = {}
        self._said: dict[str, float] = {}

    def documents_with(self, word: str) -> int:
        """Return in how many questions a word stands, taken from the part where most have it."""
        if word not in self._held:
            self._ask((word,))
        return self._held[word]

    def information(self, word: str) -> float:
        """Return how much a word says."""
        if word not in self._said:
            self._ask((word,))
        return self._said[word]

    def informations(self, words: Sequence[str]) -> list[float]:
        """Return how much each of some words says."""
        said = self._said
        if unknown := [word for word in words if word not in said]:
            self._ask(unknown)
        return [said[word] if word in said else self.information(word) for word in words]

    def information_of_any(self, words: Sequence[str]) -> float:
        """Return how much words that count as one say."""
        if len(words) == 1:
            return self.information(words[0])
        return self._information(sum([self.documents_with(word) for word in words]))

    def _ask(self, words: Sequence[str]) -> None:
        terms = tuple([word.encode() for word in words])
        found = self._executor.document_frequencies(self._fields, terms)
        if len(self._held) >= _MOST_KNOWN:
            self._held.clear()
            self._said.clear()
        self._held.update(zip(words, found, strict=True))
        self._said.update(zip(words, map(self._information, found), strict=True))

    def _information(self, documents: int) -> float:
        return ranking.information(documents, max(1, self._documents))
