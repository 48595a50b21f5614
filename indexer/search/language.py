"""The query language: what a person types to a tree, and the tree back to words.

All words are wanted unless said otherwise. ``"…"`` or ``« … »`` is the exact phrase, stop words
counted; ``"…"~5`` its words at most five apart; ``-mot``, ``SAUF mot`` excludes; ``OU``, ``ET`` and
brackets; ``mot*``, ``m?t`` patterns; ``mot~`` tolerates typing errors; ``champ:valeur`` a filter,
or the part of the question to look in. Anything can be typed: what is no syntax is words.

>>> describe(parse("loup OU (chien -patou)").tree)
'loup OU (chien SAUF patou)'
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from indexer.errors import BadParameter
from indexer.french.analysis import Token, analyse, exact_form, fold, stem_form
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
_MAX_SLOP: Final = 50
_SENTENCE_WORDS: Final = 3
_OPERATORS: Final = {"ET": "and", "AND": "and", "OU": "or", "OR": "or", "SAUF": "not", "NOT": "not"}
_SCOPES: Final[dict[str, Scope]] = {
    "titre": "titre",
    "question": "question",
    "reponse": "reponse",
    "tout": "tout",
}
_DATES: Final = ("du", "au", "reponse_du", "reponse_au")
_FIELD: Final = re.compile(r"([^\W\d]\w*):(?=\S)")
_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "„": "”", "«": "»"}
_SLOP: Final = re.compile(r"~(\d{1,3})")
_NUMBER_SIGN: Final = re.compile(r"\bn\s?[°º](?=\s?\d)", re.IGNORECASE)
_CHUNK: Final = re.compile(r'[^\s()"“”„«»]+')
_FUZZY: Final = re.compile(r"(.+?)~([12]?)")

Kind = Literal["words", "phrase", "pattern", "fuzzy", "field", "and", "or", "not", "open", "close"]


@dataclass(frozen=True, slots=True)
class _Lexeme:
    kind: Kind
    text: str = ""
    number: int = 0


def parse(text: str) -> Query:
    """Read a typed text; never raises, whatever was typed."""
    notices: list[str] = []
    lexemes = list(_joined(_lexemes(_NUMBER_SIGN.sub(" ", text), notices)))
    reader = _Reader(lexemes, notices)
    tree = reader.alternatives(0)
    while not reader.at_end:  # a stray closing bracket
        reader.place += 1
        rest = reader.alternatives(0)
        tree = _all(tuple(node for node in (tree, rest) if node is not None))
    tree, ignored = _without_stop_words(tree)
    plain = tuple(reader.plain)
    return Query(tree, plain, tuple(dict.fromkeys(ignored)), tuple(dict.fromkeys(notices)))


def _lexemes(text: str, notices: list[str]) -> Iterator[_Lexeme]:
    place = 0
    chunks = len(_CHUNK.findall(text))
    while place < len(text):
        char = text[place]
        if char.isspace() or char == "»":
            place += 1
        elif char in "()":
            yield _Lexeme("open" if char == "(" else "close")
            place += 1
        elif char in _QUOTES:
            lexeme, place = _quoted(text, place, notices)
            yield lexeme
        elif char in "-−" and _begins_chunk(text, place) and text[place + 1 :][:1].strip(" -"):
            yield _Lexeme("not")
            place += 1
        elif (field := _FIELD.match(text, place)) and _is_field(field[1]):
            yield _Lexeme("field", fold(field[1]))
            place = field.end()
        else:
            chunk = cast("re.Match[str]", _CHUNK.match(text, place))[0]
            place += len(chunk)
            ends_sentence = place >= len(text.rstrip()) and chunks >= _SENTENCE_WORDS
            yield _chunk(chunk.rstrip("?") if ends_sentence else chunk)


def _begins_chunk(text: str, place: int) -> bool:
    return place == 0 or text[place - 1].isspace() or text[place - 1] in "(:"


def _is_field(name: str) -> bool:
    folded = fold(name)
    return folded in FILTERS or folded in _SCOPES or folded in _DATES


def _quoted(text: str, place: int, notices: list[str]) -> tuple[_Lexeme, int]:
    closing = _QUOTES[text[place]]
    closings = closing + ('"' if closing == "”" else "")
    end = next((i for i in range(place + 1, len(text)) if text[i] in closings), -1)
    if end < 0:
        notices.append("Guillemet non fermé : l'expression va jusqu'à la fin.")
        return _Lexeme("phrase", text[place + 1 :]), len(text)
    content = text[place + 1 : end]
    slop = _SLOP.match(text, end + 1)
    if slop:
        return _Lexeme("phrase", content, min(int(slop[1]), _MAX_SLOP)), slop.end()
    return _Lexeme("phrase", content), end + 1


def _chunk(chunk: str) -> _Lexeme:
    if chunk in _OPERATORS:
        return _Lexeme(cast("Kind", _OPERATORS[chunk]))
    fuzzy = _FUZZY.fullmatch(chunk)
    if fuzzy and len(analyse(fuzzy[1])) == 1:
        return _Lexeme("fuzzy", analyse(fuzzy[1])[0].exact, int(fuzzy[2] or 1))
    if ("*" in chunk or "?" in chunk) and re.search(r"\w", chunk):
        pattern = re.sub(r"[^\w*?]+", "", exact_form(re.sub(r"^\w{1,8}['’](?=\w)", "", chunk)))
        if re.search(r"[*?]", pattern) and re.search(r"\w", pattern):
            return _Lexeme("pattern", re.sub(r"\*+", "*", pattern))
    return _Lexeme("words", chunk)


def _joined(lexemes: Iterator[_Lexeme]) -> Iterator[_Lexeme]:
    """Join neighbouring words, so that ``24 191`` is analysed as one number."""
    waiting: _Lexeme | None = None
    after_field = False
    for lexeme in lexemes:
        if lexeme.kind == "words" and waiting and not after_field:
            waiting = replace(waiting, text=f"{waiting.text} {lexeme.text}")
            continue
        if waiting:
            yield waiting
            after_field = False
        waiting = lexeme if lexeme.kind == "words" else None
        if lexeme.kind != "words":
            yield lexeme
        if lexeme.kind in ("field", "not"):
            after_field = True
        elif lexeme.kind != "words":
            after_field = False
    if waiting:
        yield waiting


class _Reader:
    """Recursive descent over the lexemes, with the scope that brackets inherit."""

    def __init__(self, lexemes: list[_Lexeme], notices: list[str]) -> None:
        self.lexemes = lexemes
        self.notices = notices
        self.place = 0
        self.scope: Scope = "tout"
        self.negated = False
        self.plain: list[str] = []

    @property
    def at_end(self) -> bool:
        return self.place >= len(self.lexemes)

    def _next_kind(self) -> Kind | None:
        return None if self.at_end else self.lexemes[self.place].kind

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
        lexeme = self.lexemes[self.place]
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
        if name in _SCOPES:
            before, self.scope = self.scope, _SCOPES[name]
            node = self._unary(depth)
            self.scope = before
            return node
        lexeme = self.lexemes[self.place]
        self.place += 1
        return self._filter(name, lexeme.text.strip())

    def _filter(self, name: str, value: str) -> Node | None:
        try:
            if name in _DATES:
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

    def _leaf(self, lexeme: _Lexeme) -> Node | None:
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

    def _phrase(self, lexeme: _Lexeme) -> Node | None:
        words = tuple(token.exact for token in analyse(lexeme.text) if not token.compound)
        if not words:
            return None
        if len(words) == 1:
            return Word(words[0], "exact", self.scope)
        return Phrase(words, lexeme.number, "exact", self.scope)


def _words(tokens: list[Token], scope: Scope) -> Iterator[Node]:
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


def describe(node: Node | None) -> str:
    """Return the query in words that :func:`parse` reads as the same query."""
    if node is None:
        return ""
    return _described(node, outer=True)


def _described(node: Node, *, outer: bool = False) -> str:
    match node:
        case All(children):
            text = " ET ".join(_described(child) for child in children)
            text = text.replace(" ET SAUF ", " SAUF ")
            return text if outer else f"({text})"
        case Any(children):
            text = " OU ".join(_described(child) for child in children)
            return text if outer else f"({text})"
        case Not(child):
            return f"SAUF {_described(child)}"
        case Filtered(name, value):
            return f"{name}:{_quoted_value(value)}"
        case Period():
            return _described_period(node)
        case _:
            return _described_leaf(node)


def _described_leaf(node: Word | Phrase | Compound) -> str:
    scope = "" if node.scope == "tout" else f"{node.scope}:"
    match node:
        case Compound(parts):
            return scope + "-".join(parts)
        case Phrase(words, slop):
            return f'{scope}"{" ".join(words)}"' + (f"~{slop}" if slop else "")
        case Word(text, "exact"):
            return f'{scope}"{text}"'
        case Word(text, "fuzzy"):
            return f"{scope}{text}~{node.distance}"
        case Word(text):
            return f"{scope}{text}"


def _described_period(period: Period) -> str:
    prefix = "reponse_" if period.field == "answered" else ""
    if period.first:
        return f"{prefix}du:{period.first}"
    return f"{prefix}au:{period.last}" if period.last else ""


def _quoted_value(value: str) -> str:
    return value if re.fullmatch(r"[\w.-]+", value) else '"' + value.replace('"', "") + '"'
