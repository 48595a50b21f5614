"""What people say and what texts of the State say for it: *femmes battues*, *violences conjugales*.

A small file, looked up by the words that were typed; only from left to right. A word stands in its
other forms, plural and feminine, but not for what merely shares its stem: *armée* is not *armes*,
nor *garderie* *garde*.

>>> said_otherwise(("femme", "battue", "paris")).others
('violences conjugales', 'violences faites aux femmes')
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from indexer.french.analysis import analyse
from indexer.french.forms import fold, stem_form

# How a feminine ends, and the masculine of it, both without accents and signs of the plural.
_FEMININES: Final = (
    ("ere", "er"),
    ("euse", "eur"),
    ("euse", "eu"),
    ("rice", "eur"),
    ("enne", "en"),
    ("onne", "on"),
    ("anne", "an"),
    ("elle", "el"),
    ("ive", "if"),
    ("e", ""),
)
_LEAST_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Saying:
    """Words that are typed, as they are written and one by one, and what else is searched."""

    text: str
    words: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems of its words."""
        return tuple(stem_form(word) or word for word in self.words)

    def begins(self, words: Sequence[str]) -> bool:
        """Tell whether typed words begin with it, in any of their forms."""
        return len(words) >= len(self.words) and all(map(is_form_of, words, self.words))


@cache
def _sayings() -> Mapping[str, tuple[Saying, ...]]:
    """Return the rows of the file by their first stem, those of most words first."""
    text = files("indexer.french").joinpath("data/synonyms.tsv").read_text("utf-8")
    found: dict[str, list[Saying]] = {}
    for line in text.splitlines():
        if line and line[0] != "#":
            typed, *others = line.split("\t")
            tokens = [token for token in analyse(typed) if token.stem and not token.compound]
            words = tuple(token.exact for token in tokens)
            found.setdefault(tokens[0].stem or "", []).append(Saying(typed, words, tuple(others)))
    return {
        first: tuple(sorted(rows, key=lambda row: -len(row.words))) for first, rows in found.items()
    }


def sayings() -> tuple[Saying, ...]:
    """Return all rows of the file."""
    return tuple(saying for rows in _sayings().values() for saying in rows)


def said_otherwise(words: Sequence[str]) -> Saying | None:
    """Return the row of most words that typed words begin with, None where there is none.

    Args:
        words: exact forms, stop words left out.
    """
    first = stem_form(words[0]) if words else None
    rows = _sayings().get(first or "", ())
    return next((saying for saying in rows if saying.begins(words)), None)


def is_form_of(typed: str, word: str) -> bool:
    """Tell whether two words of one stem are one: but for accents, number and gender.

    >>> is_form_of("etudiantes", "étudiant"), is_form_of("armes", "armée")
    (True, False)
    """
    if stem_form(typed) != stem_form(word):
        return False
    is_same = singular(typed) == singular(word)
    return is_same or _is_feminine(typed, word) or _is_feminine(word, typed)


def singular(word: str) -> str:
    """Return a word without accents, nor what a plural adds.

    >>> singular("chevaux"), singular("élues")
    ('cheval', 'elue')
    """
    folded = fold(word)
    if folded.endswith("aux") and not folded.endswith("eaux"):
        return folded.removesuffix("ux") + "l"
    return folded[:-1] if folded[-1:] in ("s", "x") and len(folded) > _LEAST_LETTERS else folded


def _is_feminine(word: str, masculine: str) -> bool:
    """Tell whether a word is the feminine of another.

    *Handicapée* is that of *handicapé*, not of *handicap*; *armee* is none of *arme*.
    """
    one, other = singular(word), singular(masculine)
    is_of_e = masculine.rstrip("s").endswith("é")
    if word.rstrip("s").endswith("é") or (one.endswith("ee") and not is_of_e):
        return False
    return any(
        one.endswith(ending) and one.removesuffix(ending) + instead == other
        for ending, instead in _FEMININES
    )
