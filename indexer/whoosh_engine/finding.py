"""Which questions a search finds, in which order, and the counts of its facets.

Scores come from the query, filters and dates from columns: a document is looked at once, and a
facet counts it when no filter but the facet's own leaves it out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from indexer.search import ranking
from indexer.search.request import FILTERS, DateRange, Search
from indexer.search.results import Facet, FacetValue
from indexer.whoosh_engine.queries import ScoredQuery
from indexer.whoosh_engine.schema import day_number
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import TIER, Translation

# Values listed in a facet; the others are counted.
_FACET_VALUES: Final = 25


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds: document numbers in order, their scores, and facets to be named."""

    numbers: Sequence[int]
    scores: Mapping[int, float]
    all_words: int
    counts: Mapping[str, Counter[int]]


def find(snapshot: Snapshot, search: Search, translation: Translation) -> Found:
    """Return what a search finds: what holds every word, then, if that is little, most words.

    Whether it is little is judged before the filters: a filter must never add hits.
    """
    scores = _scores(snapshot, translation.strict)
    kept, counts = _filtered(snapshot, search, scores)
    all_words = len(kept)
    if translation.relaxed and len(scores) < ranking.ENOUGH_HITS:
        strict = set(kept)
        relaxed = _scores(snapshot, translation.relaxed)
        kept, counts = _filtered(snapshot, search, relaxed)
        order = _ordered(snapshot, search.sort, kept, relaxed)
        order.sort(key=lambda number: number not in strict)
        scores = {number: relaxed[number] % TIER for number in order}
        return Found(order, scores, all_words, counts)
    return Found(_ordered(snapshot, search.sort, kept, scores), scores, all_words, counts)


def _scores(snapshot: Snapshot, query: ScoredQuery | None) -> dict[int, float]:
    """Return document number → score over all segments; everything where nothing is asked."""
    scores: dict[int, float] = {}
    for reader, base in snapshot.leaves:
        if query is None:
            scores.update((base + number, 0.0) for number in reader.all_doc_ids())
        else:
            found = query.scores(reader)
            scores.update((base + number, score) for number, score in found.items())
    return scores


def _filtered(
    snapshot: Snapshot, search: Search, scores: Mapping[int, float]
) -> tuple[list[int], dict[str, Counter[int]]]:
    """Return the documents that pass every filter, and the counts of each facet.

    A facet counts what passes all filters but its own.
    """
    wanted = {
        name: _codes(snapshot, name, values) for name, values in search.filters.items() if values
    }
    columns = {name: snapshot.filter_column(name).codes for name in FILTERS}
    counts: dict[str, Counter[int]] = {name: Counter() for name in FILTERS}
    kept = []
    for number in _in_periods(snapshot, search, scores):
        failed = [name for name, codes in wanted.items() if columns[name][number] not in codes]
        if not failed:
            kept.append(number)
        elif len(failed) == 1:
            counts[failed[0]][columns[failed[0]][number]] += 1
    if search.facets:
        for name, codes_of in columns.items():
            counts[name].update(codes_of[number] for number in kept)
    return kept, counts


def _codes(snapshot: Snapshot, name: str, values: Sequence[str]) -> frozenset[int]:
    column = snapshot.filter_column(name)
    places = {value: place for place, value in enumerate(column.values) if place}
    return frozenset(
        places[found] for value in values for found in snapshot.values_like(name, value)
    )


def _in_periods(snapshot: Snapshot, search: Search, scores: Mapping[int, float]) -> Iterator[int]:
    asked = _bounds(search.asked)
    answered = _bounds(search.answered)
    for number in scores:
        if asked and not asked[0] <= snapshot.asked[number] <= asked[1]:
            continue
        if answered and not answered[0] <= snapshot.answered[number] <= answered[1]:
            continue
        yield number


def _bounds(period: DateRange) -> tuple[int, int] | None:
    if not period:
        return None
    return (
        day_number(period.first) if period.first else 1,
        day_number(period.last or date.max),
    )


def _ordered(
    snapshot: Snapshot, sort: str, numbers: Sequence[int], scores: Mapping[int, float]
) -> list[int]:
    """Return the documents in the order asked for; unknown dates and delays come last."""
    asked, answered, delays = snapshot.asked, snapshot.answered, snapshot.delays
    last = day_number(date.max) + 1
    match sort:
        case "recentes":
            return sorted(numbers, key=lambda n: (-asked[n], -scores[n], n))
        case "anciennes":
            return sorted(numbers, key=lambda n: (asked[n] or last, -scores[n], n))
        case "reponse":
            return sorted(numbers, key=lambda n: (-answered[n], -asked[n], n))
        case "delai":
            return sorted(numbers, key=lambda n: (-delays[n], -asked[n], n))
        case _:
            return sorted(numbers, key=lambda n: (-scores[n], -asked[n], n))


def facets(snapshot: Snapshot, search: Search, found: Found) -> tuple[Facet, ...]:
    """Return the facets of what was found, in the order of ``request.FILTERS``."""
    return tuple(
        _facet(snapshot, name, found.counts[name], search.filters.get(name, ())) for name in FILTERS
    )


def _facet(snapshot: Snapshot, name: str, counts: Counter[int], selected: Sequence[str]) -> Facet:
    spec = FILTERS[name]
    values = snapshot.filter_column(name).values
    chosen = _codes(snapshot, name, selected) if selected else frozenset()
    ranked = sorted(
        (code for code in {*counts, *chosen} if code), key=lambda c: (-counts[c], values[c])
    )
    shown = [code for place, code in enumerate(ranked) if place < _FACET_VALUES or code in chosen]
    return Facet(
        name,
        spec.label,
        tuple(
            FacetValue(
                values[code],
                spec.values.get(values[code], values[code]),
                counts[code],
                selected=code in chosen,
            )
            for code in shown
        ),
        others=len(ranked) - len(shown),
    )
