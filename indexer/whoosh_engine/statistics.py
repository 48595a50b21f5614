"""Statistics of what a search finds, counted natively over the columns of filters, days and delays.

Everything is exact: what is counted is what ``finding.find`` finds, deletions and filters included.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

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
from indexer.whoosh_engine.translate import Translator

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


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the requests count: for all, and for each row of the grouping."""

    whole: Tally
    rows: Sequence[Tally]
    without: int


def statistics(snapshot: Snapshot, search: Search, by: str) -> Statistics:
    """Return the statistics of what a search finds, by a grouping of ``GROUPINGS``.

    Raises:
        BadParameter: there is no such grouping.
    """
    if by not in GROUPINGS:
        raise BadParameter("par", by, tuple(GROUPINGS))
    started = time.perf_counter()
    translation = Translator(snapshot, search.scope).translate(search.text)
    plan = plan_found(snapshot, translation)
    asked = replace(request_of(snapshot, replace(search, facets=False), plan), limit=0)
    grouping = _by_year(snapshot) if by == BY_YEAR else _by_filter(snapshot, by)
    counted = _count(snapshot, asked, grouping)
    rows = _ranked(by, zip(grouping.names, counted.rows, strict=True))
    query = translation.query
    return Statistics(
        search=search,
        by=by,
        understood=Understood(describe(query.tree), query.ignored, notices=translation.notices),
        whole=counted.whole,
        rows=tuple(rows[:MAX_ROWS]),
        others=max(len(rows) - MAX_ROWS, 0),
        without=counted.without,
        took_ms=(time.perf_counter() - started) * 1000,
        generation=snapshot.manifest.generation,
    )


def _ranked(by: str, named: Iterable[tuple[str, Tally]]) -> list[Row]:
    labels = FILTERS[by].values if by in FILTERS else {}
    rows = [Row(name, labels.get(name, name), each) for name, each in named if name]
    rows = [row for row in rows if row.tally.questions]
    if by in _NEWEST_FIRST:
        return sorted(rows, key=lambda row: -int(row.value))
    return sorted(rows, key=lambda row: (-row.tally.questions, row.value))


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


def _count(snapshot: Snapshot, asked: Request, grouping: _Grouping) -> _Counted:
    """Run the request once for all questions, and once for each status."""
    run, facet = snapshot.executor.run, grouping.facet
    size = len(grouping.names)
    spread = Spread(facet.column, grouping.rows, size, "delay", _RANKS)
    all_of_them = (rows_of_codes([(0,)]),) * len(grouping.rows)
    whole = Spread("", all_of_them, 1, "delay", _RANKS)
    found = run(replace(asked, facets=(facet,), spreads=(spread, whole)))
    by_status = {
        status: run(_with_status(snapshot, replace(asked, facets=(facet,)), value))
        for value, status in STATUS_OF_VALUE.items()
    }
    totals = {status: answer.total for status, answer in by_status.items()}
    counts = {status: _numbers(grouping, answer) for status, answer in by_status.items()}
    delays, delays_of_all = (_delays(SpreadCounts(*each)) for each in found.spreads)
    tallies = [
        Tally(questions, **{status: each[row] for status, each in counts.items()}, delays=delay)
        for row, (questions, delay) in enumerate(
            zip(_numbers(grouping, found), delays, strict=True)
        )
    ]
    named = sum(memoryview(found.counts[0]).cast("I")[grouping.first_named :])
    return _Counted(
        Tally(found.total, **totals, delays=delays_of_all[0]), tallies, found.total - named
    )


def _with_status(snapshot: Snapshot, asked: Request, value: str) -> Request:
    kept = snapshot.filter_codes("statut", (value,))
    return replace(asked, filters=(*asked.filters, kept))


def _numbers(grouping: _Grouping, answer: Answer) -> Counts:
    return memoryview(grouping.counts(answer.counts[0])).cast("I")


def _delays(spread: SpreadCounts) -> list[Delays | None]:
    """Return the delays of each row; the column has them with one day more."""
    sums, picks = memoryview(spread.sums).cast("Q"), memoryview(spread.picks).cast("I")
    wide = len(_RANKS)
    return [
        Delays(count, sums[row] / count - 1, *(pick - 1 for pick in picks[wide * row :][:wide]))
        if count
        else None
        for row, count in enumerate(memoryview(spread.counts).cast("I"))
    ]


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
