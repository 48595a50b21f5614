"""Whoosh queries to plans, with the scores of Whoosh's own BM25F.

What is not kept of Whoosh, on purpose:

* ``Not`` and ranges inside ``And`` add 1.0 to every score there; here they add nothing, as filters.
  ``Not`` adds nothing elsewhere either, and finds no deleted document, which it may there.
* A ``Prefix``, ``Wildcard``, ``FuzzyTerm`` or ``TermRange`` scores as BM25F where one word fits it
  and otherwise by the size of the index; here always by its boost.
* ``AndNot`` keeps its first document there, though it is to be left out, where what is left out
  begins before it; here it goes.
* ``AndMaybe`` inside ``And`` or ``Require`` forgets there what it may add to some documents.
* A ``NumericRange`` finds numbers above its end there, where it is of small unsigned numbers (the
  splitting of a range runs below 0); here it ends at its end.
* In small indexes ``Or`` leaves out documents that score 0 there, and a ``ConstantScoreQuery`` or
  ``Every`` of score 0 scores 1.0; here 0 is a score as any other.
* ``And`` and ``Or`` of a single query ignore their own boost: this is kept.

:func:`compile_query` gives None for what has no plan; a stock searcher runs that.
"""

from collections.abc import Callable
from typing import Any as Anything
from typing import Final

from whoosh import fields, query

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.bm25 import Statistics
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
    Word,
)
from indexer.fastwhoosh.plan_query import PlanQuery
from indexer.fastwhoosh.ranges import numeric_range

# A line of a plan holds at most this many terms.
_MAX_PHRASE: Final = 16


class NoPlan(Exception):
    """Raised inside for a query that has no plan; it says which."""


def compile_query(statistics: Statistics, asked: query.Query) -> Node | None:
    """Return the plan of a Whoosh query, None where it has none."""
    try:
        return _compile(statistics, asked, 1.0)
    except NoPlan:
        return None


def _compile(statistics: Statistics, asked: query.Query, boost: float) -> Node:
    compiler = _COMPILERS.get(asked.__class__)
    if compiler is None:
        raise NoPlan(type(asked).__name__)
    return compiler(statistics, asked, boost)


def _term(statistics: Statistics, asked: query.Term, boost: float) -> Node:
    if asked.minquality:
        raise NoPlan("Term(minquality)")
    return _written_word(statistics, asked.fieldname, asked.text, boost * asked.boost)


def _written_word(statistics: Statistics, field: str, text: Anything, boost: float) -> Node:
    """Return the plan of a word, as it was made before where no boost changes it."""
    if boost != 1.0 or text.__class__ is not str:
        return _new_word(statistics, field, text, boost)
    key = (field, text)
    node: Node | None = statistics.plans.get(key)
    if node is None:
        node = statistics.remember(key, _new_word(statistics, field, text, boost))
    return node


def _new_word(statistics: Statistics, field: str, text: Anything, boost: float) -> Node:
    if field not in statistics.schema:
        return plan.NOTHING
    try:
        term = statistics.schema[field].to_bytes(text)
    except ValueError:
        return plan.NOTHING
    return _word(statistics, field, term, boost)


def _word(statistics: Statistics, field: str, term: bytes, boost: float) -> Word:
    if not statistics.schema[field].scorable:
        return Word((Group((Part(field, term, 1.0, 0.0, 1.0),), boost, plan.LINEAR),))
    part = Part(field, term, 1.0, statistics.b(field), statistics.average(field))
    return Word((Group((part,), statistics.idf(field, term) * boost, statistics.weighting.K1),))


def _children(statistics: Statistics, asked: Anything, boost: float) -> tuple[Node, ...]:
    return tuple([_compile(statistics, child, boost) for child in asked])


def _and(statistics: Statistics, asked: query.And, boost: float) -> Node:
    subqueries = list(asked.subqueries)
    if len(subqueries) == 1:
        return _compile(statistics, subqueries[0], boost)
    if not subqueries:
        return plan.NOTHING
    wanted = [child for child in subqueries if child.__class__ is not query.Not]
    without = [child.query for child in subqueries if child.__class__ is query.Not]
    children = _children(statistics, wanted, boost * asked.boost)
    nodes = tuple(map(_unscored_range, wanted, children))
    return All(nodes, _children(statistics, without, 1.0))


def _unscored_range(asked: query.Query, node: Node) -> Node:
    if isinstance(asked, query.NumericRange) and isinstance(node, Range | Constant):
        return node._replace(score=0.0)
    return node


def _or(statistics: Statistics, asked: query.Or, boost: float) -> Node:
    if asked.scale:
        raise NoPlan("Or(scale)")
    if len(asked.subqueries) == 1:
        return _compile(statistics, asked.subqueries[0], boost)
    return Any(_children(statistics, asked.subqueries, boost * asked.boost))


def _not(statistics: Statistics, asked: query.Not, _: float) -> Node:
    return All((), (_compile(statistics, asked.query, 1.0),))


def _and_maybe(statistics: Statistics, asked: Anything, boost: float) -> Node:
    child = _compile(statistics, asked.a, boost)
    return All((child,), maybe=(_compile(statistics, asked.b, boost),))


