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
from indexer.whoosh_engine.relevance import feedback, near_plans
from indexer.whoosh_engine.schema import day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import range_of
from indexer.whoosh_engine.translation import Translation

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

    ``all_words`` of ``total`` hold every word. ``counts`` are 32-bit numbers, one a value. A short
    list goes on with ``total_related`` questions that no other count knows; ``related`` are those
    of the page, ``wordless`` those of them that hold none of the words.
    """

    total: int
    all_words: int
    hits: Sequence[tuple[float, int]]
    counts: Mapping[str, bytes]
    total_related: int = 0
    related: frozenset[int] = frozenset()
    wordless: frozenset[int] = frozenset()

    @property
    def counted(self) -> tuple[int, ...]:
        """The documents of the page that are counted, in order."""
        return tuple(number for _, number in self.hits if number not in self.related)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a query means before any filter: all its words (``is_strict``), or most of them.

    ``best`` is the highest score before feedback, and ``added`` what feedback adds.
    """

    plan: Plan
    is_strict: bool = True
    best: float = 0.0
    added: tuple[Plan, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listing:
    """All hits of a short list: some are counted, the ``wordless`` ones at the end hold no word."""

    hits: tuple[tuple[float, int], ...]
    counted: frozenset[int]
    wordless: frozenset[int]

    def of(self, found: Found, first: int, limit: int) -> Found:
        """Return what was found with a page of this list."""
        hits = self.hits[first : first + limit]
        numbers = frozenset(number for _, number in hits)
        return replace(
            found,
            hits=hits,
            total_related=len(self.hits) - len(self.counted),
            related=numbers - self.counted,
            wordless=numbers & self.wordless,
        )


def find(
    snapshot: Snapshot, search: Search, translation: Translation, first: int, limit: int
) -> Found:
    """Return what a search finds: what holds every word or, if that is little, most of them.

    Whether it is little is judged before the filters, and so is what feedback adds: a filter must
    never add hits. By relevance, a short list goes on with related questions.
    """
    return _Finder(snapshot, search, translation).page(first, limit)


class _Finder:
    def __init__(self, snapshot: Snapshot, search: Search, translation: Translation) -> None:
        self.snapshot = snapshot
        self.search = search
        self.translation = translation
        self.run = snapshot.executor.run
        self.by_score = search.sort == _BY_SCORE
        self.goes_on = self.by_score and translation.related is not None

    def page(self, first: int, limit: int) -> Found:
        chosen = self._choose()
        asked = self._request(chosen)
        if not chosen.is_strict and not self.by_score:
            return self._strict_first(asked, first, limit)
        answer = self.run(replace(asked, first=first, limit=limit))
        all_words = answer.total if chosen.is_strict else self._count_all_words(asked)
        found = Found(answer.total, all_words, answer.hits, _counts(self.search, answer))
        if not self.goes_on or found.total >= ranking.RELATED_UNTIL:
            return found
        listed = replace(asked, limit=ranking.RELATED_UNTIL, facets=())
        is_whole = not first and found.total <= limit
        hits = answer.hits if is_whole else self.run(listed).hits
        return self._going_on(listed, chosen, hits).of(found, first, limit)

    def _choose(self) -> _Chosen:
        strict, relaxed = self.translation.strict, self.translation.relaxed
        if not self.goes_on and relaxed is None:
            return _Chosen(strict)
        asked = Request(strict, limit=ranking.FEEDBACK_HITS if self.goes_on else 0)
        answer = self.run(asked)
        is_strict = relaxed is None or answer.total >= ranking.ENOUGH_HITS
        if relaxed is not None and not is_strict:
            asked = replace(asked, plan=relaxed)
            answer = self.run(asked)
        if not self.goes_on:
            return _Chosen(asked.plan, is_strict)
        near = near_plans(self.translation, asked.plan)
        hits = answer.hits or (self.run(replace(asked, plan=near.some)).hits if near else ())
        added = feedback(self.snapshot, self.translation, hits, self.search.scope)
        return _Chosen(asked.plan, is_strict, hits[0][0] if hits else 0.0, added)

    def _request(self, chosen: _Chosen) -> Request:
        search = self.search
        filters = tuple(
            self.snapshot.filter_codes(name, values)
            for name, values in search.filters.items()
            if values
        )
        names = FILTERS if search.facets else ()
        return Request(
            self._within(chosen.plan, chosen.added),
            order=_ORDERS[search.sort],
            filters=filters,
            facets=tuple(_facet_codes(self.snapshot, search, name) for name in names),
        )

    def _within(self, found: Plan, added: tuple[Plan, ...] = ()) -> Plan:
        """Leave only what lies in the date ranges of the search; ``added`` adds to scores."""
        periods = (("asked", self.search.asked), ("answered", self.search.answered))
        ranges = [
            range_of(column, period.first, period.last) for column, period in periods if period
        ]
        return plan.All((found, *ranges), maybe=added) if ranges or added else found

    def _count_all_words(self, asked: Request) -> int:
        strict = self._within(self.translation.strict)
        return self.run(replace(asked, plan=strict, limit=0, facets=())).total

    def _strict_first(self, asked: Request, first: int, limit: int) -> Found:
        """Return what holds every word, fewer than a page, before what holds most of them."""
        strict = replace(asked, plan=self._within(self.translation.strict), facets=())
        whole = self.run(replace(strict, limit=ranking.ENOUGH_HITS))
        answer = self.run(replace(asked, limit=first + limit + len(whole.hits)))
        held = {number for _, number in whole.hits}
        rest = [hit for hit in answer.hits if hit[1] not in held]
        hits = [*whole.hits, *rest][first : first + limit]
        return Found(answer.total, whole.total, hits, _counts(self.search, answer))

    def _going_on(
        self, asked: Request, chosen: _Chosen, hits: Sequence[tuple[float, int]]
    ) -> _Listing:
        """Return the hits among questions that hold some of the words, before those of none."""
        near = near_plans(self.translation, chosen.plan)
        least = ranking.RELATED_SHARE * chosen.best

        def more(found: Plan, known: int) -> list[tuple[float, int]]:
            wanted = replace(
                asked, plan=self._within(found, chosen.added), limit=asked.limit - known
            )
            return [hit for hit in self.run(wanted).hits if hit[0] >= least]

        some = more(near.some, len(hits)) if near else []
        mixed = sorted([*hits, *some], key=lambda hit: -hit[0])
        none = more(near.none(chosen.added), len(mixed)) if near and chosen.added else []
        counted, wordless = (frozenset(number for _, number in of) for of in (hits, none))
        return _Listing((*mixed, *none), counted, wordless)


def _facet_codes(snapshot: Snapshot, search: Search, name: str) -> FacetCodes:
    filtered = [other for other, values in search.filters.items() if values]
    own = filtered.index(name) if name in filtered else -1
    table = snapshot.filter_table(name)
    return FacetCodes(f"f_{name}", table.maps, len(table.values), own)


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
