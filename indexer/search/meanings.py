"""What acronyms mean: what the corpus says, counted, joined with a small file of well-known ones.

>>> [meaning.text for meaning in all_meanings(FILE_ONLY, "cio")]
["centre d'information et d'orientation", 'comité international olympique']
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final, Protocol

from indexer.french.acronyms import is_spelt_by, key_of, stems_of
from indexer.french.forms import stem_form

# A meaning of the file counts as if so many questions gave it: what everybody knows is rarely said.
_KNOWN: Final = 3
# Two meanings that share more than this of their words are wordings of one.
_SAME: Final = 0.7
# Letters that an ordinary word has too: few of the questions that hold them define them, or they
# have inflections (*change*, *changer*), which acronyms have not.
_LEAST_DEFINED: Final = 0.02
_LEAST_DEFINED_ONCE: Final = 0.2
_INFLECTED: Final = 1.3


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an acronym stands for, as ``count`` questions say; ``is_known``: as the file says."""

    key: str
    stems: tuple[str, ...]
    acronym: str
    text: str
    count: int = 0
    is_known: bool = False

    @property
    def weight(self) -> int:
        """How well established it is."""
        return self.count + _KNOWN * self.is_known

    @property
    def is_sound(self) -> bool:
        """Whether it is more than one slip of a pen."""
        return self.weight > 1 or is_spelt_by(self.key, self.stems)


Keys = Mapping[tuple[str, ...], tuple[str, ...]]


class Dictionary(Protocol):
    """What a corpus knows of acronyms."""

    def meanings(self, key: str) -> Sequence[Meaning]:
        """Return what an acronym means there, in any order."""
        ...

    def keys(self, first: str, second: str) -> Keys:
        """Return the meanings, as stems, that begin with two stems, each with its acronyms."""
        ...

    def questions_with(self, word: str, form: str) -> int:
        """Return about how many questions hold a word, as ``exact`` form or as ``stem``."""
        ...


class _NoCorpus:
    def meanings(self, key: str) -> Sequence[Meaning]:  # noqa: ARG002  # of the protocol
        return ()

    def keys(self, first: str, second: str) -> Keys:  # noqa: ARG002  # of the protocol
        return {}

    def questions_with(self, word: str, form: str) -> int:  # noqa: ARG002  # of the protocol
        return 0


FILE_ONLY: Final[Dictionary] = _NoCorpus()


@dataclass(frozen=True, slots=True)
class _File:
    """The rows of ``acronyms.tsv``; ``words`` are the keys that are ordinary words too."""

    meanings: Mapping[str, tuple[Meaning, ...]]
    keys: Mapping[tuple[str, str], Mapping[tuple[str, ...], tuple[str, ...]]]
    words: frozenset[str]


@cache
def _file() -> _File:
    text = files("indexer.french").joinpath("data/acronyms.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
    meanings: dict[str, tuple[Meaning, ...]] = {}
    keys: dict[tuple[str, str], dict[tuple[str, ...], tuple[str, ...]]] = {}
    for acronym, meaning, *_ in rows:
        key, stems = key_of(acronym), stems_of(meaning)
        row = Meaning(key, stems, acronym, meaning, is_known=True)
        meanings[key] = (*meanings.get(key, ()), row)
        beginning = keys.setdefault((stems[0], stems[1]), {})
        beginning[stems] = (*beginning.get(stems, ()), key)
    return _File(meanings, keys, frozenset(key_of(row[0]) for row in rows if row[2:]))


def all_meanings(dictionary: Dictionary, key: str) -> tuple[Meaning, ...]:
    """Return the sound meanings of an acronym in corpus and file, the best established first."""
    found = {meaning.stems: meaning for meaning in dictionary.meanings(key)}
    for row in _file().meanings.get(key, ()):
        count = found[row.stems].count if row.stems in found else 0
        found[row.stems] = replace(row, count=count)
    sound = (meaning for meaning in found.values() if meaning.is_sound)
    return tuple(sorted(sound, key=lambda meaning: (-meaning.weight, meaning.stems)))


def known_meanings() -> tuple[Meaning, ...]:
    """Return the meanings of the file."""
    return tuple(meaning for rows in _file().meanings.values() for meaning in rows)


def keys_of_file(first: str, second: str) -> Keys:
    """Return the meanings of the file that begin with two stems, each with its acronyms."""
    return _file().keys.get((first, second), {})


def is_word(dictionary: Dictionary, key: str) -> bool:
    """Tell whether the letters of an acronym, in lower case, are an ordinary word.

    The file says it of its own; of the others, how the questions use them.
    """
    stem = stem_form(key)
    if key in _file().meanings or stem is None:
        return stem is None or key in _file().words
    defined = sum(meaning.count for meaning in dictionary.meanings(key))
    held = dictionary.questions_with(key, "exact")
    least = _LEAST_DEFINED if defined > 1 else _LEAST_DEFINED_ONCE
    return defined < least * held or dictionary.questions_with(stem, "stem") > _INFLECTED * held


def families_of(meanings: Sequence[Meaning]) -> list[list[Meaning]]:
    """Group the wordings of each meaning, the best established first."""
    families: list[list[Meaning]] = []
    for meaning in meanings:
        for family in families:
            if are_same(meaning.stems, family[0].stems):
                family.append(meaning)
                break
        else:
            families.append([meaning])
    return sorted(families, key=lambda family: -sum(meaning.weight for meaning in family))


def are_same(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether two meanings, as stems, are wordings of one.

    >>> are_same(stems_of("cour européenne des droits de l'homme"),
    ...          stems_of("convention européenne des droits de l'homme"))
    True
    """
    shared = len({*first} & {*second})
    return shared > _SAME * min(len(first), len(second))


def choice_of(key: str, text: str) -> str:
    """Return what chooses a meaning: ``ars:agence régionale de santé``."""
    return f"{key}:{text}"
