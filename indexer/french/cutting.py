"""Where a text is cut into words, in plain Python: the rule book that native code follows.

:func:`surface_words` says what one match of the word pattern stands for; the native reading asks
it once for each surface that is not plain. :func:`tokens_in_python` reads a whole text.

>>> [word[:4] for word in surface_words("L'arc-en-ciel")]
[('arcenciel', 0, 2, 13), ('arc', 0, 2, 5), ('en', 1, 6, 8), ('ciel', 2, 9, 13)]
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

from indexer.french.forms import APOSTROPHES, exact_form, stem_form
from indexer.french.specification import specification


class Token(NamedTuple):
    """One word.

    ``exact`` is lower case with its accents; ``stem`` is None for a stop word. ``position`` counts
    words; ``start`` and ``end`` are character offsets in the text as given. ``compound`` marks the
    whole of a hyphenated word, which shares its position with its first part.
    """

    exact: str
    stem: str | None
    position: int
    start: int
    end: int
    compound: bool = False


class SurfaceWord(NamedTuple):
    """One word of a surface.

    ``offset`` counts the words of the surface before it; ``start`` and ``end`` are character
    offsets in the surface; ``exact`` and ``compound`` are those of its :class:`Token`.
    """

    exact: str
    offset: int
    start: int
    end: int
    compound: bool = False


_HYPHENS: Final = r"\-\u2010\u2011"
# U+02BC, an apostrophe here, is a letter to Unicode.
_CHAR: Final = r"[^\W_ʼ][\u0300-\u036f]*"
_LETTER: Final = r"[^\W\d_ʼ][\u0300-\u036f]*"
_SPACE: Final = "[ \u00a0\u2009\u202f]"
# Longest first: grouped digits, else characters joined by a single connector.
_WORD: Final = re.compile(
    rf"(?P<number>(?<![\w.,])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:,\d+)?(?![\w]))"
    rf"|(?:{_CHAR})+"
    rf"(?:(?:[{APOSTROPHES}{_HYPHENS}]|(?<=\d)[.,](?=\d)|(?<=[^\W\d_])\.(?={_LETTER}))(?:{_CHAR})+)*"
)
_GROUPED: Final = re.compile(_SPACE)
_HYPHEN: Final = re.compile(f"[{_HYPHENS}]")
_APOSTROPHE: Final = re.compile(f"[{APOSTROPHES}]")
_GROUPED_BY_DOTS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_ACRONYM: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_NOT_IN_NUMBER: Final = re.compile(r"[^\d,]")
_INVISIBLE: Final = re.compile("[\x80-\x9f\xad\u200b-\u200d\u2060\ufeff]")
_VISIBLE: Final = re.compile("[^\x80-\x9f\xad\u200b-\u200d\u2060\ufeff]")
_CLUSTER: Final = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
# A longer word is no word: base64, a line of dashes. It bounds the vocabulary.
MAX_WORD_CHARACTERS: Final = 64


def tokens_in_python(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, in order of position, a compound before its parts."""
    if _INVISIBLE.search(text) or not unicodedata.is_normalized("NFC", text):
        clean, starts, ends = _normalised(text)
        for token in _tokens(clean):
            yield token._replace(start=starts[token.start], end=ends[token.end - 1])
    else:
        yield from _tokens(text)


def _normalised(text: str) -> tuple[str, list[int], list[int]]:
    """Return composed visible text, and for each of its characters where it came from."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    visible = [match.start() for match in _VISIBLE.finditer(text)]
    shown = "".join(text[place] for place in visible)
    for match in _CLUSTER.finditer(shown):
        composed = unicodedata.normalize("NFC", match[0])
        pieces.append(composed)
        starts.extend([visible[match.start()]] * len(composed))
        ends.extend([visible[match.end() - 1] + 1] * len(composed))
    return "".join(pieces), starts, ends


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    for match in _WORD.finditer(text):
        start, surface = match.start(), match[0]
        if match["number"]:
            exact = _number(surface)
        elif _is_one_word(surface):
            exact = exact_form(surface)[:MAX_WORD_CHARACTERS]
        else:
            for exact, offset, first, last, compound in _connected(surface):
                stem = stem_form(exact)
                yield Token(exact, stem, position + offset, start + first, start + last, compound)
            position += offset + 1
            continue
        yield Token(exact, stem_form(exact), position, start, match.end())
        position += 1


def surface_words(surface: str) -> list[SurfaceWord]:
    """Return the words of one match of the word pattern, a compound before its parts."""
    if _GROUPED.search(surface):
        return [SurfaceWord(_number(surface), 0, 0, len(surface))]
    if _is_one_word(surface):
        exact = exact_form(surface)[:MAX_WORD_CHARACTERS]
        return [SurfaceWord(exact, 0, 0, len(surface))]
    return [SurfaceWord(*word) for word in _connected(surface)]


def _is_one_word(surface: str) -> bool:
    return surface.isalnum() and "ʼ" not in surface


def _number(surface: str) -> str:
    return _NOT_IN_NUMBER.sub("", surface)[:MAX_WORD_CHARACTERS]


def _connected(surface: str) -> list[tuple[str, int, int, int, bool]]:
    """Return the fields of the words of characters joined by apostrophes, hyphens or dots."""
    parts: list[tuple[str, int, int]] = []
    place = 0
    for piece in _HYPHEN.split(surface):
        parts.extend(_part(piece, place))
        place += len(piece) + 1
    words = [
        (exact[:MAX_WORD_CHARACTERS], offset, start, end, False)
        for offset, (exact, start, end) in enumerate(parts)
    ]
    if len(parts) > 1 and _HYPHEN.search(surface):
        whole = "".join(exact for exact, _, _ in parts)[:MAX_WORD_CHARACTERS]
        words.insert(0, (whole, 0, parts[0][1], parts[-1][2], True))
    return words


def _part(piece: str, start: int) -> list[tuple[str, int, int]]:
    """Return the (exact form, start, end) of the words of a piece that has no hyphen."""
    end = start + len(piece)
    if _GROUPED_BY_DOTS.fullmatch(piece):
        return [(piece.replace(".", ""), start, end)]
    exact = exact_form(piece)
    if "'" in exact and exact not in specification().whole_words:
        piece, start = _without_elision(piece, start)
        exact = exact_form(piece)
    if "." in piece and not piece[0].isdigit():
        if _ACRONYM.fullmatch(piece):
            return [(exact.replace(".", ""), start, end)]
        return _split_at_dots(piece, start)
    return [(exact, start, end)]


def _without_elision(piece: str, start: int) -> tuple[str, int]:
    apostrophe = _APOSTROPHE.search(piece)
    if apostrophe and piece[: apostrophe.start()].lower() in specification().elisions:
        return piece[apostrophe.end() :], start + apostrophe.end()
    return piece, start


def _split_at_dots(piece: str, start: int) -> list[tuple[str, int, int]]:
    words = []
    for word in piece.split("."):
        words.append((exact_form(word), start, start + len(word)))
        start += len(word) + 1
    return words
