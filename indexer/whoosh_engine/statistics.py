"""Statistics of what a search finds, counted natively over the columns of filters, days and delays.

Everything is exact: what is counted is what ``finding.find`` finds, deletions and filters included.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from indexer.errors import BadParameter
from indexer.fastwhoosh.counting import named_counts
from indexer.fastwhoosh.histogram import NOWHERE
from indexer.fastwhoosh.plan import Every
from indexer.fastwhoosh.request import Answer, FacetCodes, Request, Spread, SpreadCounts
from indexer.fastwhoosh.spreads import rows_of_codes
from indexer.ministries import is_understood
from indexer.search.request import FILTERS, STATUS_OF_VALUE, Search
from indexer.search.results import Understood
from indexer.search.statistics import (
    BY_YEAR,
    GROUPINGS,
    MAX_ROWS,
    Delays,
    Row,
    Statistics,
    Tally,
)
from indexer.search.wording import describe
from indexer.whoosh_engine import periods
from indexer.whoosh_engine.finding import plan_found, request_of
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import translated

# Shares of the answers, in the hundred, whose delays are told: of `Delays`, in its order.
_RANKS: Final = (0, 25, 50, 75, 100)
_NEWEST_FIRST: Final = (BY_YEAR, "legislature")
_MINISTRIES: Final = ("ministere", "ministere_reponse")
Counts = Sequence[int]


@dataclass(frozen=True, slots=True)
class _Grouping:
    """How a column tells questions apart: a facet that counts its codes, and the rows of each code.

    ``counts`` makes the counts of the rows from those of the facet, whose places from
    ``first_named`` on stand for a value. A row without a name is none.
    """

    facet: FacetCodes
    rows: tuple[bytes, ...]
    names: Sequence[str]
    counts: Callable[[bytes], bytes]
    first_named: int = 0


class _Counts:
    """What the requests count for each row of a grouping: questions, statuses and delays."""

    def __init__(self, questions: Counts, by_status: Mapping[str, Counts], spread: Any) -> None:
        self.questions = questions
        self._by_status = by_status
        self._spread = SpreadCounts(*spread)

    def tally(self, row: int) -> Tally:
        """Return what is counted in a row."""
        statuses = {status: counts[row] for status, counts in self._by_status.items()}
        return Tally(self.questions[row], **statuses, delays=self._delays(row))

    def _delays(self, row: int) -> Delays | None:
        """Return the delays of a row; the column has them with one day more."""
        count = memoryview(self._spread.counts).cast("I")[row]
        if not count:
            return None
        first = row * len(_RANKS)
        picks = memoryview(self._spread.picks).cast("I")[first : first + len(_RANKS)]
        mean = memoryview(self._spread.sums).cast("Q")[row] / count - 1
        return Delays(count, mean, *(pick - 1 for pick in picks))


def statistics(snapshot: Snapshot, search: Search, by: str) -> Statistics:
    """Return the statistics of what a search finds, by a grouping of ``GROUPINGS``.

    Raises:
        BadParameter: there is no such grouping.
    """
    if by not in GROUPINGS:
        raise BadParameter("par", by, tuple(GROUPINGS))
    started = time.perf_counter()
    translation = translated(snapshot, search)
    plan = plan_found(snapshot, translation)
    asked = request_of(snapshot, replace(search, facets=False), plan)._replace(limit=0)
    grouping = _by_year(snapshot) if by == BY_YEAR else _by_filter(snapshot, by)
    whole, counts, without = _count(snapshot, asked, grouping)
    rows = _ranked(by, grouping.names, counts.questions)
    labels = FILTERS[by].values if by in FILTERS else {}
    names = [(row, grouping.names[row]) for row in rows[:MAX_ROWS]]
    query = translation.query
    return Statistics(
        search=search,
        by=by,
        understood=Understood(describe(query.tree), query.ignored, notices=translation.notices),
        whole=whole,
        rows=tuple(Row(name, labels.get(name, name), counts.tally(row)) for row, name in names),
        others=max(len(rows) - MAX_ROWS, 0),
        without=without,
        took_ms=(time.perf_counter() - started) * 1000,
        generation=snapshot.manifest.generation,
    )


def _ranked(by: str, names: Sequence[str], questions: Counts) -> list[int]:
    """Return the rows that have a name and questions, in the order in which they are shown."""
    rows = [row for row, count in enumerate(questions) if count and names[row]]
    if by in _NEWEST_FIRST:
        return sorted(rows, key=lambda row: -int(names[row]))
    return sorted(rows, key=lambda row: (-questions[row], row))


def _by_filter(snapshot: Snapshot, name: str) -> _Grouping:
    known = snapshot.filter_values(name)
    maps = known.table.maps
    rows = tuple(
        rows_of_codes([known.held[place] for place in memoryview(mapped).cast("I")])
        for mapped in maps
    )
    return _Grouping(
        FacetCodes(f"f_{name}", maps, len(known.table.names)),
        rows,
        known.values,
        known.counts,
        first_named=1 if known.table.names and not known.table.names[0] else 0,
    )


def _by_year(snapshot: Snapshot) -> _Grouping:
    segments = len(snapshot.executor.leaves)
    return _Grouping(
        FacetCodes("asked", (periods.buckets(periods.YEARS),) * segments, len(_years())),
        (_rows_of_years(),) * segments,
        _years(),
        lambda counted: counted,
    )


@cache
def _years() -> tuple[str, ...]:
    return tuple(str(periods.year_of(place)) for place in range(periods.size(periods.YEARS)))


@cache
def _rows_of_years() -> bytes:
    places = memoryview(periods.buckets(periods.YEARS)).cast("I")
    return rows_of_codes([() if place == NOWHERE else (place,) for place in places])


def _count(snapshot: Snapshot, asked: Request, grouping: _Grouping) -> tuple[Tally, _Counts, int]:
    """Run the request once for all questions, and once for each status.

    Returns:
        All of them, those of each row, and how many have no value.
    """
    run, facet = snapshot.executor.run, grouping.facet
    asked = asked._replace(facets=(facet,))
    spread = Spread(facet.column, grouping.rows, len(grouping.names), "delay", _RANKS)
    one_row = (rows_of_codes([(0,)]),) * len(grouping.rows)
    found = run(asked._replace(spreads=(spread, Spread("", one_row, 1, "delay", _RANKS))))
    with_status = {
        status: run(_with_status(snapshot, asked, value))
        for value, status in STATUS_OF_VALUE.items()
    }
    totals = {status: (answer.total,) for status, answer in with_status.items()}
    whole = _Counts((found.total,), totals, found.spreads[1]).tally(0)
    numbers = {status: _numbers(grouping, answer) for status, answer in with_status.items()}
    named = sum(memoryview(found.counts[0]).cast("I")[grouping.first_named :])
    counts = _Counts(_numbers(grouping, found), numbers, found.spreads[0])
    return whole, counts, found.total - named


def _with_status(snapshot: Snapshot, asked: Request, value: str) -> Request:
    kept = snapshot.filter_codes("statut", (value,))
    return asked._replace(filters=(*asked.filters, kept))


def _numbers(grouping: _Grouping, answer: Answer) -> Counts:
    return memoryview(grouping.counts(answer.counts[0])).cast("I")


def unknown_ministries(snapshot: Snapshot) -> tuple[tuple[str, int], ...]:
    """Return the names of ministries that have no portfolio, and the questions that name them.

    A name of which a part only is understood is one of them. Most questions first.
    """
    found: Counter[str] = Counter()
    for column in _MINISTRIES:
        table = snapshot.filter_values(column).table
        facet = FacetCodes(f"f_{column}", table.maps, len(table.names))
        answer = snapshot.executor.run(Request(Every(), limit=0, facets=(facet,)))
        found.update(named_counts(table, answer.counts[0]))
    unknown = [(name, count) for name, count in found.items() if name and not is_understood(name)]
    return tuple(sorted(unknown, key=lambda pair: (-pair[1], pair[0])))
