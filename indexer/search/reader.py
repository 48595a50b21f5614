"""The pieces of a typed query read into a tree: recursive descent, nothing typed is an error.

From the loosest to the tightest: ``OU``; ``ET`` or nothing; ``SAUF``, ``-``, ``=`` and
``champ:``; brackets, quotes and words.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from indexer.french.analysis import Token, analyse
from indexer.search.fields import SCOPE_FIELDS, read_field
from indexer.search.lexemes import Kind, Lexeme
from indexer.search.pruning import exactly
from indexer.search.tree import All, Compound, Node, Not, Phrase, Scope, Word, all_of, any_of

# Deeper brackets are read as spaces: nobody means them, and they would exhaust the stack.
_MAX_DEPTH: Final = 30
# What a verb is joined to in a question: peut-on, a-t-il, est-ce; but for a noun of that shape.
_NOUNS: Final = frozenset({"rendezvous"})
_HOLLOW: Final = frozenset({"a", "t"})
_PRONOUNS: Final = frozenset({"je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "ce"})
_ENDS: Final = (None, "or", "close", "and")


class Reader:
    """Reads pieces once; brackets inherit the field before them.

    ``plain`` gathers the exact forms of the plain words in typed order, stop words included.
    """

    def __init__(self, pieces: Sequence[Lexeme], notices: list[str]) -> None:
        self.pieces = pieces
        self.notices = notices
        self.place = 0
        self.scope: Scope = "tout"
        self.field: str | None = None
        self.negated = False
        self.plain: list[str] = []

    def read(self) -> Node | None:
        """Return the tree of all pieces."""
        tree = self._alternatives(0)
        while self.place < len(self.pieces):
            self.notices.append("Parenthèse fermée sans être ouverte : ignorée.")
            self.place += 1
            tree = all_of((tree, self._alternatives(0)))
        return tree

    def _next_kind(self) -> Kind | None:
        return self.pieces[self.place].kind if self.place < len(self.pieces) else None

    def _alternatives(self, depth: int) -> Node | None:
        children = [self._conjunction(depth)]
        while self._next_kind() == "or":
            self.place += 1
            children.append(self._conjunction(depth))
        if len(children) > 1 and None in children:
            self.notices.append("« OU » attend quelque chose de chaque côté : ignoré.")
        if sum(child is not None for child in children) > 1:
            self.plain.clear()  # the words of alternatives are no sequence
        return any_of(children)

    def _conjunction(self, depth: int) -> Node | None:
        nodes: list[Node | None] = []
        while self._next_kind() not in (None, "or", "close"):
            if self._next_kind() == "and":
                self.place += 1
            else:
                nodes.append(self._unary(depth))
        return all_of(nodes)

    def _unary(self, depth: int) -> Node | None:
        lexeme = self.pieces[self.place]
        self.place += 1
        match lexeme.kind:
            case "not" | "exactly" | "field":
                return self._prefixed(lexeme, depth)
            case "open":
                return self._brackets(depth)
            case _:
                return self._leaf(lexeme)

    def _prefixed(self, lexeme: Lexeme, depth: int) -> Node | None:
        if self._next_kind() in _ENDS or depth >= _MAX_DEPTH:
            name = f"{lexeme.text}:" if lexeme.kind == "field" else "SAUF"
            if lexeme.kind != "exactly":
                self.notices.append(f"« {name} » sans rien après : ignoré.")
            return None
        if lexeme.kind == "field":
            return self._in_field(lexeme.text, depth + 1)
        if lexeme.kind == "exactly":
            node = self._unary(depth + 1)
            return exactly(node) if node is not None else None
        before, self.negated = self.negated, True
        node = self._unary(depth + 1)
        self.negated = before
        return Not(node) if node is not None else None

    def _in_field(self, name: str, depth: int) -> Node | None:
        before = self.scope, self.field
        if name in SCOPE_FIELDS:
            self.scope, self.field = SCOPE_FIELDS[name], None
        else:
            self.field = name
        node = self._unary(depth)
        self.scope, self.field = before
        return node

    def _brackets(self, depth: int) -> Node | None:
        if depth >= _MAX_DEPTH:
            self.notices.append(f"Au-delà de {_MAX_DEPTH}, les parenthèses sont ignorées.")
            return None
        node = self._alternatives(depth + 1)
        if self._next_kind() != "close":
            self.notices.append("Parenthèse non fermée : elle va jusqu'à la fin.")
            return node
        slop = self.pieces[self.place].number
        self.place += 1
        return self._near(node, slop) if slop else node

    def _near(self, node: Node | None, slop: int) -> Node | None:
        words = node.children if isinstance(node, All) else (node,)
        plain = [word for word in words if isinstance(word, Word) and word.form == "variants"]
        if len(plain) < len(words) or len({word.scope for word in plain}) > 1:
            self.notices.append(f"~{slop} ne vaut que pour des mots simples : ignoré.")
            return node
        if len(plain) == 1:
            return node
        return Phrase(tuple(word.text for word in plain), slop, "variants", plain[0].scope)

    def _leaf(self, lexeme: Lexeme) -> Node | None:
        if self.field:
            return read_field(self.field, lexeme.typed or lexeme.text, self.notices)
        match lexeme.kind:
            case "phrase":
                return self._phrase(lexeme)
            case "pattern":
                return Word(lexeme.text, "pattern", self.scope)
            case "fuzzy":
                return Word(lexeme.text, "fuzzy", self.scope, lexeme.number)
            case "words":
                return self._words(lexeme)
            case _:
                return None

    def _words(self, lexeme: Lexeme) -> Node | None:
        tokens = analyse(lexeme.text)
        if not self.negated:
            self.plain.extend(token.exact for token in tokens if not token.compound)
        return all_of(_words(tokens, self.scope))

    def _phrase(self, lexeme: Lexeme) -> Node | None:
        words = tuple(token.exact for token in analyse(lexeme.text) if not token.compound)
        if len(words) > 1:
            return Phrase(words, lexeme.number, "exact", self.scope)
        return Word(words[0], "exact", self.scope) if words else None


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
        if parts[-1] in _PRONOUNS and token.exact not in _NOUNS:
            yield from (Word(part, "variants", scope) for part in parts if part not in _HOLLOW)
        else:
            yield Compound(tuple(parts), token.exact, scope)
