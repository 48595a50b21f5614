"""Which questions a search finds, in which order, and the counts of its facets.

A search becomes one request to the executor: the plan of its words and dates, its filters as codes
of columns, and a facet for each filter, which counts what all filters but its own leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.counting import top_counts
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.request import SCORE, Answer, FacetCodes, OrderKey, Request
from indexer.search import ranking
from indexer.search.request import FACETS, FILTERS, Search
from indexer.search.results import Facet, FacetValue
from indexer.whoosh_engine.columns import delay_range, range_of
from indexer.whoosh_engine.schema import day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import TIER, Translation

# Values listed in a facet; the others are counted.
_FACET_VALUES: Final = 25
# After any day: questions without a date come last.
_LAST: Final = day_number(date.max) + 1
_NEWEST: Final = OrderKey("asked")
_ORDERS: Final[Mapping[str, tuple[OrderKey, ...]]] = {
    "pertinence": (SCORE, _NEWEST),
    "recentes": (_NEWEST, SCORE),
    "anciennes": (OrderKey("asked", descending=False, zero_as=_LAST), SCORE),
    "reponse": (OrderKey("answered"), _NEWEST),
    "delai": (OrderKey("delay"), _NEWEST),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: how many, one page of (score, document number), counts of facets.

    ``all_words`` of ``total`` hold every word. ``counts`` are 32-bit numbers, one a value.
    """

    total: int
    all_words: int
    hits: Sequence[tuple[float, int]]
    counts: Mapping[str, bytes]


def find(
    snapshot: Snapshot, search: Search, translation: Translation, first: int, limit: int
) -> Found:
    """Return what a search finds: what holds every word, then, if that is little, most words.

    Whether it is little is judged before the filters: a filter must never add hits.
    """
    asked = _request(snapshot, search, translation.strict)
    strict = snapshot.executor.run(replace(asked, first=first, limit=limit))
    if translation.relaxed is None or _is_enough(snapshot, translation.strict, strict):
        return Found(strict.total, strict.total, strict.hits, _counts(search, strict))
    # The strict hits are fewer than a page: all of them come first, whatever the page.
    whole = snapshot.executor.run(replace(asked, first=0, limit=ranking.ENOUGH_HITS, facets=()))
    wanted = replace(asked, plan=_within(search, translation.relaxed))
    relaxed = snapshot.executor.run(replace(wanted, first=0, limit=first + limit + len(whole.hits)))
    held = {number for _, number in whole.hits}
    rest = [(score % TIER, number) for score, number in relaxed.hits if number not in held]
    hits = [*whole.hits, *rest][first : first + limit]
    return Found(relaxed.total, whole.total, hits, _counts(search, relaxed))


def _is_enough(snapshot: Snapshot, strict: Plan, answer: Answer) -> bool:
    if answer.total >= ranking.ENOUGH_HITS:
        return True
    return snapshot.executor.run(Request(strict, limit=0)).total >= ranking.ENOUGH_HITS


def _request(snapshot: Snapshot, search: Search, found: Plan) -> Request:
    filters = tuple(
        snapshot.filter_codes(name, values) for name, values in search.filters.items() if values
    )
    facets = tuple(_facet_codes(snapshot, search, name) for name in FACETS)
    return Request(
        _within(search, found),
        order=_ORDERS[search.sort],
        filters=filters,
        facets=facets if search.facets else (),
    )


def _facet_codes(snapshot: Snapshot, search: Search, name: str) -> FacetCodes:
    filtered = [other for other, values in search.filters.items() if values]
    own = filtered.index(name) if name in filtered else -1
    table = snapshot.filter_table(name)
    return FacetCodes(f"f_{name}", table.maps, len(table.values), own)


def _within(search: Search, found: Plan) -> Plan:
    """Leave only what lies in the ranges of a search."""
    periods: list[Plan] = [
        range_of(column, period.first, period.last)
        for column, period in (("asked", search.asked), ("answered", search.answered))
        if period
    ]
    if search.delay:
        periods.append(delay_range(search.delay.low, search.delay.high))
    return plan.All((found, *periods)) if periods else found


def _counts(search: Search, answer: Answer) -> Mapping[str, bytes]:
    return dict(zip(FACETS, answer.counts, strict=True)) if search.facets else {}


def facets(snapshot: Snapshot, search: Search, found: Found) -> tuple[Facet, ...]:
    """Return the facets of what was found, in the order of ``request.FACETS``."""
    return tuple(
        _facet(snapshot, name, found.counts[name], search.filters.get(name, ())) for name in FACETS
    )


def _facet(snapshot: Snapshot, name: str, counts: bytes, selected: Sequence[str]) -> Facet:
    spec = FILTERS[name]
    values = snapshot.filter_table(name).values
    chosen = snapshot.chosen_places(name, selected)
    # Place 0 may be that of no value.
    without = 1 if values and not values[0] else 0
    known = counts[4 * without :]
    ranked, distinct = top_counts(known, _FACET_VALUES)
    shown = {place + without: count for place, count in ranked}
    numbers = memoryview(counts).cast("I")
    shown |= {place: numbers[place] for place in sorted(chosen) if place not in shown}
    others = distinct - sum(1 for count in shown.values() if count)
    return Facet(
        name,
        spec.label,
        tuple(
            FacetValue(
                value := values[place].decode("utf-8"),
                spec.values.get(value, value),
                count,
                selected=place in chosen,
            )
            for place, count in shown.items()
        ),
        others=others,
    )
