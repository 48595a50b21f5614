"""Random Whoosh queries of the shapes that have a plan, and the same without Whoosh's quirks.

:func:`without_quirks` takes out what the list in ``indexer.fastwhoosh.compiler`` names, and
nothing else, so that a stock searcher must give what an executor gives.
"""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from whoosh import fields, query
from whoosh.matching import ListMatcher, NullMatcher
from whoosh.query import Query

from tests.fastwhoosh.random_indexes import EPOCH, Words, new_schema

_TEXTS: Final = ("text", "text", "text", "body", "flat", "tags", "labels", "name", "group")
_BOOSTS: Final = (1.0, 1.0, 1.0, 0.5, 2.5)
_NUMBERS: Final = {"count": 60, "plain": 320, "small": 70, "tiny": 255, "wide": 110}
# Fields of small unsigned numbers; "asked" is that of questions.
_UNSIGNED: Final = {
    "small": new_schema()["small"],
    "tiny": new_schema()["tiny"],
    "asked": fields.NUMERIC(int, signed=False, shift_step=8),
}


class Generator:
    """Draws queries; all that it draws has a plan."""

    def __init__(self, rng: random.Random, words: Words) -> None:
        self.rng = rng
        self.words = words
        self._leaves: tuple[Callable[[], Query], ...] = (
            *(self.term,) * 6, *(self.phrase,) * 2, self.prefix, self.wildcard, self.fuzzy,
            self.term_range, self.number_range, self.number_range, self.date_range, self.every,
        )  # fmt: skip
        self._branches: tuple[Callable[[int], Query], ...] = (
            *(self.conjunction,) * 4, *(self.disjunction,) * 4, self.binary, self.binary,
            self.binary, self.constant, self.negation,
        )  # fmt: skip

    def query(self, depth: int = 3) -> Query:
        """Draw a query of at most some depth."""
        if depth == 0 or self.rng.random() < 0.3:
            return self.rng.choice(self._leaves)()
        return self.rng.choice(self._branches)(depth - 1)

    def _boost(self) -> float:
        return self.rng.choice(_BOOSTS)

    def _field(self) -> str:
        return self.rng.choice(_TEXTS)

    def term(self) -> Query:
        if self.rng.random() < 0.05:
            return query.Term("small", self.rng.randrange(60), boost=self._boost())
        return query.Term(self._field(), self.words.one(self.rng), boost=self._boost())

    def phrase(self) -> Query:
        field = self.rng.choice(("text", "text", "flat"))
        words = self.words.some(self.rng, self.rng.choice((2, 2, 2, 3, 4)))
        slop = self.rng.choice((1, 1, 1, 2, 3, 5))
        return query.Phrase(field, words, slop=slop, boost=self._boost())

    def prefix(self) -> Query:
        word = self.words.one(self.rng)
        start = word[: self.rng.randrange(1, 4)]
        return query.Prefix(self._field(), start, boost=self._boost())

    def wildcard(self) -> Query:
        word = self.words.one(self.rng)
        place = self.rng.randrange(len(word))
        joker = self.rng.choice("??*")
        pattern = word[:place] + joker + word[place + 1 :] + self.rng.choice(("", "*", "?"))
        if pattern == "*":
            pattern = "?*"
        return query.Wildcard(self._field(), pattern, boost=self._boost())

    def fuzzy(self) -> Query:
        word = self.words.one(self.rng)
        return query.FuzzyTerm(
            # Whoosh stops at an empty term, which groups have.
            self.rng.choice([field for field in _TEXTS if field != "group"]),
            word,
            boost=self._boost(),
            maxdist=self.rng.choice((1, 1, 2)),
            # Whoosh refuses one that is longer than the word.
            prefixlength=min(self.rng.randrange(3), len(word)),
        )

    def term_range(self) -> Query:
        ends: list[str | None] = [*sorted(self.words.one(self.rng) for _ in range(2))]
        if self.rng.random() < 0.2:
            ends[self.rng.randrange(2)] = None
        open_start = self.rng.random() < 0.3
        return query.TermRange(self._field(), *ends, startexcl=open_start, boost=self._boost())

    def number_range(self) -> Query:
        field = self.rng.choice(tuple(_NUMBERS))
        least = 0 if field in _UNSIGNED else -_NUMBERS[field]
        numbers = sorted(self.rng.randint(least, _NUMBERS[field]) for _ in range(2))
        ends: list[int | None] = [*numbers]
        if self.rng.random() < 0.3:
            ends[self.rng.randrange(2)] = None
        if self.rng.random() < 0.1:
            ends = [None, None]
        return query.NumericRange(field, *ends, *self._exclusions(), boost=self._boost())

    def date_range(self) -> Query:
        ends: list[Any] = sorted(
            EPOCH + timedelta(days=self.rng.randrange(-5, 410)) for _ in range(2)
        )
        if self.rng.random() < 0.3:
            ends[self.rng.randrange(2)] = None
        field = self.rng.choice(("day", "when"))
        return query.DateRange(field, *ends, *self._exclusions(), boost=self._boost())

    def _exclusions(self) -> tuple[bool, bool]:
        return self.rng.random() < 0.3, self.rng.random() < 0.3

    def every(self) -> Query:
        return query.Every(boost=self._boost())

    def _children(self, depth: int, most: int) -> list[Query]:
        return [self.query(depth) for _ in range(self.rng.randint(1, most))]

    def conjunction(self, depth: int) -> Query:
        children = self._children(depth, 3)
        if self.rng.random() < 0.3:
            children.insert(self.rng.randrange(len(children) + 1), query.Not(self.query(depth)))
        return query.And(children, boost=self._boost())

    def disjunction(self, depth: int) -> Query:
        return query.Or(self._children(depth, 5), boost=self._boost())

    def binary(self, depth: int) -> Query:
        kind = self.rng.choice((query.AndNot, query.AndMaybe, query.Require))
        return kind(self.query(depth), self.query(depth))

    def constant(self, depth: int) -> Query:
        return query.ConstantScoreQuery(self.query(depth), self.rng.choice((0.5, 1.0, 3.0)))

    def negation(self, depth: int) -> Query:
        return query.Not(self.query(depth))


