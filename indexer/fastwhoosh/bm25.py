"""Numbers of a whole index that Whoosh's BM25F scores by: rarity of terms, lengths of fields."""

from collections.abc import Callable
from math import log
from typing import Any, Final

from whoosh import scoring

# Terms whose plans are kept: those of many queries.
_MAX_CACHED: Final = 100_000


class Statistics:
    """Numbers of the whole index that scores depend on, looked up once each.

    ``document_frequency(field, term)`` counts over all segments, deleted documents included.
    """

    def __init__(self, searcher: Any, document_frequency: Callable[[str, bytes], int]) -> None:
        self.searcher = searcher
        self.weighting: scoring.BM25F = searcher.weighting
        self.schema = searcher.schema
        self._frequency = document_frequency
        self._documents = searcher.doc_count_all()
        self.plans: dict[tuple[str, str], Any] = {}
        self._averages: dict[str, float] = {}

    def idf(self, field: str, term: bytes) -> float:
        """Return Whoosh's inverse document frequency of a term."""
        return log(self._documents / (self._frequency(field, term) + 1)) + 1

    def remember(self, key: tuple[str, str], plan: Any) -> Any:
        """Keep the plan of a (field, word) for the queries to come, and return it."""
        if len(self.plans) > _MAX_CACHED:
            self.plans.clear()
        self.plans[key] = plan
        return plan

    def average(self, field: str) -> float:
        """Return the mean length of a field over all documents, 1.0 where it is nowhere."""
        if field not in self._averages:
            self._averages[field] = float(self.searcher.avg_field_length(field) or 1)
        return self._averages[field]

    def b(self, field: str) -> float:
        """Return BM25F's length normalisation of a field."""
        return float(self.weighting._field_B.get(field, self.weighting.B))  # noqa: SLF001  # no getter
