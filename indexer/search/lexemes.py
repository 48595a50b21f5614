"""A typed text cut into the pieces of the query language; nothing typed is an error.

>>> [(piece.kind, piece.text) for piece in lexemes('n° 24 191 "loup"', [])]
[('words', '24 191'), ('phrase', 'loup')]
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Literal, NamedTuple, cast

from indexer.french.analysis import analyse, exact_form, fold
from indexer.french.specification import specification
from indexer.search.fields import FIELDS

_MAX_SLOP: Final = 50
_MAX_ERRORS: Final = 2
_SENTENCE_WORDS: Final = 3
OPERATORS: Final = {"ET": "and", "AND": "and", "OU": "or", "OR": "or", "SAUF": "not", "NOT": "not"}
# Operators of other languages, and how they are said in this one.
_FOREIGN: Final = {"&&": "ET", "||": "OU", "|": "OU"}
_FIELD: Final = re.compile(r"([^\W\d]\w*):(?=\S)")
_FIELD_IN_VAIN: Final = re.compile(r"([^\W\d]\w*):")
_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "„": "”", "«": "»"}
_SLOP: Final = re.compile(r"~(\d{1,3})")
_NUMBER_SIGN: Final = re.compile(r"\bn\s?[°º](?=\s?\d)", re.IGNORECASE)
_CHUNK: Final = re.compile(r'[^\s()"“”„«»]+')
_FUZZY: Final = re.compile(r"(.+?)~(\d?)")
_PATTERN: Final = re.compile(r"[\w'’\u0300-\u036f‐‑*?-]+")
_ELIDED: Final = re.compile(r"([^\W\d_]{1,8})'(?=\w)")

Kind = Literal[
    "words", "phrase", "pattern", "fuzzy", "field", "exactly", "and", "or", "not", "open", "close"
]
# What stands right before the one piece that it applies to.
_PREFIXES: Final = ("field", "exactly", "not")


class Lexeme(NamedTuple):
    """A piece.

    ``number`` is the slop of a phrase or of brackets that close, or the distance of a fuzzy word;
    ``typed`` the piece as it stands, where ``text`` is another reading of it. ``start`` and ``end``
    are character offsets in the typed text.
    """

    kind: Kind
    text: str = ""
    number: int = 0
    typed: str = ""
    start: int = 0
    end: int = 0


def lexemes(text: str, notices: list[str]) -> Iterator[Lexeme]:
    """Yield the pieces of a text; what was read otherwise than it stands is told in notices."""
    pieces, told = _cut(text)
    notices.extend(told)
    return _joined(iter(pieces))


def placed_lexemes(text: str) -> tuple[Lexeme, ...]:
    """Return the pieces as they stand in a text, neighbouring words apart.

    The ``text`` of words stands at their ``start``, that of a phrase behind its quote.
    """
    return _cut(text)[0]


# The reader of a query asks, and who corrects its spelling.
@lru_cache(maxsize=64)
def _cut(text: str) -> tuple[tuple[Lexeme, ...], tuple[str, ...]]:
    """Return the pieces, and what is told of them."""
    cutter = _Cutter(_without_number_signs(text))
    return tuple(cutter.pieces()), tuple(cutter.notices)


def _without_number_signs(text: str) -> str:
    return _NUMBER_SIGN.sub(lambda sign: " " * len(sign[0]), text)


class _Cutter:
    def __init__(self, text: str) -> None:
        self.text = text
        self.notices: list[str] = []
        self.place = 0
        chunks = _CHUNK.findall(text)
        # Whoever writes operators writes no sentence: a last question mark is theirs.
        self.is_sentence = len(chunks) >= _SENTENCE_WORDS and not OPERATORS.keys() & set(chunks)

    def pieces(self) -> Iterator[Lexeme]:
        while self.place < len(self.text):
            char = self.text[self.place]
            if char.isspace() or char == "»":
                self.place += 1
                continue
            start = self.place
            if char in _QUOTES:
                piece = self._quoted(char)
            else:
                piece = self._sign(char) or self._field() or self._chunk()
            yield piece._replace(start=start, end=min(self.place, len(self.text)))

    def _sign(self, char: str) -> Lexeme | None:
        after = self.text[self.place + 1 : self.place + 2]
        kind: Kind
        if char in "()":
            kind = "open" if char == "(" else "close"
        elif char in "-−" and self._begins_chunk() and after.strip(" -"):
            kind = "not"
        elif char == "=" and self._begins_chunk() and after.strip(" ="):
            kind = "exactly"
        else:
            return None
        self.place += 1
        return Lexeme(kind, "", self._slop() if kind == "close" else 0)

    def _begins_chunk(self) -> bool:
        before = self.text[self.place - 1 : self.place]
        return not before.strip() or before in "(:=-−"

    def _slop(self) -> int:
        match = _SLOP.match(self.text, self.place)
        if not match:
            return 0
        self.place = match.end()
        if int(match[1]) > _MAX_SLOP:
            self.notices.append(f"Une distance est d'au plus {_MAX_SLOP} mots : ~{_MAX_SLOP}.")
        return min(int(match[1]), _MAX_SLOP)

    def _quoted(self, char: str) -> Lexeme:
        closings = _QUOTES[char] + ('"' if _QUOTES[char] == "”" else "")
        start = self.place + 1
        end = next((i for i in range(start, len(self.text)) if self.text[i] in closings), -1)
        if end < 0:
            self.notices.append("Guillemet non fermé : l'expression va jusqu'à la fin.")
            end = len(self.text)
        self.place = end + 1
        return Lexeme("phrase", self.text[start:end], self._slop())

    def _field(self) -> Lexeme | None:
        match = _FIELD.match(self.text, self.place)
        if not match or fold(match[1]) not in FIELDS:
            return None
        self.place = match.end()
        return Lexeme("field", fold(match[1]))

    def _chunk(self) -> Lexeme:
        chunk = cast("re.Match[str]", _CHUNK.match(self.text, self.place))[0]
        self.place += len(chunk)
        if self.is_sentence and not self.text[self.place :].strip():
            chunk = chunk.rstrip("?")
        if chunk in OPERATORS:
            return Lexeme(cast("Kind", OPERATORS[chunk]))
        if chunk.isalpha():
            return Lexeme("words", chunk)
        return self._fuzzy(chunk) or self._pattern(chunk) or self._words(chunk)

    def _fuzzy(self, chunk: str) -> Lexeme | None:
        match = _FUZZY.fullmatch(chunk)
        tokens = analyse(match[1]) if match else ()
        if not match or not tokens or (len(tokens) > 1 and not tokens[0].compound):
            return None
        if tokens[0].compound and tokens[-1].end > tokens[0].end:
            return None
        errors = int(match[2] or 1)
        if errors == 0:
            return Lexeme("phrase", match[1], typed=chunk)
        if errors > _MAX_ERRORS:
            self.notices.append(f"Un mot est cherché à {_MAX_ERRORS} fautes près au plus.")
        return Lexeme("fuzzy", tokens[0].exact, min(errors, _MAX_ERRORS), chunk)

    def _pattern(self, chunk: str) -> Lexeme | None:
        word = chunk.strip(",;.:!…")
        if not ("*" in word or "?" in word) or not re.search(r"[^\W_]", word):
            return None
        if not _PATTERN.fullmatch(word):
            return None
        bare = re.sub(r"[^\w*?']+", "", exact_form(word)).strip("'")
        text = re.sub(r"\*+", "*", _without_elision(bare))
        return Lexeme("pattern", text, typed=chunk) if re.search(r"[^\W_]", text) else None

    def _words(self, chunk: str) -> Lexeme:
        field = _FIELD_IN_VAIN.match(chunk)
        if field and "://" not in chunk:
            self._told_field(field[1], alone=field.end() == len(chunk))
        if chunk in _FOREIGN:
            self.notices.append(f"« {chunk} » n'a pas de sens ici : écrivez {_FOREIGN[chunk]}.")
        return Lexeme("words", chunk)

    def _told_field(self, name: str, *, alone: bool) -> None:
        folded = fold(name)
        if folded in FIELDS:
            self.notices.append(f"« {name}: » est lu comme un mot : la valeur suit sans espace.")
        elif not alone:
            near = get_close_matches(folded, FIELDS, 1)
            hint = f" ; vouliez-vous dire {near[0]} ?" if near else "."
            self.notices.append(f"« {name} » n'est pas un filtre : lu comme un mot{hint}")


def _without_elision(word: str) -> str:
    while (match := _ELIDED.match(word)) and match[1] in specification().elisions:
        if any(whole.startswith(word.rstrip("*?")) for whole in specification().whole_words):
            break
        word = word[match.end() :]
    return word


def _joined(lexemes: Iterator[Lexeme]) -> Iterator[Lexeme]:
    """Join neighbouring words, so that ``24 191`` is analysed as one number."""
    waiting: Lexeme | None = None
    after_prefix = False
    for lexeme in lexemes:
        if lexeme.kind == "words" and waiting and not after_prefix:
            joined = f"{waiting.text} {lexeme.text}"
            waiting = waiting._replace(text=joined, end=lexeme.end)
            continue
        if waiting:
            yield waiting
            after_prefix = False
        waiting = lexeme if lexeme.kind == "words" else None
        if lexeme.kind != "words":
            yield lexeme
            after_prefix = lexeme.kind in _PREFIXES
    if waiting:
        yield waiting
