"""Which questions a search finds, in which order, and the counts of its facets.

A search becomes one request to the executor: the plan of its words and dates, its filters as codes
of columns, and a facet for each filter, which counts what all filters but its own leave.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.counting import top_counts
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.request import SCORE, Answer, FacetCodes, OrderKey, Request
from indexer.search import ranking
from indexer.search.request import FACETS, FILTERS, Search
from indexer.search.results import Facet, FacetValue, Timeline
from indexer.whoosh_engine.columns import delay_range, range_of
from indexer.whoosh_engine.periods import month_facet, months_of
from indexer.whoosh_engine.schema import day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import TIER, Translation

# Values listed in a facet; the others are counted.
_FACET_VALUES: Final = 25
# Columns of days that are counted by month.
_DAYS: Final = ("asked", "answered")
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

    ``all_words`` of ``total`` hold every word; ``groups`` and ``groups_all_words`` count one
    question a family. ``others`` says how many more of each hit's family are found. ``counts`` are
    32-bit numbers, one a value.
    """

    total: int
    all_words: int
    groups: int
    groups_all_words: int
    hits: Sequence[tuple[float, int]]
    others: Sequence[int]
    counts: Mapping[str, bytes]


def find(
    snapshot: Snapshot, search: Search, translation: Translation, first: int, limit: int
) -> Found:
    """Return what a search finds: what holds every word, then, if that is little, most words.

    Whether it is little is judged before the filters: a filter must never add hits.
    """
    asked = request_of(snapshot, search, translation.strict)
    strict = snapshot.executor.run(replace(asked, first=first, limit=limit))
    if translation.relaxed is None or _is_enough(snapshot, translation.strict, strict):
        return _all_found(search, strict)
    # The strict hits are fewer than a page: all of them come first, whatever the page.
    whole = snapshot.executor.run(replace(asked, first=0, limit=ranking.ENOUGH_HITS, facets=()))
    wanted = replace(asked, plan=_within(snapshot, search, translation.relaxed))
    relaxed = snapshot.executor.run(replace(wanted, first=0, limit=first + limit + len(whole.hits)))
    hits, others = _one_after_the_other(snapshot, asked, whole, relaxed)
    page = slice(first, first + limit)
    return Found(
        relaxed.total, whole.total, relaxed.groups, whole.groups, hits[page], others[page],
        _counts(search, relaxed),
    )  # fmt: skip


def _all_found(search: Search, answer: Answer) -> Found:
    total, groups = answer.total, answer.groups
    hits, others = zip(*_counted(answer), strict=True) if answer.hits else ((), ())
    return Found(total, total, groups, groups, hits, others, _counts(search, answer))


def _one_after_the_other(
    snapshot: Snapshot, asked: Request, whole: Answer, relaxed: Answer
) -> tuple[list[tuple[float, int]], list[int]]:
    """Return the hits that hold every word, then the others, one a family of both together."""
    family = snapshot.families.near.family if asked.collapse else int
    # What the relaxed search counts comes later and stays: it counts all that are found.
    counts = {family(n): count for (_, n), count in (*_counted(whole), *_counted(relaxed))}
    held = {family(number) for _, number in whole.hits}
    rest = [(score % TIER, n) for score, n in relaxed.hits if family(n) not in held]
    hits = [*whole.hits, *rest]
    return hits, [counts[family(number)] for _, number in hits]


def _counted(answer: Answer) -> Iterator[tuple[tuple[float, int], int]]:
    """Yield the hits, and how many more of its family each stands for."""
    return zip(answer.hits, answer.others or repeat(0), strict=False)


def plan_found(snapshot: Snapshot, translation: Translation) -> Plan:
    """Return the plan of all that :func:`find` finds for any filters of a search."""
    if translation.relaxed is None:
        return translation.strict
    found = snapshot.executor.run(Request(translation.strict, limit=0)).total
    return translation.strict if found >= ranking.ENOUGH_HITS else translation.relaxed


def _is_enough(snapshot: Snapshot, strict: Plan, answer: Answer) -> bool:
    if answer.total >= ranking.ENOUGH_HITS:
        return True
    return snapshot.executor.run(Request(strict, limit=0)).total >= ranking.ENOUGH_HITS


def request_of(snapshot: Snapshot, search: Search, found: Plan) -> Request:
    """Return the request that runs a plan within the filters and dates of a search."""
    filters = tuple(
        snapshot.filter_codes(name, values) for name, values in search.filters.items() if values
    )
    segments = len(snapshot.executor.leaves)
    facets = (
        *(_facet_codes(snapshot, search, name) for name in FACETS),
        *(month_facet(column, segments) for column in _DAYS),
    )
    return Request(
        _within(snapshot, search, found),
        order=_ORDERS[search.sort],
        filters=filters,
        facets=facets if search.facets else (),
        collapse=snapshot.collapse if search.grouped and not search.family else None,
    )


def _facet_codes(snapshot: Snapshot, search: Search, name: str) -> FacetCodes:
    filtered = [other for other, values in search.filters.items() if values]
    own = filtered.index(name) if name in filtered else -1
    table = snapshot.filter_values(name).table
    return FacetCodes(f"f_{name}", table.maps, len(table.values), own)


def _within(snapshot: Snapshot, search: Search, found: Plan) -> Plan:
    """Leave only what lies in the ranges of a search, and in the family that it opens."""
    limits: list[Plan] = [
        range_of(column, period.first, period.last)
        for column, period in (("asked", search.asked), ("answered", search.answered))
        if period
    ]
    if search.delay:
        limits.append(delay_range(search.delay.low, search.delay.high))
    if search.family:
        uids = snapshot.family_uids(search.family)
        limits.append(plan.Terms("uid", tuple(uid.encode() for uid in uids)))
    return plan.All((found, *limits)) if limits else found


def _counts(search: Search, answer: Answer) -> Mapping[str, bytes]:
    names = (*FACETS, *_DAYS)
    return dict(zip(names, answer.counts, strict=True)) if search.facets else {}


def timeline(found: Found) -> Timeline:
    """Return what was found by month; the facets were counted."""
    asked, answered = (months_of(found.counts[column]) for column in _DAYS)
    return Timeline(asked, answered)


def facets(snapshot: Snapshot, search: Search, found: Found) -> tuple[Facet, ...]:
    """Return the facets of what was found, in the order of ``request.FACETS``."""
    return tuple(
        _facet(snapshot, name, found.counts[name], search.filters.get(name, ())) for name in FACETS
    )


def _facet(snapshot: Snapshot, name: str, counts: bytes, selected: Sequence[str]) -> Facet:
    spec = FILTERS[name]
    filtered = snapshot.filter_values(name)
    values, counts = filtered.values, filtered.counts(counts)
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
                value := values[place],
                spec.values.get(value, value),
                count,
                selected=place in chosen,
            )
            for place, count in shown.items()
        ),
        others=others,
    )
