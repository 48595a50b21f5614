"""The UniNE "light" French stemmer: plurals, feminines and the commonest suffixes.

Written from its published rules (J. Savoy, "Light stemming approaches for the French, Portuguese,
German and Hungarian languages", SAC 2006), in the order in which the reference implementations
apply them. It works on a lower-case word with its accents, and folds them at the end.

>>> stem("établissements"), stem("lois"), stem("travaux")
('etabli', 'loi', 'traval')
"""

import re
from functools import lru_cache
from typing import Final

_ACCENTS: Final = str.maketrans("àáâôèéêùûîç", "aaaoeeeuuic")
_SHORTEST_REMAINDER: Final = 4
_DOUBLED: Final = re.compile(r"([^\W\d_])\1+")


# The lengths below are those of the published rules, kept as they are printed there.
# ruff: noqa: PLR2004


def _plural(word: str) -> str:
    if word.endswith("x"):
        if len(word) > 5 and word.endswith("aux") and not word.endswith("eaux"):
            return word[:-2] + "l"
        return word[:-1] if len(word) > 3 else word
    if word.endswith("s") and len(word) > 3:
        return word[:-1]
    return word


# (longer than, ending, what replaces it, whether the list goes on). Order matters.
SUFFIXES: Final = (
    (9, "issement", "ir", False),
    (8, "issant", "ir", False),
    (6, "ement", "e", False),
    (11, "ficatrice", "fier", False),
    (10, "ficateur", "fier", False),
    (9, "catrice", "quer", False),
    (8, "cateur", "quer", False),
    (8, "atrice", "er", False),
    (7, "ateur", "er", False),
    (6, "trice", "teur", True),
    (5, "ième", "", False),
    (7, "teuse", "ter", False),
    (6, "teur", "ter", False),
    (5, "euse", "eu", False),
    (8, "ère", "er", False),
    (7, "ive", "if", False),
    (4, "folle", "fou", False),
    (4, "molle", "mou", False),
    (9, "nnelle", "n", False),
    (9, "nnel", "n", False),
    (4, "ète", "et", True),
    (8, "ique", "", True),
    (8, "esse", "e", False),
    (7, "inage", "in", False),
    (9, "isation", "", False),
    (9, "isateur", "", False),
    (8, "ation", "", False),
    (8, "ition", "", False),
)


# The rules that can fit a word by its last letter, each with the place of the next one.
_BY_LETTER: Final = {
    letter: tuple(
        (following, *rule) for following, rule in enumerate(SUFFIXES, 1) if rule[1][-1] == letter
    )
    for letter in {rule[1][-1] for rule in SUFFIXES}
}


def _suffix(word: str, first: int = 0) -> str:
    for following, longer_than, ending, replacement, goes_on in _BY_LETTER.get(word[-1:], ()):
        if following > first and len(word) > longer_than and word.endswith(ending):
            word = word[: len(word) - len(ending)] + replacement
            return _suffix(word, following) if goes_on else _after_suffix(word, ending)
    return word


def _after_suffix(word: str, ending: str) -> str:
    if ending == "ement" and len(word) > 3 and word.endswith("ive"):
        return word[:-1].removesuffix("v") + "f"
    if ending == "isation" and len(word) > 5 and word.endswith("ual"):
        return word[:-2] + "el"
    return word


def _once(doubled: re.Match[str]) -> str:
    return doubled[1] if doubled[1].isalpha() else doubled[0]


def _normalise(word: str) -> str:
    if len(word) > _SHORTEST_REMAINDER:
        word = _DOUBLED.sub(_once, word.translate(_ACCENTS))
    if len(word) > _SHORTEST_REMAINDER and word.endswith("ie"):
        word = word[:-2]
    if len(word) > _SHORTEST_REMAINDER:
        word = word.removesuffix("r").removesuffix("e").removesuffix("e")
        if len(word) > 1 and word[-1] == word[-2] and word[-1].isalpha():
            word = word[:-1]
    return word


@lru_cache(maxsize=500_000)
def stem(word: str) -> str:
    """Return the stem of a lower-case word; accents are expected where French writes them."""
    return _normalise(_suffix(_plural(word)))
