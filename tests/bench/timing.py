"""Query times, engines in turn, and the check that they find as many documents.

For each query every engine runs once to warm up, and its count is checked. Then the quick engines
run again and again, in an order shuffled anew each time, so that what the machine does meanwhile
hits them alike; then the slow ones do in the same way. The garbage collector is off. A slow engine
repeats less and, once it has had its share of time in a shape, sits the rest of the queries out;
the report says how many it ran.
"""

import gc
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench import model
from tests.bench.engines import QUICK
from tests.bench.model import UNCOUNTED, Answer, Engine, Query, Search
from tests.bench.reference import Reference

_SECONDS_A_QUERY: Final = 0.4
_SECONDS_A_SHAPE: Final = 20.0
_NANOSECONDS: Final = 1e9


class CountsDiffer(Exception):
    """Two engines, or an engine and the slow obvious answer, count different hits."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Times of one engine in one shape: microseconds, one a query (the median of its runs)."""

    microseconds: list[float]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Checked:
    """What totals are compared with: each other, or the reference where an engine holds a part.

    Engines are named with the shapes in which their totals are to be equal.
    """

    whole: Mapping[str, frozenset[str]]
    few: Mapping[str, frozenset[str]]
    reference: Reference | None = None

    def check(self, query: Query, answers: Mapping[str, Answer]) -> None:
        """Compare the answers of one query.

        Raises:
            CountsDiffer: counts, facets or numbers of hits do not agree.
        """
        for name, answer in answers.items():
            if answer.total != UNCOUNTED:
                _whole_page(query, name, answer)
        _same(query, _those(query.shape, self.whole, answers))
        few = _those(query.shape, self.few, answers)
        if few and self.reference:
            _same(query, {**few, "reference": _slow_answer(self.reference, query)})


def _those(
    shape: str, engines: Mapping[str, frozenset[str]], answers: Mapping[str, Answer]
) -> dict[str, Answer]:
    return {name: answers[name] for name in answers if shape in engines.get(name, ())}


def _slow_answer(reference: Reference, query: Query) -> Answer:
    facets = reference.facets(query) if query.shape == model.FACETS else None
    return Answer(reference.count(query), [], facets)


def _same(query: Query, answers: Mapping[str, Answer]) -> None:
    if len({answer.total for answer in answers.values()}) > 1:
        counts = ", ".join(f"{name} {answer.total}" for name, answer in answers.items())
        raise CountsDiffer(f"{query.shape} {' '.join(query.words)!r} {query.days or ''}: {counts}")
    facets = [answer.facets for answer in answers.values()]
    if any(each != facets[0] for each in facets):
        raise CountsDiffer(f"{query.shape} {query.words[0]!r}: facets of {', '.join(answers)}")


def _whole_page(query: Query, name: str, answer: Answer) -> None:
    skipped = model.DEEP_OFFSET if query.shape == model.PAGE100 else 0
    expected = min(model.LIMIT, max(0, answer.total - skipped))
    if len(answer.hits) != expected:
        raise CountsDiffer(
            f"{query.shape} {' '.join(query.words)!r}: {name} gives {len(answer.hits)} hits"
            f" of {answer.total}, {expected} are due"
        )


def time_shape(
    engines: Mapping[str, Engine], queries: Sequence[Query], repeat: int, checked: Checked
) -> dict[str, Timed]:
    """Return the times of the engines that answer this shape."""
    timed = {name: Timed([], []) for name in engines if queries[0].shape in engines[name].shapes}
    spent = dict.fromkeys(timed, 0.0)
    rng = random.Random(0)
    gc.collect()
    gc.disable()
    try:
        for query in queries:
            taking = [name for name in timed if spent[name] < _SECONDS_A_SHAPE]
            searches = {name: engines[name].prepare(query) for name in taking}
            _time_query(query, searches, checked, _Run(repeat, rng, timed, spent))
    finally:
        gc.enable()
    return timed


@dataclass(frozen=True, slots=True)
class _Run:
    repeat: int
    rng: random.Random
    timed: dict[str, Timed]
    spent: dict[str, float]


def _time_query(query: Query, searches: Mapping[str, Search], checked: Checked, run: _Run) -> None:
    warm = {name: _once(search) for name, search in searches.items()}
    checked.check(query, {name: answer for name, (_, answer) in warm.items()})
    turns = {name: _repeats(seconds, run.repeat) for name, (seconds, _) in warm.items()}
    quick = {name: searches[name] for name in searches if name in QUICK}
    slow = {name: searches[name] for name in searches if name not in QUICK}
    seconds = _in_turn(quick, turns, run.rng) | _in_turn(slow, turns, run.rng)
    for name, times in seconds.items():
        run.spent[name] += warm[name][0] + sum(times)
        run.timed[name].microseconds.append(median(times) * 1e6)
        run.timed[name].counts.append(warm[name][1].total)


def _in_turn(
    searches: Mapping[str, Search], turns: Mapping[str, int], rng: random.Random
) -> dict[str, list[float]]:
    """Run each search as often as is its due; return the seconds of the runs."""
    seconds: dict[str, list[float]] = {name: [] for name in searches}
    order = list(searches)
    while order:
        rng.shuffle(order)
        for name in order:
            seconds[name].append(_once(searches[name])[0])
        order = [name for name in order if len(seconds[name]) < turns[name]]
    return seconds


def _repeats(seconds: float, most: int) -> int:
    return max(1, min(most, int(_SECONDS_A_QUERY / max(seconds, 1e-9))))


def _once(search: Search) -> tuple[float, Answer]:
    start = time.perf_counter_ns()
    answer = search()
    return (time.perf_counter_ns() - start) / _NANOSECONDS, answer
