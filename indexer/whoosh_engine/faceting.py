"""Facets and months of a search: what is asked of the executor for them, and what is read of it.

A facet counts what all filters but its own leave.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from indexer.fastwhoosh.counting import top_counts
from indexer.fastwhoosh.request import Answer, FacetCodes
from indexer.search.request import FACETS, FILTERS, Search
from indexer.search.results import Facet, FacetValue, Timeline
from indexer.whoosh_engine.periods import month_facet, months_of
from indexer.whoosh_engine.snapshot import Snapshot

# Values listed in a facet; the others are counted.
_FACET_VALUES: Final = 25
# Columns of days that are counted by month.
_DAYS: Final = ("asked", "answered")


def facet_codes(snapshot: Snapshot, search: Search) -> tuple[FacetCodes, ...]:
    """Return what is to be counted for a search, nothing where it wants no facets."""
    if not search.facets:
        return ()
    segments = len(snapshot.executor.leaves)
    filtered = [name for name, values in search.filters.items() if values]
    return (
        *[_facet_codes(snapshot, name, filtered) for name in FACETS],
        *(month_facet(column, segments) for column in _DAYS),
    )


def _facet_codes(snapshot: Snapshot, name: str, filtered: Sequence[str]) -> FacetCodes:
    own = filtered.index(name) if name in filtered else -1
    table = snapshot.filter_values(name).table
    return FacetCodes(f"f_{name}", table.maps, len(table.values), own)


def counts_of(search: Search, answer: Answer) -> Mapping[str, bytes]:
    """Return what was counted, by the name of the facet or the column of days."""
    names = (*FACETS, *_DAYS)
    return dict(zip(names, answer.counts, strict=True)) if search.facets else {}


def timeline(counts: Mapping[str, bytes]) -> Timeline:
    """Return what was found by month."""
    asked, answered = (months_of(counts[column]) for column in _DAYS)
    return Timeline(asked, answered)


def facets(snapshot: Snapshot, search: Search, counts: Mapping[str, bytes]) -> tuple[Facet, ...]:
    """Return the facets of what was found, in the order of ``request.FACETS``."""
    filters = search.filters
    return tuple([_facet(snapshot, name, counts[name], filters.get(name, ())) for name in FACETS])


def _facet(snapshot: Snapshot, name: str, counts: bytes, selected: Sequence[str]) -> Facet:
    spec = FILTERS[name]
    filtered = snapshot.filter_values(name)
    values, counts = filtered.values, filtered.counts(counts)
    chosen = snapshot.chosen_places(name, selected) if selected else frozenset()
    # Place 0 may be that of no value.
    without = 1 if values and not values[0] else 0
    ranked, distinct = top_counts(counts[4 * without :], _FACET_VALUES)
    shown = [(place + without, count) for place, count in ranked]
    others = distinct - len(shown)
    if chosen:
        added = _not_shown(chosen, shown, counts)
        shown += added
        others -= sum(1 for _, count in added if count)
    labels = spec.values
    listed = [
        FacetValue(value := values[place], labels.get(value, value), count, place in chosen)
        for place, count in shown
    ]
    return Facet(name, spec.label, tuple(listed), others)


def _not_shown(
    chosen: frozenset[int], shown: Sequence[tuple[int, int]], counts: bytes
) -> list[tuple[int, int]]:
    """Return (place, count) of what a search asks for and that is not among the commonest."""
    numbers = memoryview(counts).cast("I")
    return [(place, numbers[place]) for place in sorted(chosen - {place for place, _ in shown})]
