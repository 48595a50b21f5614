"""A typed query made runnable: what :mod:`indexer.whoosh_engine.translate` makes."""

from dataclasses import dataclass
from typing import NamedTuple

from indexer.fastwhoosh.plan import Node as Plan
from indexer.search.passages import Marker
from indexer.search.results import Synonym
from indexer.search.tree import Compound, Query, Word


class Beside(NamedTuple):
    """What a related question may hold, and must be.

    It holds any of the ``telling`` words; ``others`` only add to its score. It lies within the
    ``filters``.
    """

    telling: tuple[Plan, ...]
    others: tuple[Plan, ...]
    filters: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """A typed query made runnable.

    ``strict`` finds what holds every word (everything where none is wanted); ``relaxed``, where
    there is one, what holds the words that say most of it, ``words`` being those that can be
    missing. ``related``, where nothing but plain words and filters was typed, is what related
    questions are like. ``synonyms`` are the acronyms that stand for words, and the words for
    acronyms. ``named`` identify the questions that the text names by a number, ``expansions`` the
    words that each pattern or misspelt word means, commonest first.
    """

    query: Query
    strict: Plan
    relaxed: Plan | None
    marker: Marker
    words: tuple[Word | Compound, ...]
    notices: tuple[str, ...]
    related: Beside | None
    synonyms: tuple[Synonym, ...]
    named: tuple[str, ...]
    expansions: tuple[tuple[str, tuple[str, ...]], ...]
