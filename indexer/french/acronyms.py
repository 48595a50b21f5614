"""Acronyms and what they mean: what compares two of them, and when words need one.

Where a text defines them is found by :mod:`indexer.french.definitions`.

>>> defined("AESH", "accompagnants d’élèves en situation de handicap").meaning
"accompagnants d'élèves en situation de handicap"
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from indexer.french.analysis import analyse
from indexer.french.forms import APOSTROPHES, fold

_SIGNS: Final = re.compile(r"[^a-z0-9]")


class Definition(NamedTuple):
    """An acronym with its meaning, both as they are written; ``key`` and ``stems`` compare them.

    ``key`` is the acronym in lower case, without accents and signs; ``stems`` are those of the
    meaning's words, stop words left out.
    """

    key: str
    stems: tuple[str, ...]
    acronym: str
    meaning: str


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
    return tuple([token.stem for token in analyse(meaning) if token.stem and not token.compound])


def is_spelt_by(key: str, stems: Sequence[str]) -> bool:
    """Tell whether an acronym is made of the first letters of all words of its meaning.

    >>> is_spelt_by("ars", stems_of("agences régionales de santé"))
    True
    """
    return len(key) == len(stems) and all(
        stem[0] == letter for stem, letter in zip(stems, key, strict=True)
    )


def defined(acronym: str, words: str) -> Definition | None:
    """Return what words define that spell an acronym.

    Returns:
        None where they are a name, or too few to need an acronym.
    """
    stems, key = stems_of(words), key_of(acronym)
    is_person = words.istitle() and len(key) == 2  # noqa: PLR2004  # a name and its initials
    if len(stems) < 2 or is_person or key in stems:  # noqa: PLR2004  # one word needs no acronym
        return None
    for apostrophe in APOSTROPHES[1:]:
        words = words.replace(apostrophe, "'")
    meaning = " ".join(unicodedata.normalize("NFC", words).split())
    return Definition(key, stems, acronym.rstrip("."), meaning)
