"""Where the words and the pieces of a query stand in the typed text: what can be changed in it.

>>> [(piece.kind, piece.text) for piece in typed_pieces('loup -chien auteur:anato "petit ours"')]
[('word', 'loup'), ('excluded', '-chien'), ('filter', 'auteur:anato'), ('phrase', '"petit ours"')]
>>> [word.exact for word in typed_words('loup -chien auteur:anato "petit ours"')]
['loup', 'petit', 'ours']
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import Final, Literal

from indexer.french.analysis import analyse
from indexer.search.lexemes import Lexeme, placed_lexemes
from indexer.search.request import SCOPES

PieceKind = Literal["word", "phrase", "group", "excluded", "filter"]
_PREFIXES: Final = frozenset({"field", "not", "exactly"})
_BETWEEN: Final = frozenset({"and", "close"})


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word that is wanted, from character ``start`` to before ``end`` of the typed text.

    ``quoted`` tells that it is wanted in its exact form, ``plain`` that it stands in no phrase.
    """

    exact: str
    start: int
    end: int
    quoted: bool = False
    plain: bool = True


@dataclass(frozen=True, slots=True)
class TypedPiece:
    """A part of a query that can be left out: ``text`` is what stands from ``start`` to ``end``.

    ``words`` are the exact forms of the words that it wants; ``field`` is the part of the
    question where it wants them, ``""`` for all of it; ``inner`` where its text without field
    begins.
    """

    kind: PieceKind
    text: str
    start: int
    end: int
    words: tuple[str, ...] = ()
    field: str = ""
    inner: int = 0


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds of the next piece: brackets hand it down."""

    excluded: bool = False
    exactly: bool = False
    is_value: bool = False

    def after(self, lexeme: Lexeme) -> "_Context":
        if lexeme.kind == "not":
            return replace(self, excluded=True)
        if lexeme.kind == "field":
            return replace(self, is_value=lexeme.text not in SCOPES)
        return replace(self, exactly=True)


# Spelling, advice and the words that count all ask it of the text of one search.
@lru_cache(maxsize=64)
def typed_words(text: str) -> tuple[TypedWord, ...]:
    """Return the words that a query wants, in order: not those of filters, nor excluded ones."""
    return tuple(_words(text, placed_lexemes(text)))


def _words(text: str, lexemes: Sequence[Lexeme]) -> Iterator[TypedWord]:
    outer = [_Context()]
    context = outer[-1]
    for lexeme in lexemes:
        if lexeme.kind in _PREFIXES:
            context = context.after(lexeme)
            continue
        if lexeme.kind == "open":
            outer.append(context)
        elif lexeme.kind == "close" and len(outer) > 1:
            outer.pop()
        elif not context.excluded and not context.is_value:
            yield from _words_of(text, lexeme, exactly=context.exactly)
        context = outer[-1]


def _words_of(text: str, lexeme: Lexeme, *, exactly: bool) -> Iterator[TypedWord]:
    if lexeme.kind not in ("words", "phrase"):
        return
    is_phrase = lexeme.kind == "phrase"
    quote = 0 if text.startswith(lexeme.text, lexeme.start) else 1
    base = lexeme.start + quote
    for token in analyse(lexeme.text):
        if not token.compound:
            start, end = base + token.start, base + token.end
            yield TypedWord(token.exact, start, end, is_phrase or exactly, not is_phrase)


def typed_pieces(text: str) -> tuple[TypedPiece, ...]:
    """Return the pieces that all have to fit; none where the text is one of alternatives."""
    lexemes = placed_lexemes(text)
    found: list[TypedPiece] = []
    place = 0
    while place < len(lexemes):
        if lexemes[place].kind == "or":
            return ()
        if lexemes[place].kind in _BETWEEN:
            place += 1
            continue
        end = _end_of_piece(lexemes, place)
        piece = _piece(text, lexemes[place:end])
        if piece:
            found.append(piece)
        place = end
    return tuple(found)


def _end_of_piece(lexemes: Sequence[Lexeme], place: int) -> int:
    """Return the place after a piece: its prefixes, and one lexeme or a pair of brackets."""
    while place < len(lexemes) and lexemes[place].kind in _PREFIXES:
        place += 1
    depth = 0
    while place < len(lexemes):
        kind = lexemes[place].kind
        depth += (kind == "open") - (kind == "close")
        place += 1
        if depth <= 0:
            break
    return place


def _piece(text: str, lexemes: Sequence[Lexeme]) -> TypedPiece | None:
    prefixes = list(takewhile(lambda lexeme: lexeme.kind in _PREFIXES, lexemes))
    bare = lexemes[len(prefixes) :]
    if not bare:
        return None
    start, end = lexemes[0].start, bare[-1].end
    fields = [prefix.text for prefix in prefixes if prefix.kind == "field"]
    words = tuple(word.exact for word in _words(text, lexemes))
    kind: PieceKind = "phrase" if bare[0].kind == "phrase" else "word"
    if bare[0].kind == "open":
        kind = "group"
    if any(prefix.kind == "not" for prefix in prefixes):
        kind = "excluded"
    elif fields and fields[-1] not in SCOPES:
        kind = "filter"
    field = fields[-1] if fields and fields[-1] in SCOPES else ""
    return TypedPiece(kind, text[start:end], start, end, words, field, bare[0].start)


def without(text: str, piece: TypedPiece) -> str:
    """Return a typed text with a piece left out, and the conjunction that it leaves dangling.

    >>> without("loup ET chien", typed_pieces("loup ET chien")[1])
    'loup'
    """
    before, after = text[: piece.start].split(), text[piece.end :].split()
    while before and before[-1] in _CONJUNCTIONS:
        before.pop()
    while not before and after and after[0] in _CONJUNCTIONS:
        after.pop(0)
    return " ".join([*before, *after])


_CONJUNCTIONS: Final = ("ET", "AND")


def changed(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """Return a text with some of its stretches, (start, end, new text) in order, replaced."""
    pieces = []
    place = 0
    for start, end, new in changes:
        pieces += [text[place:start], new]
        place = end
    return "".join([*pieces, text[place:]])