class _Plain(Query):  # type: ignore[misc]  # Whoosh has no types
    """A query that reads its children to their end first: no matcher of Whoosh is in between."""

    def __init__(self, child: Query, other: Query | None = None) -> None:
        self.child = child
        self.other = other

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.child!r}, {self.other!r})"

    def found(self, first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
        """Return the scores of what is found, from those of the children."""
        raise NotImplementedError

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        second = _scores(self.other.matcher(searcher, context)) if self.other else {}
        found = self.found(_scores(self.child.matcher(searcher, context)), second)
        return ListMatcher(list(found), list(found.values())) if found else NullMatcher()

    def estimate_size(self, ixreader: Any) -> Any:
        return self.child.estimate_size(ixreader)

    def estimate_min_size(self, ixreader: Any) -> int:  # noqa: ARG002 - Whoosh's signature
        return 0


def _scores(matcher: Any) -> dict[int, float]:
    found = {}
    while matcher.is_active():
        found[matcher.id()] = matcher.score()
        matcher.next()
    return found


class Alike(_Plain):
    """Finds what its child finds, each with the same score, 0 included."""

    def __init__(self, child: Query, score: float) -> None:
        super().__init__(child)
        self.score = score

    def found(self, first: dict[int, float], _: dict[int, float]) -> dict[int, float]:
        return dict.fromkeys(first, self.score)


class Except(_Plain):
    """Finds what the first query finds and the second does not."""

    def found(self, first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
        return {number: score for number, score in first.items() if number not in second}


class Maybe(_Plain):
    """Finds what the first query finds; the second adds to the scores."""

    def found(self, first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
        return {number: score + second.get(number, 0.0) for number, score in first.items()}


class Both(_Plain):
    """Finds what both find, with the scores of the first; Whoosh 2.7.4 leaves that out instead."""

    def found(self, first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
        return {number: score for number, score in first.items() if number in second}


def without_quirks(asked: Query) -> Query:
    """Return a query whose stock scores are those of an executor."""
    rewrite = _REWRITES.get(type(asked))
    return rewrite(asked) if rewrite else asked


def _disjunction(asked: query.Or) -> Query:
    made = query.Or([without_quirks(child) for child in asked], boost=asked.boost)
    if "Alike(" in repr(made):  # may score 0, which other matchers take for no match
        made.matcher_type = query.Or.DEFAULT_MATCHER
    return made


def _negation(asked: query.Not) -> Query:
    return Except(Alike(query.Every(), 0.0), without_quirks(asked.query))


def _and_not(asked: query.AndNot) -> Query:
    return Except(without_quirks(asked.a), without_quirks(asked.b))


def _and_maybe(asked: query.AndMaybe) -> Query:
    return Maybe(without_quirks(asked.a), without_quirks(asked.b))


def _require(asked: query.Require) -> Query:
    return Both(without_quirks(asked.a), without_quirks(asked.b))


def _constant(asked: query.ConstantScoreQuery) -> Query:
    return Alike(without_quirks(asked.child), asked.score)


def _expansion(asked: Any) -> Query:
    return Alike(asked, asked.boost)


def _range(asked: query.NumericRange) -> Query:
    return Alike(_exact_range(asked), asked.boost) if asked.fieldname in _UNSIGNED else asked


def _conjunction(asked: query.And) -> Query:
    children = list(asked)
    if len(children) == 1:
        return without_quirks(children[0])
    wanted = [_unscored(child) for child in children if not isinstance(child, query.Not)]
    without = [without_quirks(child.query) for child in children if isinstance(child, query.Not)]
    # Not alone, so that the boost counts.
    found: Query = query.And([*wanted, Alike(query.Every(), 0.0)], boost=asked.boost)
    for child in without:
        found = Except(found, child)
    return found


def _unscored(child: Query) -> Query:
    if isinstance(child, query.NumericRange):
        return Alike(without_quirks(child), 0.0)
    return without_quirks(child)


def _exact_range(asked: query.NumericRange) -> Query:
    """Look for every number as it is: the coarse terms of unsigned ones mislead Whoosh."""
    field = _UNSIGNED[asked.fieldname]
    start = field.to_bytes(0 if asked.start is None else asked.start)
    end = field.to_bytes(field.max_value if asked.end is None else asked.end)
    excluded = (
        asked.start is not None and asked.startexcl,
        asked.end is not None and asked.endexcl,
    )
    return query.TermRange(asked.fieldname, start, end, *excluded)


_REWRITES: Final[dict[type, Callable[[Any], Query]]] = {
    query.And: _conjunction,
    query.Or: _disjunction,
    query.Not: _negation,
    query.AndNot: _and_not,
    query.AndMaybe: _and_maybe,
    query.Require: _require,
    query.ConstantScoreQuery: _constant,
    query.NumericRange: _range,
    query.Prefix: _expansion,
    query.Wildcard: _expansion,
    query.FuzzyTerm: _expansion,
    query.TermRange: _expansion,
}
