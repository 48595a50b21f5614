"""Completion of what is being typed: how its end is read, and which completions are kept.

An engine finds candidates for the end of a text (:func:`endings`); here they are put in order. The
rest of the text stays as it is typed.

>>> [(ending.kept, ending.prefix) for ending in endings("loup et l'édu")]
[('', 'loup et edu'), ('loup ', 'et edu'), ("loup et l'", 'edu')]
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from indexer.french.forms import fold
from indexer.search.request import FILTERS

Kind = Literal[
    "mot", "expression", "sigle", "auteur", "groupe", "ministere", "ministere_reponse", "rubrique",
    "valeur",
]  # fmt: skip

# A longer text is not being typed word by word.
MAX_CHARACTERS: Final = 200
# Shorter beginnings mean everything.
MIN_LETTERS: Final = 2
# Words that a completion may complete together.
_MOST_WORDS: Final = 6
_WORD: Final = re.compile(r"[^\W_]+")
# The same of what is ASCII, many times faster than a pattern.
_SIGNS_AS_SPACES: Final = bytes(code if _WORD.match(chr(code)) else ord(" ") for code in range(256))
_JOINT: Final = re.compile(r"\s+|['’\-]")
_ELIDED: Final = re.compile(r"(?<!\w)(?:[cdjlmnst]|qu)['’](?=\w|$)", re.IGNORECASE)
_FILTER: Final = re.compile(r'(?:^|(?<=[\s(]))([^\W\d]\w*):(?:"([^"]*)|([^\s":()]*))$')
# What is shown first among completions of the same words, and how many of each at most.
_ORDER: Final[dict[str, int]] = {
    "sigle": 2, "expression": 4, "mot": 8, "rubrique": 2, "auteur": 3, "ministere": 2, "groupe": 2,
    "ministere_reponse": 1, "valeur": 8,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: ``text`` is the whole new query, ``label`` what is completed, in words.

    ``count`` is the number of questions that the new query finds.
    """

    kind: Kind
    text: str
    label: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Ending:
    """The last words of a text: what stands before them, and their beginning to be completed.

    ``prefix`` is plain; it ends in a space where the last word is whole. ``filter`` is the name of
    the filter whose value it begins, if it does.
    """

    kept: str
    prefix: str
    filter: str | None = None

    @property
    def words(self) -> int:
        """How many words are completed together."""
        return len(self.prefix.split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible completion of ``words`` typed words; ``weight`` compares those of its kind."""

    suggestion: Suggestion
    words: int
    weight: float


def plain(text: str) -> str:
    """Return the words of a text to be compared: no case, accents, signs, nor elided articles.

    >>> plain("Accompagnants d'Élèves (école)")
    'accompagnants eleves ecole'
    """
    if "'" in text or "’" in text:
        text = _ELIDED.sub(" ", text)
    folded = fold(text)
    if folded.isascii():
        return b" ".join(folded.encode().translate(_SIGNS_AS_SPACES).split()).decode()
    return " ".join(_WORD.findall(folded))


def endings(text: str) -> list[Ending]:
    """Return the ends of a text that may be completed, the longest first; none where none may."""
    if len(text) > MAX_CHARACTERS:
        return []
    value = _FILTER.search(text)
    if value and fold(value[1]) in FILTERS:
        typed = value[2] if value[2] is not None else value[3]
        return [Ending(text[: value.start()], plain(typed), fold(value[1]))]
    return list(_endings(text))[::-1]


def _endings(text: str) -> Iterator[Ending]:
    words = list(_WORD.finditer(text))[-_MOST_WORDS:]
    end = len(text)
    space = ""
    for word in reversed(words):
        joint = text[word.end() : end]
        if joint and not _JOINT.fullmatch(joint):
            return
        if end == len(text) and joint.endswith(tuple(" \t\u00a0")):
            space = " "
        end = word.start()
        if _ELIDED.match(text, end):
            continue  # an article belongs to the word behind it
        prefix = plain(text[end:])
        if len(prefix) >= MIN_LETTERS:
            yield Ending(text[:end], prefix + space)


def filtered(name: str, value: str) -> str:
    """Return a value of a filter as it is typed in a query."""
    bare = value.replace('"', " ")
    return f"{name}:{bare}" if re.fullmatch(r"\w+", bare) else f'{name}:"{bare}"'


def without_article(kept: str) -> str:
    """Return a text without the elided article at its end, which belonged to what is completed."""
    return re.sub(r"(?i)(?<!\w)(?:[cdjlmnst]|qu)['’]$", "", kept)


def shortlist(candidates: Iterable[Candidate], most: int) -> list[Candidate]:
    """Return the best candidates: those that complete most words, then by kind and weight."""
    ranked = sorted(
        candidates,
        key=lambda each: (-each.words, [*_ORDER].index(each.suggestion.kind), -each.weight),
    )
    taken: dict[str, int] = {}
    seen: set[str] = set()
    kept = []
    for candidate in ranked:
        kind, text = candidate.suggestion.kind, candidate.suggestion.text
        words = plain(text)
        if words in seen or taken.get(kind, 0) >= _ORDER[kind]:
            continue
        seen.add(words)
        taken[kind] = taken.get(kind, 0) + 1
        kept.append(candidate)
    return _with_each_kind(kept, most)


def _with_each_kind(candidates: list[Candidate], most: int) -> list[Candidate]:
    """Leave out the last of the kinds that have most, until few enough are left."""
    kept = list(candidates)
    while len(kept) > most:
        kinds = Counter(candidate.suggestion.kind for candidate in kept)
        largest = max(kinds.values())
        last = max(n for n, each in enumerate(kept) if kinds[each.suggestion.kind] == largest)
        del kept[last]
    return kept
