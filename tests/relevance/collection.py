"""What every set is: questions as documents, typed texts as queries, and who judged what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from indexer.question import Question

# Grade of each question judged for a query: 0 not relevant, 1 to 3 ever more so.
Judgements = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Collection:
    """A set: its documents, its queries by identifier, and the judgements of each.

    ``pooled`` says that zeros are judgements too: that a question without a grade was never read.
    """

    name: str
    questions: tuple[Question, ...]
    topics: Mapping[str, str]
    judgements: Judgements
    pooled: bool = False

    def sample(self, queries: int) -> "Collection":
        """Return the same documents with at most so many of the queries, spread over all."""
        kept = tuple(self.topics)[:: -(-len(self.topics) // queries)]
        return replace(
            self,
            topics={query: self.topics[query] for query in kept},
            judgements={query: self.judgements[query] for query in kept},
        )


def read_topics(path: Path) -> dict[str, str]:
    """Return the typed text of each query of a file of ``identifier TAB text`` lines."""
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {query: text for query, text in rows}  # noqa: C416  # two fields a line, or an error


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Return the judgements of a file in TREC form: ``query 0 document grade`` a line.

    Raises:
        ValueError: a line has another form, or judges a document again.
    """
    judgements: dict[str, dict[str, int]] = {}
    for line in path.read_text("utf-8").splitlines():
        query, _, document, grade = line.split()
        judged = judgements.setdefault(query, {})
        if document in judged:
            raise ValueError(f"{query} judges {document} twice")
        judged[document] = int(grade)
    return judgements
