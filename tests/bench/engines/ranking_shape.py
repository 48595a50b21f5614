"""The ranking of the project over one text in two forms: the formula, feedback and both passes.

The same sums as ``indexer.whoosh_engine`` makes over three parts: words in stem and exact form,
pairs of neighbours, and the words that the best documents of a first pass share.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.plan import Group, Line, Node, Part, Positional, Word
from indexer.fastwhoosh.request import Request
from indexer.search import ranking
from indexer.search.feedback import related_words
from tests.bench import model
from tests.bench.model import Answer, Query

_PART = "question"


class Ranking:
    """Ranks queries of the shape over one executor."""

    def __init__(self, executor: Executor, documents: int) -> None:
        self._executor = executor
        self._documents = documents
        self._averages = {form: executor.mean_length(form) for form in ("stem", "exact")}

    def answer(self, query: Query) -> Answer:
        """Run both passes: the documents that hold any of the words, the best first."""
        surfaces = [surface.lower() for surface in query.surfaces]
        words = tuple(map(self._word, query.words, surfaces))
        some: Node = plan.All((plan.Any(words),), maybe=tuple(self._pairs(query.words)))
        first = self._executor.run(Request(some, limit=ranking.FEEDBACK_HITS)).hits
        hits = [(score, (self._text(number),)) for score, number in first]
        related = related_words(hits, self._say)
        weight = ranking.feedback_total(len(words))
        added = tuple(
            Word((self._group("stem", word.stem, weight * word.share),)) for word in related
        )
        found = self._executor.run(Request(plan.All((some,), maybe=added), limit=model.LIMIT))
        return Answer(found.total, found.hits)

    def _text(self, number: int) -> str:
        text: Any = self._executor.stored_fields(number)["text"]
        return str(text)

    def _say(self, stems: Sequence[str]) -> list[float]:
        asked = tuple(stem.encode() for stem in stems)
        found = self._executor.document_frequencies(("stem",), asked)
        return [ranking.information(held, self._documents) for held in found]

    def _said(self, form: str, word: str) -> float:
        found = self._executor.document_frequency(form, word.encode())
        return ranking.information(found, self._documents)

    def _weighing(self, form: str) -> tuple[float, float, float]:
        return ranking.PART_WEIGHTS[_PART], ranking.B[_PART], self._averages[form]

    def _group(self, form: str, word: str, weight: float) -> Group:
        part = Part(form, word.encode(), *self._weighing(form))
        return Group((part,), weight * self._said(form, word), ranking.K1)

    def _word(self, stem: str, surface: str) -> Word:
        exact = self._group("exact", surface, ranking.EXACT_WEIGHT)
        return Word((self._group("stem", stem, 1.0), exact))

    def _pairs(self, stems: Sequence[str]) -> list[Node]:
        pairs: list[Node] = []
        for pair in pairwise(stems):
            terms = tuple(stem.encode() for stem in pair)
            line = Line("stem", terms, (0, 1), *self._weighing("stem"))
            said = sum(self._said("stem", stem) for stem in pair)
            ordered = ranking.ORDERED_PAIR_WEIGHT * said
            near = ranking.NEAR_PAIR_WEIGHT * said
            pairs.append(Positional((line,), ordered, ranking.K1, plan.ORDERED, 0))
            pairs.append(Positional((line,), near, ranking.K1, plan.NEAR, ranking.NEAR_WINDOW))
        return pairs
