"""What an engine does, whichever it is: the border between the search and those who ask."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from indexer.question import Key, Question, Reference
from indexer.search.request import Search
from indexer.search.results import IndexInfo, MarkedQuestion, Results
from indexer.search.suggest import Suggestion


class Engine(Protocol):
    """A set of questions that can be searched. Safe to share between threads."""

    def search(self, search: Search) -> Results:
        """Answer a search. Never raises for what a person typed as text."""
        ...

    def export(self, search: Search) -> Iterator[Question]:
        """Yield every question that the search finds, all its pages, in its order."""
        ...

    def get(self, key: Key) -> Question | None:
        """Return the whole record of a question, None where there is no such question."""
        ...

    def marked(
        self, key: Key, text: str, *, without: Sequence[str] = (), chosen: Sequence[str] = ()
    ) -> MarkedQuestion | None:
        """Return the whole record with the matches of a typed query marked in it.

        ``without`` and ``chosen`` are the acronyms of a search: its ``without_synonyms`` and
        ``synonyms``.
        """
        ...

    def find(self, reference: Reference) -> tuple[Key, ...]:
        """Return the keys that a reference fits, newest legislature first, at most 20."""
        ...

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        """Complete what is being typed: names, words, phrases that find something."""
        ...

    def info(self) -> IndexInfo:
        """Describe the generation that is being served."""
        ...
