"""The two forms of one word: as written, in lower case, and its stem.

>>> exact_form("Œuvres"), stem_form("œuvres"), stem_form("des"), fold("Élu")
('oeuvres', 'oeuvr', None, 'elu')
"""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

from indexer.french.specification import specification
from indexer.french.stemmer import SUFFIXES, stem
from indexer.native import kernel

APOSTROPHES: Final = "'’‘ʼ`´"
# Characters whose folded form native code is given (Latin with its accents), and letters of each.
FOLDED_CHARACTERS: Final = 0x250
_WIDTH: Final = 2


def fold(text: str) -> str:
    """Return lower-case text without accents, ligatures opened: the form for comparing names."""
    lower = text.lower()
    if lower.isascii():
        return lower
    try:
        plain = lower.encode("latin-1").translate(_LATIN_1)
    except UnicodeEncodeError:
        plain = b"\xff"
    if plain.isascii():
        return plain.decode("ascii")
    if (lower := lower.translate(_LATIN)).isascii():
        return lower
    return _without_accents(_open_ligatures(lower))


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _open_ligatures(text: str) -> str:
    return text.replace("œ", "oe").replace("æ", "ae")


# What each byte of Latin-1 comes to, as it is where that is not one ASCII character.
_LATIN_1: Final = bytes(
    ord(plain) if len(plain := _without_accents(chr(code))) == 1 and plain.isascii() else code
    for code in range(256)
)
# What nearly all words come to, found without decomposing them one character at a time.
_LATIN: Final = {code: _without_accents(_open_ligatures(chr(code))) for code in range(0xC0, 0x180)}


@cache
def folding_table() -> bytes:
    r"""Return what each of the first characters is folded to: at most two ASCII letters each.

    >>> table = folding_table()
    >>> table[2 * ord("é") : 2 * ord("é") + 2], table[2 * ord("œ") : 2 * ord("œ") + 2]
    (b'e\x00', b'oe')
    """
    table = bytearray()
    for code in range(FOLDED_CHARACTERS):
        folded = fold(chr(code))
        usable = folded.isascii() and 0 < len(folded) <= _WIDTH and code >= ord("\x80")
        table += folded.encode().ljust(_WIDTH, b"\0") if usable else bytes(_WIDTH)
    return bytes(table)


def exact_form(surface: str) -> str:
    """Return the exact form of one word: lower case, accents kept, ligatures opened."""
    word = _open_ligatures(surface.lower())
    for apostrophe in APOSTROPHES[1:]:
        word = word.replace(apostrophe, "'")
    return word if word.isascii() else unicodedata.normalize("NFC", word)


@lru_cache(maxsize=500_000)
def stem_form_in_python(exact: str) -> str | None:
    """Return what :func:`stem_form` does, without native code."""
    lists = specification()
    if exact in lists.stop_words:
        return None
    return fold(lists.stem_exceptions.get(exact) or stem(exact))


def _native_stem_form() -> Callable[[str], str | None] | None:
    if kernel is None:
        return None
    lists = specification()
    suffixes = tuple(
        (longer_than, ending.encode("latin-1"), replacement.encode("latin-1"), goes_on)
        for longer_than, ending, replacement, goes_on in SUFFIXES
    )
    native: Callable[[str], str | None] = kernel.Stemmer(
        suffixes, lists.stop_words, dict(lists.stem_exceptions), stem_form_in_python
    )
    return native


# What :func:`stem_form` asks; a native Lexicon asks it without Python.
STEMMER: Final = _native_stem_form() or stem_form_in_python
# The stem of an exact form, without accents; None for a stop word. A search asks
# hundreds of times.
stem_form: Final[Callable[[str], str | None]] = STEMMER
