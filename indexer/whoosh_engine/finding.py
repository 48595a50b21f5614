"""Which questions a search finds, and in which order.

A search becomes one request to the executor: the plan of its words and dates, its filters as codes
of columns, what is counted for its facets, and the codes of the families that it collapses.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.plan import Node as Plan
from indexer.fastwhoosh.request import SCORE, Answer, OrderKey, Request
from indexer.search import ranking
from indexer.search.request import Search
from indexer.whoosh_engine.columns import delay_range, range_of
from indexer.whoosh_engine.faceting import counts_of, facet_codes
from indexer.whoosh_engine.relevance import feedback, near_plans
from indexer.whoosh_engine.schema import day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translation import Translation

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

_Hit = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: how many, one page of (score, document number), counts of facets.

    ``all_words`` of ``total`` hold every word; ``groups`` and ``groups_all_words`` count one
    question a family. ``others`` says how many more of each hit's family are found. ``counts`` are
    32-bit numbers, one a value. A short list goes on with ``total_related`` questions that no
    other count knows; ``related`` are those of the page, ``wordless`` those of them that hold none
    of the words.
    """

    total: int
    all_words: int
    groups: int
    groups_all_words: int
    hits: Sequence[_Hit]
    others: Sequence[int]
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

    ``total`` questions are so many, ``best`` is the highest score before feedback, and ``added``
    what feedback adds. Where nothing related goes on from them, none of these is known.
    """

    plan: Plan
    is_strict: bool = True
    total: int = 0
    best: float = 0.0
    added: tuple[Plan, ...] = ()


def find(
    snapshot: Snapshot, search: Search, translation: Translation, first: int, limit: int
) -> Found:
    """Return what a search finds: what holds every word or, if that is little, most of them.

    Whether it is little is judged before the filters, and so is what feedback adds: a filter must
    never add hits. By relevance, a short list goes on with related questions.
    """
    return _Finder(snapshot, search, translation).page(first, limit)


def plan_found(snapshot: Snapshot, translation: Translation) -> Plan:
    """Return the plan of all that :func:`find` counts for any filters of a search."""
    if translation.relaxed is None:
        return translation.strict
    found = snapshot.executor.run(Request(translation.strict, limit=0)).total
    return translation.strict if found >= ranking.ENOUGH_HITS else translation.relaxed


class _Finder:
    def __init__(self, snapshot: Snapshot, search: Search, translation: Translation) -> None:
        self.snapshot = snapshot
        self.search = search
        self.translation = translation
        self.run = snapshot.executor.holding()
        self.by_score = search.sort == _BY_SCORE
        self.goes_on = self.by_score and translation.related is not None

    def page(self, first: int, limit: int) -> Found:
        chosen = self._choose()
        asked = request_of(self.snapshot, self.search, chosen.plan, chosen.added)
        if not chosen.is_strict and not self.by_score:
            return self._strict_first(asked, first, limit)
        # A list that surely goes on is wanted from its beginning.
        is_short = self.goes_on and chosen.total < ranking.RELATED_UNTIL
        page = slice(first, first + limit)
        start, most = (0, max(page.stop, ranking.RELATED_UNTIL)) if is_short else (first, limit)
        answer = self.run(asked._replace(first=start, limit=most))
        whole = answer if chosen.is_strict else self._all_words(asked, 0)
        shown = tuple(_with_others(answer))[first - start :][:limit]
        found = self._found(answer, whole, shown)
        if not self.goes_on or found.groups >= ranking.RELATED_UNTIL:
            return found
        asked = asked._replace(limit=ranking.RELATED_UNTIL, facets=())
        if not is_short and (first or found.groups > limit):
            answer = self.run(asked)
        return self._going_on(found, chosen, asked, answer, page)

    def _choose(self) -> _Chosen:
        strict, relaxed = self.translation.strict, self.translation.relaxed
        if not self.goes_on and relaxed is None:
            return _Chosen(strict)
        # What holds every word is counted before any of it is scored.
        is_strict = relaxed is None or self._count(strict) >= ranking.ENOUGH_HITS
        chosen = strict if relaxed is None or is_strict else relaxed
        if not self.goes_on:
            return _Chosen(chosen, is_strict)
        asked = Request(chosen, limit=ranking.FEEDBACK_HITS)
        answer = self.run(asked)
        near = near_plans(self.translation, asked.plan)
        hits = answer.hits or (self.run(asked._replace(plan=near.some)).hits if near else ())
        added = feedback(self.snapshot, self.translation, hits, self.search.scope)
        best = hits[0][0] if hits else 0.0
        return _Chosen(asked.plan, is_strict, answer.total, best, added)

    def _count(self, asked: Plan) -> int:
        return self.run(Request(asked, limit=0)).total

    def _all_words(self, asked: Request, limit: int) -> Answer:
        """Return what holds every word, best first."""
        strict = _within(self.snapshot, self.search, self.translation.strict)
        return self.run(asked._replace(plan=strict, first=0, limit=limit, facets=()))

    def _found(self, answer: Answer, whole: Answer, page: Sequence[tuple[_Hit, int]]) -> Found:
        hits, others = zip(*page, strict=True) if page else ((), ())
        counts = counts_of(self.search, answer)
        return Found(answer.total, whole.total, answer.groups, whole.groups, hits, others, counts)

    def _strict_first(self, asked: Request, first: int, limit: int) -> Found:
        """Return what holds every word, fewer than a page, before what holds most of them."""
        family = self._family(asked)
        whole = self._all_words(asked, ranking.ENOUGH_HITS)
        answer = self.run(asked._replace(limit=first + limit + len(whole.hits)))
        # What the second search counts comes later and stays: it counts all that are found.
        others = {
            family(number): count
            for (_, number), count in (*_with_others(whole), *_with_others(answer))
        }
        held = {family(number) for _, number in whole.hits}
        rest = [hit for hit in answer.hits if family(hit[1]) not in held]
        listed = [*whole.hits, *rest][first : first + limit]
        return self._found(answer, whole, [(hit, others[family(hit[1])]) for hit in listed])

    def _family(self, asked: Request) -> Callable[[int], int]:
        """Return what tells whether two questions are one hit."""
        return self.snapshot.families.near.family if asked.collapse else int

    def _going_on(
        self, found: Found, chosen: _Chosen, asked: Request, answer: Answer, page: slice
    ) -> Found:
        """Put the hits among questions that hold some of the words, before those of none."""
        near = near_plans(self.translation, chosen.plan)
        family, least = self._family(asked), ranking.RELATED_SHARE * chosen.best
        counted = list(_with_others(answer))
        shown = {family(number) for (_, number), _ in counted}

        def more(plan_of_more: Plan, known: int) -> list[tuple[_Hit, int]]:
            if known >= asked.limit:
                return []
            wanted = _within(self.snapshot, self.search, plan_of_more, chosen.added)
            more = self.run(asked._replace(plan=wanted, limit=asked.limit - known))
            others = [
                each
                for each in _with_others(more)
                if each[0][0] >= least and family(each[0][1]) not in shown
            ]
            shown.update(family(number) for (_, number), _ in others)
            return others

        some = more(near.some, len(counted)) if near else []
        mixed = sorted([*counted, *some], key=lambda each: -each[0][0])
        none = more(near.none(chosen.added), len(mixed)) if near and chosen.added else []
        listed = [*mixed, *none][page]
        known, wordless = _numbers(counted), _numbers(none)
        numbers = _numbers(listed)
        return replace(
            found,
            hits=tuple(hit for hit, _ in listed),
            others=tuple(others for _, others in listed),
            total_related=len(some) + len(none),
            related=numbers - known,
            wordless=numbers & wordless,
        )


def _with_others(answer: Answer) -> Iterator[tuple[_Hit, int]]:
    """Yield the hits, and how many more of its family each stands for."""
    return zip(answer.hits, answer.others or repeat(0), strict=False)


def _numbers(hits: Sequence[tuple[_Hit, int]]) -> frozenset[int]:
    return frozenset(number for (_, number), _ in hits)


def request_of(
    snapshot: Snapshot, search: Search, found: Plan, added: tuple[Plan, ...] = ()
) -> Request:
    """Return the request that runs a plan within the filters and ranges of a search.

    ``added`` only adds to scores.
    """
    return Request(
        _within(snapshot, search, found, added),
        order=_ORDERS[search.sort],
        filters=tuple(
            snapshot.filter_codes(name, values) for name, values in search.filters.items() if values
        ),
        facets=facet_codes(snapshot, search),
        collapse=snapshot.collapse if search.grouped and not search.family else None,
    )


def _within(snapshot: Snapshot, search: Search, found: Plan, added: tuple[Plan, ...] = ()) -> Plan:
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
    return plan.All((found, *limits), maybe=added) if limits or added else found
