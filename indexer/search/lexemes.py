"""A typed text cut into the pieces of the query language; nothing typed is an error.

>>> [(piece.kind, piece.text) for piece in lexemes('n° 24 191 "loup"', [])]
[('words', '24 191'), ('phrase', 'loup')]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from indexer.french.analysis import analyse, exact_form, fold
from indexer.search.request import FILTERS
from indexer.search.tree import Scope

_MAX_SLOP: Final = 50
_SENTENCE_WORDS: Final = 3
OPERATORS: Final = {"ET": "and", "AND": "and", "OU": "or", "OR": "or", "SAUF": "not", "NOT": "not"}
SCOPE_FIELDS: Final[dict[str, Scope]] = {
    "titre": "titre",
    "question": "question",
    "reponse": "reponse",
    "tout": "tout",
}
DATE_FIELDS: Final = ("du", "au", "reponse_du", "reponse_au")
_FIELD: Final = re.compile(r"([^\W\d]\w*):(?=\S)")
_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "„": "”", "«": "»"}
_SLOP: Final = re.compile(r"~(\d{1,3})")
_NUMBER_SIGN: Final = re.compile(r"\bn\s?[°º](?=\s?\d)", re.IGNORECASE)
_CHUNK: Final = re.compile(r'[^\s()"“”„«»]+')
_FUZZY: Final = re.compile(r"(.+?)~([12]?)")

Kind = Literal["words", "phrase", "pattern", "fuzzy", "field", "and", "or", "not", "open", "close"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece: ``number`` is the slop of a phrase or the distance of a fuzzy word.

    ``start`` and ``end`` are character offsets in the typed text.
    """

    kind: Kind
    text: str = ""
    number: int = 0
    start: int = 0
    end: int = 0


def lexemes(text: str, notices: list[str]) -> Iterator[Lexeme]:
    """Yield the pieces of a text; what was read otherwise than it stands is told in notices."""
    return _joined(_lexemes(_without_number_signs(text), notices))


def placed_lexemes(text: str) -> tuple[Lexeme, ...]:
    """Return the pieces as they stand in a text, neighbouring words apart.

    The ``text`` of words stands at their ``start``, that of a phrase behind its quote.
    """
    return tuple(_lexemes(_without_number_signs(text), []))


def _without_number_signs(text: str) -> str:
    return _NUMBER_SIGN.sub(lambda sign: " " * len(sign[0]), text)


def _lexemes(text: str, notices: list[str]) -> Iterator[Lexeme]:
    place = 0
    chunks = len(_CHUNK.findall(text))
    while place < len(text):
        char = text[place]
        if char.isspace() or char == "»":
            place += 1
        elif char in "()":
            yield Lexeme("open" if char == "(" else "close", start=place, end=place + 1)
            place += 1
        elif char in _QUOTES:
            lexeme, end = _quoted(text, place, notices)
            yield replace(lexeme, start=place, end=end)
            place = end
        elif char in "-−" and _begins_chunk(text, place) and text[place + 1 :][:1].strip(" -"):
            yield Lexeme("not", start=place, end=place + 1)
            place += 1
        elif (field := _FIELD.match(text, place)) and _is_field(field[1]):
            yield Lexeme("field", fold(field[1]), start=place, end=field.end())
            place = field.end()
        else:
            chunk = cast("re.Match[str]", _CHUNK.match(text, place))[0]
            end = place + len(chunk)
            ends_sentence = end >= len(text.rstrip()) and chunks >= _SENTENCE_WORDS
            read = _chunk(chunk.rstrip("?") if ends_sentence else chunk)
            yield replace(read, start=place, end=end)
            place = end


def _begins_chunk(text: str, place: int) -> bool:
    return place == 0 or text[place - 1].isspace() or text[place - 1] in "(:"


def _is_field(name: str) -> bool:
    folded = fold(name)
    return folded in FILTERS or folded in SCOPE_FIELDS or folded in DATE_FIELDS


def _quoted(text: str, place: int, notices: list[str]) -> tuple[Lexeme, int]:
    closing = _QUOTES[text[place]]
    closings = closing + ('"' if closing == "”" else "")
    end = next((i for i in range(place + 1, len(text)) if text[i] in closings), -1)
    if end < 0:
        notices.append("Guillemet non fermé : l'expression va jusqu'à la fin.")
        return Lexeme("phrase", text[place + 1 :]), len(text)
    content = text[place + 1 : end]
    slop = _SLOP.match(text, end + 1)
    if slop:
        return Lexeme("phrase", content, min(int(slop[1]), _MAX_SLOP)), slop.end()
    return Lexeme("phrase", content), end + 1


def _chunk(chunk: str) -> Lexeme:
    if chunk in OPERATORS:
        return Lexeme(cast("Kind", OPERATORS[chunk]))
    fuzzy = _FUZZY.fullmatch(chunk)
    if fuzzy and len(analyse(fuzzy[1])) == 1:
        return Lexeme("fuzzy", analyse(fuzzy[1])[0].exact, int(fuzzy[2] or 1))
    if ("*" in chunk or "?" in chunk) and re.search(r"\w", chunk):
        pattern = re.sub(r"[^\w*?]+", "", exact_form(re.sub(r"^\w{1,8}['’](?=\w)", "", chunk)))
        if re.search(r"[*?]", pattern) and re.search(r"\w", pattern):
            return Lexeme("pattern", re.sub(r"\*+", "*", pattern))
    return Lexeme("words", chunk)


def _joined(lexemes: Iterator[Lexeme]) -> Iterator[Lexeme]:
    """Join neighbouring words, so that ``24 191`` is analysed as one number."""
    waiting: Lexeme | None = None
    after_field = False
    for lexeme in lexemes:
        if lexeme.kind == "words" and waiting and not after_field:
            joined = f"{waiting.text} {lexeme.text}"
            waiting = replace(waiting, text=joined, end=lexeme.end)
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
