"""The query language: what a person types, read into a tree.

All words are wanted unless said otherwise. ``"…"`` or ``« … »`` is the exact phrase, stop words
counted; ``"…"~5`` its words at most five apart; ``-mot``, ``SAUF mot`` excludes; ``OU``, ``ET`` and
brackets; ``mot*``, ``m?t`` patterns; ``mot~`` tolerates typing errors; ``champ:valeur`` a filter,
or the part of the question to look in. Anything can be typed: what is no syntax is words.

>>> parse("loup -chien").plain
('loup',)
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal, cast

from indexer.errors import BadParameter
from indexer.french.analysis import Token, analyse, stem_form
from indexer.search.lexemes import DATE_FIELDS, SCOPE_FIELDS, Kind, Lexeme, lexemes
from indexer.search.request import FILTERS, canonical_value, parse_date
from indexer.search.tree import (
    All,
    Any,
    Compound,
    Filtered,
    Node,
    Not,
    Period,
    Phrase,
    Query,
    Scope,
    Word,
)

# Deeper brackets are read as spaces: nobody means them, and they would exhaust the stack.
_MAX_DEPTH: Final = 30


def parse(text: str) -> Query:
    """Read a typed text; never raises, whatever was typed."""
    notices: list[str] = []
    reader = _Reader(list(lexemes(text, notices)), notices)
    tree = reader.alternatives(0)
    while not reader.at_end:  # a stray closing bracket
        reader.place += 1
        rest = reader.alternatives(0)
        tree = _all(tuple(node for node in (tree, rest) if node is not None))
    tree, ignored = _without_stop_words(tree)
    plain = tuple(reader.plain)
    return Query(tree, plain, tuple(dict.fromkeys(ignored)), tuple(dict.fromkeys(notices)))


class _Reader:
    """Recursive descent over the lexemes, with the scope that brackets inherit."""

    def __init__(self, pieces: list[Lexeme], notices: list[str]) -> None:
        self.pieces = pieces
        self.notices = notices
        self.place = 0
        self.scope: Scope = "tout"
        self.negated = False
        self.plain: list[str] = []

    @property
    def at_end(self) -> bool:
        return self.place >= len(self.pieces)

    def _next_kind(self) -> Kind | None:
        return None if self.at_end else self.pieces[self.place].kind

    def alternatives(self, depth: int) -> Node | None:
        children = [self._conjunction(depth)]
        while self._next_kind() == "or":
            self.place += 1
            children.append(self._conjunction(depth))
        nodes = tuple(node for node in children if node is not None)
        if len(nodes) <= 1:
            return nodes[0] if nodes else None
        self.plain.clear()  # the words of alternatives are no sequence
        return Any(nodes)

    def _conjunction(self, depth: int) -> Node | None:
        nodes: list[Node] = []
        while self._next_kind() not in (None, "or", "close"):
            if self._next_kind() == "and":
                self.place += 1
                continue
            node = self._unary(depth)
            if node is not None:
                nodes.append(node)
        return _all(tuple(nodes))

    def _unary(self, depth: int) -> Node | None:
        lexeme = self.pieces[self.place]
        self.place += 1
        if lexeme.kind == "not":
            return self._negation(depth)
        if lexeme.kind == "field":
            return self._field(lexeme.text, depth)
        if lexeme.kind == "open":
            if depth >= _MAX_DEPTH:
                return None
            node = self.alternatives(depth + 1)
            if self._next_kind() == "close":
                self.place += 1
            return node
        return self._leaf(lexeme)

    def _negation(self, depth: int) -> Node | None:
        if self._next_kind() in (None, "or", "close", "and") or depth >= _MAX_DEPTH:
            return None
        before, self.negated = self.negated, True
        node = self._unary(depth + 1)
        self.negated = before
        return Not(node) if node is not None else None

    def _field(self, name: str, depth: int) -> Node | None:
        if self._next_kind() in (None, "or", "close", "and", "not", "field"):
            return None
        if name in SCOPE_FIELDS:
            before, self.scope = self.scope, SCOPE_FIELDS[name]
            node = self._unary(depth)
            self.scope = before
            return node
        lexeme = self.pieces[self.place]
        self.place += 1
        return self._filter(name, lexeme.text.strip())

    def _filter(self, name: str, value: str) -> Node | None:
        try:
            if name in DATE_FIELDS:
                return _period(name, value)
        except BadParameter as error:
            self.notices.append(f"{error} Ce filtre est ignoré.")
            return None
        known = FILTERS[name].values
        chosen = canonical_value(name, value)
        if known and chosen not in known:
            self.notices.append(
                f"{name}:{value} ne désigne rien ; valeurs possibles : {', '.join(known)}."
            )
        return Filtered(name, chosen)

    def _leaf(self, lexeme: Lexeme) -> Node | None:
        if lexeme.kind == "phrase":
            return self._phrase(lexeme)
        if lexeme.kind == "pattern":
            return Word(lexeme.text, "pattern", self.scope)
        if lexeme.kind == "fuzzy":
            return Word(lexeme.text, "fuzzy", self.scope, lexeme.number)
        if lexeme.kind != "words":
            return None
        tokens = analyse(lexeme.text)
        if not self.negated:
            self.plain.extend(token.exact for token in tokens if not token.compound)
        return _all(tuple(_words(tokens, self.scope)))

    def _phrase(self, lexeme: Lexeme) -> Node | None:
        words = tuple(token.exact for token in analyse(lexeme.text) if not token.compound)
        if not words:
            return None
        if len(words) == 1:
            return Word(words[0], "exact", self.scope)
        return Phrase(words, lexeme.number, "exact", self.scope)


def _words(tokens: Sequence[Token], scope: Scope) -> Iterator[Node]:
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if not token.compound:
            yield Word(token.exact, "variants", scope)
            continue
        parts = []
        while place < len(tokens) and tokens[place].end <= token.end:
            parts.append(tokens[place].exact)
            place += 1
        yield Compound(tuple(parts), token.exact, scope)


def _period(name: str, value: str) -> Period:
    field: Literal["asked", "answered"] = "answered" if name.startswith("reponse") else "asked"
    if name.endswith("du"):
        return Period(field, parse_date(value, name, last_day=False), None)
    return Period(field, None, parse_date(value, name, last_day=True))


def _all(nodes: tuple[Node, ...]) -> Node | None:
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.children if isinstance(node, All) else (node,))
    if len(flat) <= 1:
        return flat[0] if flat else None
    return All(tuple(flat))


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Word) and node.form == "variants" and stem_form(node.text) is None


def _without_stop_words(node: Node | None) -> tuple[Node | None, list[str]]:
    """Leave stop words out of conjunctions that hold other things; alone, they count."""
    if isinstance(node, All):
        kept: list[Node] = []
        ignored: list[str] = []
        for child in node.children:
            if _is_stop_word(child):
                ignored.append(cast("Word", child).text)
                continue
            inner, more = _without_stop_words(child)
            ignored.extend(more)
            if inner is not None:
                kept.append(inner)
        if not any(not isinstance(child, Not | Filtered | Period) for child in kept) and ignored:
            return _exact_stop_words(node), []
        return _all(tuple(kept)), ignored
    if isinstance(node, Any):
        pairs = [_without_stop_words(child) for child in node.children]
        children = tuple(child for child, _ in pairs if child is not None)
        return Any(children), [word for _, words in pairs for word in words]
    if isinstance(node, Not):
        negated, ignored = _without_stop_words(node.child)
        return (Not(negated) if negated is not None else None), ignored
    if node is not None and _is_stop_word(node):
        return replace(cast("Word", node), form="exact"), []
    return node, []


def _exact_stop_words(node: All) -> All:
    return All(
        tuple(
            replace(cast("Word", child), form="exact") if _is_stop_word(child) else child
            for child in node.children
        )
    )
