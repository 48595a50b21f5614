"""Acronyms that a text defines: ``xxx yyy zzz (XYZ)`` and ``XYZ (xxx yyy zzz)``.

After Schwartz & Hearst (PSB 2003), made for French: articles and prepositions may be passed over,
elided ones are not there, each word gives its first letter or its first letters (``MIPROF``), a
hyphenated word gives several, accents and plurals do not matter. Of several readings the one that
passes over fewest words wins, then the shortest.

Native code reads many texts at once where it is compiled, by the rules that stand here.

>>> text = "les accompagnants d'élèves en situation de handicap (AESH) et l'ONF (office des forêts)"
>>> [(found.acronym, found.meaning) for found in definitions(text)]
[('AESH', "accompagnants d'élèves en situation de handicap")]
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from indexer.french.acronyms import Definition, defined, key_of
from indexer.french.analysis import Token, analyse
from indexer.french.forms import fold, folding_table
from indexer.french.lexicon import shared_lexicon
from indexer.native import kernel

# What may stand for words: two letters or more, capitals first; some write Giec, Ehpad, Lopmi.
_BRACKETS: Final = re.compile(r"\(([^()\n]{2,160})\)")
_CAPITAL: Final = "A-ZÀ-ÖØ-Þ"
_ACRONYM: Final = re.compile(rf"[{_CAPITAL}](?:[.\-]?[{_CAPITAL}a-zß-öø-ÿ0-9]){{1,11}}\.?")
_BEFORE: Final = re.compile(rf"(?<![\w.-])[{_CAPITAL}][\w.-]{{1,14}}(?= \()")
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
_folded: Final = lru_cache(maxsize=50_000)(fold)

# The place of a text among some, an acronym, and the words that spell it, all as written.
Spelt = tuple[int, str, str]


def definitions(text: str) -> Iterator[Definition]:
    """Yield the definitions of a text in its order, each as often as it is made."""
    for _, acronym, words in spelt_in([text]):
        found = defined(acronym, words)
        if found is not None:
            yield found


def spelt_in(texts: list[str | None]) -> Iterable[Spelt]:
    """Return the acronyms of some texts that words beside them spell, in order.

    Those words may be a name, or too few: :func:`indexer.french.acronyms.defined` tells.
    """
    lexicon = shared_lexicon()
    if kernel is None or lexicon is None:
        return spelt_in_python(texts)
    found: list[Spelt] = kernel.definitions(lexicon, texts, folding_table(), fold)
    return found


def spelt_in_python(texts: Iterable[str | None]) -> Iterator[Spelt]:
    """Yield what :func:`spelt_in` returns, without native code."""
    for place, text in enumerate(texts):
        if not text or "(" not in text:
            continue
        for match in _BRACKETS.finditer(text):
            spelt = _spelt_at(text, match)
            if spelt is not None:
                yield place, *spelt


def _spelt_at(text: str, match: re.Match[str]) -> tuple[str, str] | None:
    inside, start = match[1], match.start()
    if len(inside) <= _MOST_LETTERS and _ACRONYM.fullmatch(inside):
        return _spelt_before(text, start, inside)
    if " " in inside and text[:start].endswith(" "):
        return _spelt_after(text, start, inside)
    return None


def _spelt_before(text: str, end: int, acronym: str) -> tuple[str, str] | None:
    letters = _letters(acronym)
    if letters is None:
        return None
    start = max(0, end - _WINDOW[0] - _WINDOW[1] * len(letters))
    for stop in _STOP.finditer(text, start, end):
        start = stop.end()
    source = text[start:end]
    spelling = _aligned(_words(source), letters, _may_pass(acronym))
    return (acronym, _between(source, spelling)) if spelling else None


def _spelt_after(text: str, start: int, inside: str) -> tuple[str, str] | None:
    before = _BEFORE.search(text, max(0, start - 17), start + 1)
    letters = _letters(before[0]) if before and _ACRONYM.fullmatch(before[0]) else None
    if before is None or letters is None or _STOP.search(inside):
        return None
    words = _words(inside)
    spelling = _aligned(words, letters, _may_pass(before[0]))
    is_whole = all(word.stem is None for word in words[: len(words) - len(spelling)])
    return (before[0], _between(inside, spelling)) if spelling and is_whole else None


def _between(text: str, words: Sequence[Token]) -> str:
    return text[words[0].start : words[-1].end]


def _words(text: str) -> list[Token]:
    return [token for token in analyse(text) if not token.compound]


def _letters(acronym: str) -> str | None:
    """Return the letters that words must give, None where there are too few for an acronym."""
    if _ROMAN.fullmatch(acronym):
        return None
    letters = _DIGITS.sub("", key_of(acronym))
    return letters if len(letters) >= 2 else None  # noqa: PLR2004  # one letter is none


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
