"""Random plans of every node, and requests for them with filters, facets and orders."""

import random
from array import array
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.code_table import CodeTable
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.plan import (
    All,
    Any,
    Constant,
    Every,
    Expansion,
    Group,
    Line,
    Node,
    Part,
    Positional,
    Range,
    Terms,
)
from indexer.fastwhoosh.plan import Word as PlanWord
from indexer.fastwhoosh.request import (
    SCORE,
    CollapseCodes,
    FacetCodes,
    FilterCodes,
    OrderKey,
    Request,
    Spread,
)
from indexer.fastwhoosh.spreads import rows_of_codes
from tests.fastwhoosh.random_indexes import Words

_FIELDS: Final = ("text", "text", "body", "flat", "tags", "labels", "name", "group", "unknown")
_POSITIONS: Final = ("text", "text", "flat", "unknown")
_SCORES: Final = (0.0, 0.0, 0.5, 1.0, 3.25)
_K1: Final = (1.2, 1.2, 2.0, plan.LINEAR)
_ENDS: Final = {"small": 60, "count": 1 << 32, "day": 1 << 63, "wide": 1 << 64, "unknown": 9}
_CODES: Final = ("group", "kind")


class PlanGenerator:
    """Draws plans and requests for an index of ``random_indexes``."""

    def __init__(self, rng: random.Random, words: Words, executor: Executor) -> None:
        self.rng = rng
        self.words = words
        self.tables: dict[str, CodeTable] = {name: executor.table(name) for name in _CODES}
        self.sizes = [reader.doc_count_all() for reader, _ in executor.leaves]

    def node(self, depth: int = 3) -> Node:
        """Draw a plan."""
        leaves = (self.word,) * 6 + (self.positional,) * 3
        others = (self.terms, self.expansion, self.expansion, self.range, self.every)
        branches = (self.all, self.all, self.any, self.any, self.constant)
        if depth == 0 or self.rng.random() < 0.3:
            return self.rng.choice(leaves + others)()
        return self.rng.choice(branches)(depth - 1)

    def _term(self) -> bytes:
        return self.words.one(self.rng).encode()

    def _score(self) -> float:
        return self.rng.choice(_SCORES)

    def _weighing(self) -> tuple[float, float, float]:
        rng = self.rng
        weight = rng.choice((1.0, 1.0, 4.0))
        return weight, rng.choice((0.0, 0.3, 0.75)), rng.choice((0.0, 1.0, 4.5, 40.0))

    def word(self) -> Node:
        """Draw a word; its other groups hold terms of the first, as they must."""
        rng = self.rng
        parts = [
            Part(rng.choice(_FIELDS), self._term(), *self._weighing())
            for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 9)))
        ]
        bonuses = (
            self._group(rng.sample(parts, rng.randint(0, len(parts))))
            for _ in range(rng.choice((0, 0, 1, 2)))
        )
        return PlanWord((self._group(parts), *bonuses), rng.choice((0.0, 0.0, 10_000.0)))

    def _group(self, parts: list[Part]) -> Group:
        return Group(tuple(parts), self.rng.choice((0.0, 1.0, 3.7)), self.rng.choice(_K1))

    def positional(self) -> Node:
        """Draw words that stand together, some of them twice."""
        rng = self.rng
        mode = rng.choice((plan.ORDERED, plan.CHAIN, plan.WINDOW, plan.NEAR))
        count = 2 if mode == plan.NEAR else rng.choice((1, 2, 2, 3, 4))
        terms = tuple(word.encode() for word in self.words.some(rng, count))
        lines = tuple(
            Line(rng.choice(_POSITIONS), terms, self._offsets(count), *self._weighing())
            for _ in range(rng.randrange(4))
        )
        return Positional(lines, self._score(), rng.choice(_K1), mode, rng.randrange(9))

    def _offsets(self, count: int) -> tuple[int, ...]:
        if self.rng.random() < 0.5:
            return tuple(range(count))
        return tuple(self.rng.randrange(4) for _ in range(count))

    def terms(self) -> Node:
        """Draw some terms of one field."""
        field = self.rng.choice(_FIELDS)
        terms = (self._term() for _ in range(self.rng.randrange(4)))
        return Terms(field, tuple(terms), self._score())

    def expansion(self) -> Node:
        """Draw a pattern."""
        rng = self.rng
        field, score, text = rng.choice(_FIELDS), self._score(), self.words.one(rng)
        kind = rng.choice((plan.PREFIX, plan.WILDCARD, plan.FUZZY, plan.BETWEEN))
        if kind == plan.PREFIX:
            return Expansion(field, kind, text.encode()[: rng.randrange(4)], score=score)
        if kind == plan.WILDCARD:
            letters = [rng.choice((letter, letter, "?", "*")) for letter in text]
            return Expansion(field, kind, "".join(letters).encode(), score=score)
        if kind == plan.FUZZY:
            limits = rng.randrange(4), rng.randrange(4)
            return Expansion(field, kind, text.encode(), None, *limits, score=score)
        last = rng.choice((None, self._term()))
        return Expansion(field, kind, text.encode(), last, score=score)

    def range(self) -> Node:
        """Draw a range of numbers, which may lie beyond those that a column can hold."""
        rng = self.rng
        column, end = rng.choice(tuple(_ENDS.items()))
        low, high = sorted(rng.randint(-2, end + 2) for _ in range(2))
        if rng.random() < 0.2:
            low = -(1 << 70)
        if rng.random() < 0.2:
            high = 1 << 70
        return Range(column, low, high, self._score())

    def every(self) -> Node:
        """Draw all documents."""
        return Every(self._score())

    def _children(self, depth: int, most: int) -> tuple[Node, ...]:
        return tuple(self.node(depth) for _ in range(self.rng.randint(0, most)))

    def all(self, depth: int) -> Node:
        """Draw a conjunction, with what is excluded and what only adds."""
        rng = self.rng
        without = self._children(depth, 1) if rng.random() < 0.3 else ()
        maybe = self._children(depth, 2) if rng.random() < 0.4 else ()
        return All(self._children(depth, 3), without, maybe)

    def any(self, depth: int) -> Node:
        """Draw a disjunction, of which several children may be wanted."""
        children = self._children(depth, 6)
        if self.rng.random() < 0.7:
            return Any(children, self.rng.choice((1, 1, 1, 2, 3)))
        weights = tuple(self.rng.choice((1, 1, 7, 300)) for _ in children)
        return Any(children, self.rng.choice((1, 2, 8, 301)), weights)

    def constant(self, depth: int) -> Node:
        """Draw a plan without its scores."""
        return Constant(self.node(depth), self._score())

    def request(self) -> Request:
        """Draw a plan with what is wanted of it."""
        rng = self.rng
        filters = tuple(self._filter() for _ in range(rng.choice((0, 0, 0, 1, 1, 2))))
        facets = tuple(self._facet(len(filters)) for _ in range(rng.choice((0, 0, 1, 3))))
        first = rng.choice((0, 0, 3, 40))
        limit = rng.choice((0, 1, 10, 100, 100_000))
        spreads = tuple(self._spread() for _ in range(rng.choice((0, 0, 1, 2))))
        collapse = self._collapse() if rng.random() < 0.4 else None
        order = self._order()
        return Request(self.node(), first, limit, order, filters, facets, spreads, collapse)

    def _collapse(self) -> CollapseCodes:
        """Draw codes of which many or few documents have one, some of them beyond the size."""
        rng = self.rng
        size, share = rng.choice((1, 2, 5, 40, 1000)), rng.choice((0.05, 0.5, 1.0))
        tables = (
            array(
                "I", (rng.randrange(size + 2) if rng.random() < share else 0 for _ in range(docs))
            )
            for docs in self.sizes
        )
        return CollapseCodes(tuple(table.tobytes() for table in tables), size)

    def _filter(self) -> FilterCodes:
        name = self.rng.choice(_CODES)
        table = self.tables[name]
        kept = frozenset(place for place in range(len(table.values)) if self.rng.random() < 0.5)
        return FilterCodes(name, table.allowed(kept))

    def _facet(self, filters: int) -> FacetCodes:
        name = self.rng.choice(_CODES)
        table = self.tables[name]
        own = self.rng.randrange(-1, filters)
        if self.rng.random() < 0.5:
            return FacetCodes(name, table.maps, len(table.values), own)
        halves = tuple(
            array("I", (place // 2 for place in memoryview(mapped).cast("I"))).tobytes()
            for mapped in table.maps
        )
        return FacetCodes(name, halves, len(table.values) // 2 + 1, own)

    def _spread(self) -> Spread:
        """Draw a spread in which a code has any number of rows, some of them out of bounds."""
        rng, size = self.rng, self.rng.randrange(6)
        name = rng.choice(_CODES)
        rows = tuple(
            rows_of_codes(
                [
                    rng.sample(range(size + 2), rng.randrange(3))
                    for _ in range(max(0, len(mapped) // 4 - rng.choice((0, 0, 1))))
                ]
            )
            for mapped in self.tables[name].maps
        )
        ranks = tuple(rng.sample((0, 1, 25, 50, 99, 100), rng.randrange(5)))
        return Spread(name, rows, size, rng.choice(tuple(_ENDS)), ranks)

    def _order(self) -> tuple[OrderKey, ...]:
        rng = self.rng
        if rng.random() < 0.4:
            return (SCORE,)
        keys = [SCORE, *(self._key(name) for name in _ENDS)]
        return tuple(rng.sample(keys, rng.randint(1, 4)))

    def _key(self, column: str) -> OrderKey:
        zero_as = self.rng.choice((None, None, 30, 1 << 40))
        return OrderKey(column, self.rng.random() < 0.5, zero_as)
