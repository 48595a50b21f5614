"""A typed query made runnable: what :mod:`indexer.whoosh_engine.translate` makes."""

from dataclasses import dataclass

from indexer.fastwhoosh.plan import Node as Plan
from indexer.search.passages import Marker
from indexer.search.tree import Compound, Query


@dataclass(frozen=True, slots=True)
class Translation:
    """A typed query made runnable.

    ``strict`` finds what holds every word (everything where none is wanted); ``relaxed``, where
    there is one, what holds the words that say at least half of it. ``words`` and ``compounds``
    are what can be missing. ``related``, where nothing but plain words and filters was typed, is
    what a related question may hold (any of those words) and must be (within those filters).
    """

    query: Query
    strict: Plan
    relaxed: Plan | None
    marker: Marker
    words: tuple[str, ...]
    notices: tuple[str, ...]
    compounds: tuple[Compound, ...] = ()
    related: tuple[tuple[Plan, ...], tuple[Plan, ...]] | None = None
