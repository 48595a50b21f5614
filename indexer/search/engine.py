"""What an engine does, whichever it is: the border between the search and those who ask."""

from collections.abc import Iterator
from typing import Protocol

from indexer.question import Key, Question, Reference
from indexer.search.neighbours import Neighbour, Surroundings
from indexer.search.request import Search
from indexer.search.results import IndexInfo, MarkedQuestion, Results
from indexer.search.statistics import Statistics
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

    def marked(self, key: Key, search: Search) -> MarkedQuestion | None:
        """Return the whole record with the matches of a search's text marked in it.

        Of the search, only what says how its text is read counts.
        """
        ...

    def around(self, key: Key) -> Surroundings:
        """Return the family of a question, what it recalls, and what recalls it."""
        ...

    def similar(self, key: Key, limit: int = 5) -> tuple[Neighbour, ...]:
        """Return answered questions of other families on the same matter, the most alike first."""
        ...

    def find(self, reference: Reference) -> tuple[Key, ...]:
        """Return the keys that a reference fits, newest legislature first, at most 20."""
        ...

    def statistics(self, search: Search, by: str) -> Statistics:
        """Count answers and delays of all that a search finds, by a grouping of ``GROUPINGS``.

        Raises:
            BadParameter: there is no such grouping.
        """
        ...

    def unknown_ministries(self) -> tuple[tuple[str, int], ...]:
        """Return the names of ministries that no portfolio is known of, with their questions."""
        ...

    def suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        """Complete what is being typed: names, words, phrases that find something."""
        ...

    def info(self) -> IndexInfo:
        """Describe the generation that is being served."""
        ...
