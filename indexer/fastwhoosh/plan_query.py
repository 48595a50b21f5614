"""A plan as a Whoosh query, so that a stock searcher runs it on any codec."""

from typing import Any

from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query
from whoosh.reading import IndexReader

from indexer.fastwhoosh.interpreter import scores
from indexer.fastwhoosh.plan import Node


class PlanQuery(Query):  # type: ignore[misc]  # Whoosh has no types
    """Runs a plan, whose scores are its own: a searcher's weighting has no say."""

    def __init__(self, plan: Node) -> None:
        self.plan = plan
        self.boost = 1.0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlanQuery) and other.plan == self.plan

    def __hash__(self) -> int:
        return hash(self.plan)

    def matcher(self, searcher: Any, context: Any = None) -> Any:  # noqa: ARG002  # Whoosh's signature
        """Return a matcher over the scores of one segment."""
        found = scores(searcher.reader(), self.plan)
        ids = sorted(found)
        return ListMatcher(ids, [found[number] for number in ids]) if ids else NullMatcher()

    def estimate_size(self, ixreader: IndexReader) -> int:
        """Return an upper bound of what it finds."""
        return int(ixreader.doc_count())

    def estimate_min_size(self, ixreader: IndexReader) -> int:  # noqa: ARG002  # Whoosh's signature
        """Return a lower bound of what it finds."""
        return 0

    def is_leaf(self) -> bool:
        """Return True: there are no queries inside."""
        return True

    def normalize(self) -> Query:
        """Return itself."""
        return self
