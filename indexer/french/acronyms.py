"""Acronyms that a text defines: ``xxx yyy zzz (XYZ)`` and ``XYZ (xxx yyy zzz)``.

After Schwartz & Hearst (PSB 2003), made for French: articles and prepositions may be passed over,
elided ones are not there, each word gives its first letter or its first letters (``MIPROF``), a
hyphenated word gives several, accents and plurals do not matter. Of several readings the one that
passes over fewest words wins, then the shortest.

>>> text = "les accompagnants d'élèves en situation de handicap (AESH) et l'ONF (office des forêts)"
>>> [(found.acronym, found.meaning) for found in definitions(text)]
[('AESH', "accompagnants d'élèves en situation de handicap")]
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from indexer.french.analysis import Token, analyse
from indexer.french.forms import APOSTROPHES, fold
from indexer.native import kernel

# What may stand for words: two letters or more, capitals first; some write Giec, Ehpad, Lopmi.
_BRACKETS: Final = re.compile(r"\(([^()\n]{2,160})\)")
_ACRONYM: Final = re.compile(r"[A-ZÀ-Þ](?:[.\-]?[A-ZÀ-Þa-zß-ÿ0-9]){1,11}\.?")
_BEFORE: Final = re.compile(r"(?<![\w.-])[A-ZÀ-Þ][\w.-]{1,14}(?= \()")
_SIGNS: Final = re.compile(r"[^a-z0-9]")
_DIGITS: Final = re.compile(r"[0-9]")
_ROMAN: Final = re.compile(r"[IVX]+")
# A definition does not reach over the end of a sentence, nor over other brackets.
_STOP: Final = re.compile(r"[.!?…](?=\s)|[();:\n]")
# Characters that a meaning takes at most: some, and so many a letter.
_WINDOW: Final = (30, 18)
_MOST_LETTERS: Final = 12
# Letters of one word that an acronym may take: PRO of protection.
_MOST_OF_A_WORD: Final = 4
_ARTICLES: Final = frozenset(
    ["le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "au", "aux"]
)


class Definition(NamedTuple):
    """An acronym with its meaning, both as they are written; ``key`` and ``stems`` compare them.

    ``key`` is the acronym in lower case, without accents and signs; ``stems`` are those of the
    meaning's words, stop words left out.
    """

    key: str
    stems: tuple[str, ...]
    acronym: str
    meaning: str


def definitions(text: str) -> Iterator[Definition]:
    """Yield the definitions of a text in its order, each as often as it is made."""
    for start, end in _brackets(text):
        inside = text[start:end]
        if len(inside) <= _MOST_LETTERS and _ACRONYM.fullmatch(inside):
            found = _defined_before(text, start - 1, inside)
        elif " " in inside and text[start - 2 : start - 1] == " ":
            found = _defined_after(text, start - 1, inside)
        else:
            continue
        if found is not None:
            yield found


def brackets_in_python(text: str) -> list[tuple[int, int]]:
    """Return where something stands in brackets, which may or may not define an acronym.

    Native code leaves out most of what cannot.
    """
    return [match.span(1) for match in _BRACKETS.finditer(text)] if "(" in text else []


_brackets: Final[Callable[[str], list[tuple[int, int]]]] = (
    brackets_in_python if kernel is None else kernel.defining_brackets
)


def key_of(acronym: str) -> str:
    """Return what compares two acronyms: ``ZFE-m`` and ``zfem`` are one.

    >>> key_of("C.G.T."), key_of("ZFE-m")
    ('cgt', 'zfem')
    """
    if acronym.isalnum() and acronym.isascii():
        return acronym.lower()
    return _SIGNS.sub("", fold(acronym))


def stems_of(meaning: str) -> tuple[str, ...]:
    """Return the stems that compare two meanings."""
    return tuple(token.stem for token in analyse(meaning) if token.stem and not token.compound)


def is_spelt_by(key: str, stems: Sequence[str]) -> bool:
    """Tell whether an acronym is made of the first letters of all words of its meaning.

    >>> is_spelt_by("ars", stems_of("agences régionales de santé"))
    True
    """
    return len(key) == len(stems) and all(
        stem[0] == letter for stem, letter in zip(stems, key, strict=True)
    )


def _defined_before(text: str, end: int, acronym: str) -> Definition | None:
    letters = _letters(acronym)
    if letters is None:
        return None
    start = max(0, end - _WINDOW[0] - _WINDOW[1] * len(letters))
    for stop in _STOP.finditer(text, start, end):
        start = stop.end()
    return _read_backwards(text[start:end], letters, acronym)


# Questions are copied from each other: half of what is read was read before.
@lru_cache(maxsize=20_000)
def _read_backwards(text: str, letters: str, acronym: str) -> Definition | None:
    return _definition(acronym, text, _aligned(_words(text), letters, _may_pass(acronym)))


def _defined_after(text: str, start: int, inside: str) -> Definition | None:
    before = _BEFORE.search(text, max(0, start - 17), start + 1)
    letters = _letters(before[0]) if before and _ACRONYM.fullmatch(before[0]) else None
    if before is None or letters is None or _STOP.search(inside):
        return None
    words = _words(inside)
    meaning = _aligned(words, letters, _may_pass(before[0]))
    is_whole = all(word.stem is None for word in words[: len(words) - len(meaning)])
    return _definition(before[0], inside, meaning) if is_whole else None


def _words(text: str) -> list[Token]:
    return [token for token in analyse(text) if not token.compound]


@lru_cache(maxsize=20_000)
def _letters(acronym: str) -> str | None:
    """Return the letters that words must give, None where there are too few for an acronym."""
    if _ROMAN.fullmatch(acronym):
        return None
    key = key_of(acronym)
    letters = key if key.isalpha() else _DIGITS.sub("", key)
    return letters if len(letters) >= 2 else None  # noqa: PLR2004  # one letter is none


def _definition(acronym: str, text: str, words: Sequence[Token]) -> Definition | None:
    """Return what some words of a text define, None where they are none."""
    return _defined(acronym, text[words[0].start : words[-1].end]) if words else None


# Most definitions are made again and again.
@lru_cache(maxsize=20_000)
def _defined(acronym: str, meaning: str) -> Definition | None:
    """Return what is defined, None where it is a name, or too short to need an acronym."""
    stems = stems_of(meaning)
    key = key_of(acronym)
    is_person = meaning.istitle() and len(key) == 2  # noqa: PLR2004  # a name and its initials
    if len(stems) < 2 or is_person or key in stems:  # noqa: PLR2004  # one word needs no acronym
        return None
    for apostrophe in APOSTROPHES[1:]:
        meaning = meaning.replace(apostrophe, "'")
    meaning = " ".join(unicodedata.normalize("NFC", meaning).split())
    return Definition(key, stems, acronym.rstrip("."), meaning)


def _may_pass(acronym: str) -> int:
    """Return how many words an acronym may leave out; one that looks like a name, hardly any."""
    return len(acronym) // 2 if acronym.isupper() else 1


def _aligned(words: Sequence[Token], key: str, may_pass: int) -> Sequence[Token]:
    """Return the last of some words that make an acronym, none where they do not.

    ``may_pass`` is how many significant words the acronym may leave out.
    """
    start = _spelt_start(words, key)
    if start is None:
        words = words[-(3 * len(key) + 6) :]
        start = _best_start(words, key, may_pass)
    return () if start is None else words[start:]


def _spelt_start(words: Sequence[Token], key: str) -> int | None:
    """Return where words begin of which each significant one gives its first letter."""
    left = len(key)
    for place in range(len(words) - 1, -1, -1):
        stem = words[place].stem
        if stem is None:
            continue
        left -= 1
        if stem[0] != key[left]:
            return None
        if not left:
            return place
    return None


def _best_start(words: Sequence[Token], key: str, may_pass: int) -> int | None:
    """Return where the reading begins that passes over fewest words, the shortest of those."""
    if not _may_end(words, key, may_pass):
        return None
    folded = [_folded(word.exact) for word in words]
    best: int | None = None
    for start in range(len(words) - 1, -1, -1):
        if folded[start][0] != key[0] or words[start].exact in _ARTICLES:
            continue
        passed = _passed_over(words[start:], folded[start:], key)
        if passed is not None and passed <= may_pass:
            best, may_pass = start, passed - 1
    return best


def _may_end(words: Sequence[Token], key: str, may_pass: int) -> bool:
    """Tell whether one of the last words gives the last letters: most brackets are told by that."""
    for word in reversed(words):
        folded = _folded(word.exact)
        if any(folded.startswith(key[-taken:]) for taken in range(1, _MOST_OF_A_WORD + 1)):
            return True
        may_pass -= word.stem is not None
        if may_pass < 0:
            break
    return False


_folded: Final = lru_cache(maxsize=50_000)(fold)


def _passed_over(words: Sequence[Token], folded: Sequence[str], key: str) -> int | None:
    """Return how few significant words an acronym can leave out, None where it does not fit.

    Its letters are the beginnings of words, in order, the first word's among them.
    """
    fewest: dict[int, int] = {0: 0}  # letters spelt -> significant words passed over
    for place, word in enumerate(words):
        after: dict[int, int] = {}
        for spelt, passed in fewest.items():
            if place:
                cost = passed + (word.stem is not None)
                after[spelt] = min(after.get(spelt, cost), cost)
            for taken in range(1, min(_MOST_OF_A_WORD, len(folded[place])) + 1):
                if folded[place][taken - 1] != key[spelt + taken - 1 : spelt + taken]:
                    break
                after[spelt + taken] = min(after.get(spelt + taken, passed), passed)
        fewest = after
    return fewest.get(len(key))
