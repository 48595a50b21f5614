"""The obvious reading of a plan: dictionaries of scores, on any Whoosh segment reader.

It is what runs where the extension is not compiled or a segment is of another codec, and what the
compiled reading is compared with.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any as Anything
from typing import Final

from whoosh.reading import IndexReader, TermNotFound

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.closeness import standing_together
from indexer.fastwhoosh.expansions import meant
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
    Word,
)

Scores = dict[int, float]


def scores(reader: IndexReader, node: Node) -> Scores:  # one a kind of node
    """Return document number → score of the live documents of a segment that a plan matches."""
    return _READERS[type(node)](reader, node)


def saturated(weight: float, k1: float) -> float:
    """Return the BM25 saturation of a weighted frequency; see :class:`plan.Group`."""
    return weight * (k1 + 1) / (weight + k1) if k1 != plan.LINEAR else weight


def normalised(part: Part | Line, count: float, length: int) -> float:
    """Return what a number of occurrences weighs in a text of some length."""
    relative = length / part.average if part.average else 1.0
    return part.weight * count / (1 - part.b + part.b * relative)


def _constant(documents: "Iterator[int] | Mapping[int, float]", score: float) -> Scores:
    return dict.fromkeys(documents, score)


def _matcher(reader: IndexReader, field: str, term: bytes) -> Anything:
    try:
        return reader.postings(field, term)
    except (TermNotFound, KeyError):
        return None


def postings(reader: IndexReader, field: str, term: bytes) -> Iterator[tuple[int, float]]:
    """Yield the live documents of a segment that hold a term, with its frequency."""
    matcher = _matcher(reader, field, term)
    while matcher is not None and matcher.is_active():
        yield matcher.id(), matcher.weight()
        matcher.next()


def _documents(reader: IndexReader, field: str, terms: Sequence[bytes]) -> Iterator[int]:
    for term in terms:
        for number, _ in postings(reader, field, term):
            yield number


def _length(reader: IndexReader, number: int, field: str) -> int:
    return int(reader.doc_field_length(number, field) or 0)


def _group(reader: IndexReader, group: Group) -> Scores:
    weights: Scores = {}
    for part in group.parts:
        for number, frequency in postings(reader, part.field, part.term):
            value = normalised(part, frequency, _length(reader, number, part.field))
            weights[number] = weights.get(number, 0.0) + value
    factor, k1 = group.factor, group.k1
    return {number: factor * saturated(value, k1) for number, value in weights.items()}


def _word(reader: IndexReader, word: Word) -> Scores:
    if not word.groups:
        return {}
    found, *bonuses = (_group(reader, group) for group in word.groups)
    for bonus in bonuses:
        for number, score in bonus.items():
            if number in found:
                found[number] += score
    return {number: score + word.constant for number, score in found.items()}


def _positional(reader: IndexReader, node: Positional) -> Scores:
    weights: Scores = {}
    for line in node.lines:
        for number, places in _together(reader, line):
            if count := standing_together(node, line, places):
                value = normalised(line, count, _length(reader, number, line.field))
                weights[number] = weights.get(number, 0.0) + value
    factor, k1 = node.factor, node.k1
    return {number: factor * saturated(value, k1) for number, value in weights.items()}


def _together(reader: IndexReader, line: Line) -> Iterator[tuple[int, list[list[int]]]]:
    """Yield the documents that hold all terms of a line, with each term's positions."""
    held = [dict(_positions(reader, line.field, term)) for term in line.terms]
    for number in held[0] if held else ():
        if all(number in places for places in held):
            yield number, [places[number] for places in held]


def _positions(reader: IndexReader, field: str, term: bytes) -> Iterator[tuple[int, list[int]]]:
    matcher = _matcher(reader, field, term)
    while matcher is not None and matcher.is_active():
        yield matcher.id(), list(matcher.value_as("positions"))
        matcher.next()


def _lexicon(reader: IndexReader, node: Expansion) -> Iterator[bytes]:
    if node.field not in reader.schema:
        return
    for field, text in reader.all_terms():
        if field == node.field:
            yield text


def _in_range(reader: IndexReader, node: Range) -> Iterator[int]:
    if node.column not in reader.schema or not reader.has_column(node.column):
        return
    column = reader.column_reader(node.column, translate=False)
    for number in reader.all_doc_ids():
        if node.low <= column[number] <= node.high:
            yield number


def _all(reader: IndexReader, node: All) -> Scores:
    if node.children:
        first, *others = (scores(reader, child) for child in node.children)
        found = {
            number: score + sum(other[number] for other in others)
            for number, score in first.items()
            if all(number in other for other in others)
        }
    else:
        found = dict.fromkeys(reader.all_doc_ids(), 0.0)
    for child in node.without:
        for number in scores(reader, child):
            found.pop(number, None)
    for child in node.maybe:
        for number, score in scores(reader, child).items():
            if number in found:
                found[number] += score
    return found


def _any(reader: IndexReader, node: Any) -> Scores:
    total: Scores = {}
    matches: dict[int, int] = {}
    weights = node.weights or (1,) * len(node.children)
    for child, weight in zip(node.children, weights, strict=True):
        for number, score in scores(reader, child).items():
            total[number] = total.get(number, 0.0) + score
            matches[number] = matches.get(number, 0) + weight
    return {number: score for number, score in total.items() if matches[number] >= node.at_least}


def _terms(reader: IndexReader, node: Terms) -> Scores:
    return _constant(_documents(reader, node.field, node.terms), node.score)


def _expansion(reader: IndexReader, node: Expansion) -> Scores:
    terms = [text for text in _lexicon(reader, node) if meant(node, text)]
    return _constant(_documents(reader, node.field, terms), node.score)


def _range(reader: IndexReader, node: Range) -> Scores:
    return _constant(_in_range(reader, node), node.score)


def _every(reader: IndexReader, node: Every) -> Scores:
    return _constant(reader.all_doc_ids(), node.score)


def _same(reader: IndexReader, node: Constant) -> Scores:
    return _constant(scores(reader, node.child), node.score)


_READERS: Final[Mapping[type, Callable[[IndexReader, Anything], Scores]]] = {
    Word: _word,
    Positional: _positional,
    Terms: _terms,
    Expansion: _expansion,
    Range: _range,
    Every: _every,
    All: _all,
    Any: _any,
    Constant: _same,
}
