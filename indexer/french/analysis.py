"""Text to tokens, in the two forms that a search needs, with offsets into the text as it stands.

Words are cut at Unicode word boundaries (UAX #29) as Lucene's standard tokenizer does, with what
French and this corpus need on top: elided articles are stripped, ``C.G.T.`` is ``CGT``, ``30 000``
is one number whatever its spaces, and a hyphenated word stands as its parts and, at the place of
the first, as the whole without hyphens.

>>> [(token.exact, token.stem) for token in analyse("L'état des lois")]
[('état', 'etat'), ('des', None), ('lois', 'loi')]
>>> [token.exact for token in analyse("la micro-entreprise")]
['la', 'microentreprise', 'micro', 'entreprise']
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from indexer.french.specification import specification
from indexer.french.stemmer import stem


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


_APOSTROPHES: Final = "'’‘ʼ`´"
_HYPHENS: Final = r"\-\u2010\u2011"
# U+02BC, an apostrophe here, is a letter to Unicode.
_CHAR: Final = r"[^\W_ʼ][\u0300-\u036f]*"
_LETTER: Final = r"[^\W\d_ʼ][\u0300-\u036f]*"
_SPACE: Final = "[ \u00a0\u2009\u202f]"
# Longest first: grouped digits, else characters joined by a single connector.
_WORD: Final = re.compile(
    rf"(?P<number>(?<![\w.,])\d{{1,3}}(?:{_SPACE}\d{{3}})+(?:,\d+)?(?![\w]))"
    rf"|(?:{_CHAR})+"
    rf"(?:(?:[{_APOSTROPHES}{_HYPHENS}]|(?<=\d)[.,](?=\d)|(?<=[^\W\d_])\.(?={_LETTER}))(?:{_CHAR})+)*"
)
_HYPHEN: Final = re.compile(f"[{_HYPHENS}]")
_APOSTROPHE: Final = re.compile(f"[{_APOSTROPHES}]")
_GROUPED_BY_DOTS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_ACRONYM: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_NOT_IN_NUMBER: Final = re.compile(r"[^\d,]")
_INVISIBLE: Final = re.compile("[\x80-\x9f\xad\u200b-\u200d\u2060\ufeff]")
_CLUSTER: Final = re.compile(r".[\u0300-\u036f]*", re.DOTALL)
# A longer word is no word: base64, a line of dashes. It bounds the vocabulary.
MAX_WORD_CHARACTERS: Final = 64


def fold(text: str) -> str:
    """Return lower-case text without accents, ligatures opened: the form for comparing names."""
    decomposed = unicodedata.normalize("NFD", _open_ligatures(text.lower()))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _open_ligatures(text: str) -> str:
    return text.replace("œ", "oe").replace("æ", "ae")


def exact_form(surface: str) -> str:
    """Return the exact form of one word: lower case, accents kept, ligatures opened."""
    word = _open_ligatures(surface.lower())
    for apostrophe in _APOSTROPHES[1:]:
        word = word.replace(apostrophe, "'")
    return word if word.isascii() else unicodedata.normalize("NFC", word)


@lru_cache(maxsize=500_000)
def stem_form(exact: str) -> str | None:
    """Return the stem of an exact form, without accents; None for a stop word."""
    lists = specification()
    if exact in lists.stop_words:
        return None
    return fold(lists.stem_exceptions.get(exact) or stem(exact))


# Both forms of a text are indexed one after the other, and a page marks, names variants and
# looks for missing words in the same few texts.
@lru_cache(maxsize=64)
def analyse(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text, in order of position, a compound before its parts."""
    if _INVISIBLE.search(text) or not unicodedata.is_normalized("NFC", text):
        clean, starts, ends = _normalised(text)
        return tuple(
            token._replace(start=starts[token.start], end=ends[token.end - 1])
            for token in _tokens(clean)
        )
    return tuple(_tokens(text))


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


_VISIBLE: Final = re.compile("[^\x80-\x9f\xad\u200b-\u200d\u2060\ufeff]")


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    for match in _WORD.finditer(text):
        start, surface = match.start(), match[0]
        if match["number"]:
            yield _token(_NOT_IN_NUMBER.sub("", surface), position, start, match.end())
            position += 1
        elif surface.isalnum() and "ʼ" not in surface:
            yield _token(exact_form(surface), position, start, match.end())
            position += 1
        else:
            for token in _connected(surface, position, start):
                yield token
                if not token.compound:
                    position += 1


def _token(exact: str, position: int, start: int, end: int, *, compound: bool = False) -> Token:
    if len(exact) > MAX_WORD_CHARACTERS:
        exact = exact[:MAX_WORD_CHARACTERS]
    return Token(exact, stem_form(exact), position, start, end, compound)


def _connected(surface: str, position: int, start: int) -> Iterator[Token]:
    """Yield the tokens of characters joined by apostrophes, hyphens or dots."""
    parts: list[tuple[str, int, int]] = []
    place = 0
    for piece in _HYPHEN.split(surface):
        parts.extend(_part(piece, start + place))
        place += len(piece) + 1
    hyphenated = len(parts) > 1 and _HYPHEN.search(surface)
    if hyphenated:
        whole = "".join(exact for exact, _, _ in parts)
        yield _token(whole, position, parts[0][1], parts[-1][2], compound=True)
    for offset, (exact, first, last) in enumerate(parts):
        yield _token(exact, position + offset, first, last)


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
