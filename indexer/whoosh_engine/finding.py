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
from indexer.search.request import FILTERS, Search
from indexer.search.results import Facet, FacetValue
from indexer.whoosh_engine.relevance import feedback, near
from indexer.whoosh_engine.schema import day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import Translation, range_of

# Values listed in a facet; the others are counted.
_FACET_VALUES: Final = 25
# After any day: questions without a date come last.
_LAST: Final = day_number(date.max) + 1
_NEWEST: Final = OrderKey("asked")
_BY_SCORE: Final = "pertinence"
_ORDERS: Final[Mapping[str, tuple[OrderKey, ...]]] = {
    _BY_SCORE: (SCORE, _NEWEST),
    "recentes": (_NEWEST, SCORE),
    "anciennes": (OrderKey("asked", descending=False, zero_as=_LAST), SCORE),
    "reponse": (OrderKey("answered"), _NEWEST),
    "delai": (OrderKey("delay"), _NEWEST),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: how many, one page of (score, document number), counts of facets.

    ``all_words`` of ``total`` hold every word. ``counts`` are 32-bit numbers, one a value.
    ``near`` are hits of the page after those: related questions, ``total_near`` in all, which no
    other count knows.
    """

    total: int
    all_words: int
    hits: Sequence[tuple[float, int]]
    counts: Mapping[str, bytes]
    near: Sequence[tuple[float, int]] = ()
    total_near: int = 0


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a query means before any filter: all its words or most of them.

    Where related questions may follow (``by_score``), ``best`` is the highest score before
    feedback, and ``added`` what feedback adds.
    """

    plan: Plan
    is_strict: bool = True
    by_score: bool = False
    best: float = 0.0
    added: tuple[Plan, ...] = ()


def find(
    snapshot: Snapshot, search: Search, translation: Translation, first: int, limit: int
) -> Found:
    """Return what a search finds: what holds every word, then, if that is little, most of them.

    Whether it is little is judged before the filters, and so is what feedback adds: a filter must
    never add hits. Related questions come last, and in the order of relevance only.
    """
    chosen = _choose(snapshot, search, translation)
    asked = _request(snapshot, search, chosen)
    if chosen.is_strict:
        answer = snapshot.executor.run(replace(asked, first=first, limit=limit))
        found = Found(answer.total, answer.total, answer.hits, _counts(search, answer))
    else:
        strict = _request(snapshot, search, replace(chosen, plan=translation.strict))
        found = _relaxed(snapshot, search, (strict, asked), first, limit)
    plan_near = near(translation, chosen.plan, chosen.added) if chosen.by_score else None
    if plan_near is None or found.total >= ranking.RELATED_UNTIL:
        return found
    hits = _near(snapshot, replace(asked, plan=_within(search, plan_near), facets=()), chosen)
    hits = hits[: ranking.RELATED_UNTIL - found.total]
    start = max(0, first - found.total)
    stop = max(0, first + limit - found.total)
    return replace(found, near=hits[start:stop], total_near=len(hits))


def _choose(snapshot: Snapshot, search: Search, translation: Translation) -> _Chosen:
    by_score = search.sort == _BY_SCORE and translation.related is not None
    if not by_score and translation.relaxed is None:
        return _Chosen(translation.strict)
    asked = Request(translation.strict, limit=ranking.FEEDBACK_HITS if by_score else 0)
    answer = snapshot.executor.run(asked)
    is_strict = translation.relaxed is None or answer.total >= ranking.ENOUGH_HITS
    if translation.relaxed is not None and not is_strict:
        asked = replace(asked, plan=translation.relaxed)
        answer = snapshot.executor.run(asked)
    if not by_score:
        return _Chosen(asked.plan, is_strict)
    hits = answer.hits
    if not hits and (any_word := near(translation, asked.plan, ())) is not None:
        hits = snapshot.executor.run(replace(asked, plan=any_word)).hits
    added = feedback(snapshot, translation, hits, search.scope)
    return _Chosen(asked.plan, is_strict, by_score, hits[0][0] if hits else 0.0, added)


def _relaxed(
    snapshot: Snapshot, search: Search, asked: tuple[Request, Request], first: int, limit: int
) -> Found:
    """Return the strict hits before the others: they are fewer than a page, whatever the page."""
    strict, relaxed = asked
    run = snapshot.executor.run
    whole = run(replace(strict, first=0, limit=ranking.ENOUGH_HITS, facets=()))
    answer = run(replace(relaxed, first=0, limit=first + limit + len(whole.hits)))
    held = {number for _, number in whole.hits}
    rest = [hit for hit in answer.hits if hit[1] not in held]
    hits = [*whole.hits, *rest][first : first + limit]
    return Found(answer.total, whole.total, hits, _counts(search, answer))


def _near(snapshot: Snapshot, asked: Request, chosen: _Chosen) -> list[tuple[float, int]]:
    answer = snapshot.executor.run(replace(asked, first=0, limit=ranking.RELATED_UNTIL))
    least = ranking.RELATED_SHARE * chosen.best
    return [hit for hit in answer.hits if hit[0] >= least]


def _request(snapshot: Snapshot, search: Search, chosen: _Chosen) -> Request:
    filters = tuple(
        snapshot.filter_codes(name, values) for name, values in search.filters.items() if values
    )
    facets = tuple(_facet_codes(snapshot, search, name) for name in FILTERS)
    added = chosen.added
    return Request(
        _within(search, plan.All((chosen.plan,), maybe=added) if added else chosen.plan),
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
    """Leave only what lies in the date ranges of a search."""
    periods = [
        range_of(column, period.first, period.last)
        for column, period in (("asked", search.asked), ("answered", search.answered))
        if period
    ]
    return plan.All((found, *periods)) if periods else found


def _counts(search: Search, answer: Answer) -> Mapping[str, bytes]:
    return dict(zip(FILTERS, answer.counts, strict=True)) if search.facets else {}


def facets(snapshot: Snapshot, search: Search, found: Found) -> tuple[Facet, ...]:
    """Return the facets of what was found, in the order of ``request.FILTERS``."""
    return tuple(
        _facet(snapshot, name, found.counts[name], search.filters.get(name, ())) for name in FILTERS
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
