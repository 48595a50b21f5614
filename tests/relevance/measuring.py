"""What the answers of an engine are worth, by ``ir-measures``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import Final

import ir_measures

from tests.relevance.collection import Judgements

# As deep as the measures look.
DEPTH: Final = 50
MAIN: Final = "nDCG@10"
MEASURES: Final = (MAIN, "P@10", "R@50", "RR")
_MEASURES: Final = tuple(map(ir_measures.parse_measure, MEASURES))
_NORMAL_95: Final = 1.96
_FIRST_PAGE: Final = 10

# Questions found for each query, best first.
Run = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Each measure's mean over all queries, and the main one for each of them.

    ``judged`` is the share of the first ten answers that were judged at all.
    """

    means: Mapping[str, float]
    per_query: Mapping[str, float]
    judged: float

    @property
    def main(self) -> float:
        """The mean of the measure that engines are ranked by."""
        return self.means[MAIN]


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one engine is better than another, and half the width of its 95 % interval."""

    mean: float
    margin: float


def figures(judgements: Judgements, run: Run) -> Figures:
    """Measure a run; a query without answers counts as nothing found."""
    scored = {query: _scored(found) for query, found in run.items() if found}
    graded = {query: dict(judged) for query, judged in judgements.items()}
    values = {name: dict.fromkeys(judgements, 0.0) for name in MEASURES}
    for each in ir_measures.iter_calc(_MEASURES, graded, scored):
        values[str(each.measure)][each.query_id] = float(each.value)
    means = {name: mean(reached.values()) for name, reached in values.items()}
    return Figures(means, values[MAIN], _judged(judgements, run))


def _judged(judgements: Judgements, run: Run) -> float:
    first = [(query, uid) for query, found in run.items() for uid in found[:_FIRST_PAGE]]
    return sum(uid in judgements[query] for query, uid in first) / max(1, len(first))


def _scored(found: Sequence[str]) -> dict[str, float]:
    """Return scores that keep the order of the engine, ties included."""
    return {uid: float(len(found) - place) for place, uid in enumerate(found)}


def difference(one: Figures, other: Figures) -> Difference:
    """Compare two engines query by query, by the normal approximation of the paired mean."""
    gains = [one.per_query[query] - other.per_query[query] for query in one.per_query]
    if len(gains) == 1:
        return Difference(gains[0], 0.0)
    return Difference(mean(gains), _NORMAL_95 * stdev(gains) / sqrt(len(gains)))