def _and_not(statistics: Statistics, asked: Anything, boost: float) -> Node:
    return All((_compile(statistics, asked.a, boost),), (_compile(statistics, asked.b, 1.0),))


def _require(statistics: Statistics, asked: Anything, boost: float) -> Node:
    required = Constant(_compile(statistics, asked.b, 1.0), 0.0)
    return All((_compile(statistics, asked.a, boost), required))


def _phrase(statistics: Statistics, asked: query.Phrase, boost: float) -> Node:
    field = asked.fieldname
    if field not in statistics.schema:
        return plan.NOTHING
    fieldtype = statistics.schema[field]
    if not fieldtype.format or not fieldtype.format.supports("positions"):
        raise NoPlan("Phrase without positions")
    if not 1 < len(asked.words) <= _MAX_PHRASE:
        raise NoPlan("Phrase of that many words")
    boost *= asked.boost
    words = [_written_word(statistics, field, word, boost) for word in asked.words]
    terms = tuple([word.groups[0].parts[0].term for word in words if word.__class__ is Word])
    if len(terms) < len(words):
        return plan.NOTHING
    mode = plan.ORDERED if asked.slop == 1 else plan.CHAIN
    line = Line(field, terms, tuple(range(len(terms))), 1.0, 0.0, 1.0)
    return All((Positional((line,), 0.0, plan.LINEAR, mode, asked.slop),), maybe=tuple(words))


def _prefix(statistics: Statistics, asked: query.Prefix, boost: float) -> Node:
    return _expansion(statistics, asked, plan.PREFIX, boost)


def _wildcard(statistics: Statistics, asked: query.Wildcard, boost: float) -> Node:
    if "[" in asked.text or asked.text == "*":
        raise NoPlan("Wildcard with brackets")
    return _expansion(statistics, asked, plan.WILDCARD, boost)


def _fuzzy(statistics: Statistics, asked: query.FuzzyTerm, boost: float) -> Node:
    if not asked.constantscore:
        raise NoPlan("FuzzyTerm(constantscore=False)")
    node = _expansion(statistics, asked, plan.FUZZY, boost)
    if not isinstance(node, Expansion):
        return node
    return node._replace(distance=int(asked.maxdist), prefix=asked.prefixlength)


def _expansion(statistics: Statistics, asked: Anything, kind: int, boost: float) -> Node:
    field = asked.fieldname
    if field not in statistics.schema:
        return plan.NOTHING
    fieldtype = statistics.schema[field]
    if type(fieldtype) is fields.NUMERIC or not isinstance(asked.text, str) or not asked.text:
        raise NoPlan("an expansion of that field or text")
    return Expansion(field, kind, fieldtype.to_bytes(asked.text), score=boost * asked.boost)


def _term_range(statistics: Statistics, asked: query.TermRange, boost: float) -> Node:
    field = asked.fieldname
    if field not in statistics.schema:
        return plan.NOTHING
    if asked.endexcl and asked.end is not None:
        raise NoPlan("TermRange(endexcl)")
    to_bytes = statistics.schema[field].to_bytes
    first = b"" if asked.start is None else to_bytes(asked.start)
    last = None if asked.end is None else to_bytes(asked.end)
    if asked.startexcl:
        first += b"\0"
    return Expansion(field, plan.BETWEEN, first, last, score=boost * asked.boost)


def _numeric_range(statistics: Statistics, asked: query.NumericRange, boost: float) -> Node:
    if asked.fieldname not in statistics.schema:
        return plan.NOTHING
    node = numeric_range(statistics.schema[asked.fieldname], asked, boost * asked.boost)
    if node is None:
        raise NoPlan("NumericRange of a field that is not of whole numbers")
    return node


def _constant(statistics: Statistics, asked: query.ConstantScoreQuery, boost: float) -> Node:
    return Constant(_compile(statistics, asked.child, 1.0), asked.score * boost)


def _every(_: Statistics, asked: query.Every, boost: float) -> Node:
    if asked.fieldname is not None:
        raise NoPlan("Every of a field")
    return Every(boost * asked.boost)


def _null(_: Statistics, __: Anything, ___: float) -> Node:
    return plan.NOTHING


def _own(_: Statistics, asked: PlanQuery, boost: float) -> Node:
    if boost != 1.0:
        raise NoPlan("PlanQuery with a boost")
    return asked.plan


_COMPILERS: Final[dict[type, Callable[[Statistics, Anything, float], Node]]] = {
    query.Term: _term,
    query.And: _and,
    query.Or: _or,
    query.Not: _not,
    query.AndMaybe: _and_maybe,
    query.AndNot: _and_not,
    query.Require: _require,
    query.Phrase: _phrase,
    query.Prefix: _prefix,
    query.Wildcard: _wildcard,
    query.FuzzyTerm: _fuzzy,
    query.TermRange: _term_range,
    query.NumericRange: _numeric_range,
    query.DateRange: _numeric_range,
    query.ConstantScoreQuery: _constant,
    query.Every: _every,
    type(query.NullQuery): _null,
    PlanQuery: _own,
}
