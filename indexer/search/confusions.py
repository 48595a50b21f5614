"""How far a typed word is from the one that may be meant, in errors as people make them in French.

A letter left out, added, replaced or two swapped is one error; what sounds the same (*ph* and
*f*, *eau* and *o*, a silent ending, a letter doubled or not) is half of one. Accents hardly count:
who types none means them.

>>> errors("farmacie", "pharmacie"), errors("medicament", "médicament"), errors("lopu", "loup")
(0.5, 0.0, 0.8)
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final

from indexer.french.analysis import fold

_SAME_SOUND: Final = 0.5
_SWAPPED: Final = 0.8
_NEIGHBOURING_KEY: Final = 0.8
# Typed accents that are not those of the word; none typed at all is no error.
_ACCENT: Final = 0.1
# The first letter is the one that is seen while it is typed.
_FIRST_LETTER: Final = 0.3
# Letters around a difference that a rule may need.
_CONTEXT: Final = 2
_FAR: Final = 99.0

# Letters that sound alike, either for the other.
_SOUNDS: Final = (
    ("f", "ph"), ("i", "y"), ("c", "ss"), ("c", "s"), ("sc", "s"), ("sc", "c"), ("t", "s"),
    ("t", "c"), ("o", "au"), ("o", "eau"), ("au", "eau"), ("k", "c"), ("k", "qu"), ("c", "qu"),
    ("c", "cqu"), ("q", "qu"), ("an", "en"), ("am", "em"), ("in", "ain"), ("in", "ein"),
    ("in", "im"), ("ain", "ein"), ("e", "ai"), ("e", "ei"), ("ai", "ei"), ("s", "z"), ("g", "j"),
    ("j", "ge"), ("g", "gu"), ("ill", "y"), ("il", "ill"), ("ill", "i"), ("x", "ks"), ("x", "cs"),
    ("x", "cc"), ("ch", "sh"), ("ch", "c"), ("h", ""), ("oe", "eu"), ("oe", "e"), ("n", "m"),
    ("on", "om"), ("en", "em"), ("an", "am"), ("ti", "ss"), ("ti", "ci"), ("ti", "ssi"), ("v", "w"),
    ("un", "in"),
)  # fmt: skip
# The same at the end of a word, where much is written that nobody hears.
_ENDINGS: Final = (
    ("", "s"), ("", "t"), ("", "d"), ("", "x"), ("", "e"), ("", "p"), ("", "es"), ("t", "d"),
    ("s", "t"), ("s", "x"), ("e", "er"), ("e", "ez"), ("e", "et"), ("er", "ez"), ("er", "ee"),
    ("e", "ent"),
)  # fmt: skip
_ROWS: Final = ("azertyuiop", "qsdfghjklm", "wxcvbn")

_Rules = Mapping[tuple[str, str], tuple[tuple[str, str], ...]]


def _by_last_letters(pairs: tuple[tuple[str, str], ...]) -> _Rules:
    """Key the rules, in both directions, by the last letter of either side."""
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for one, other in pairs:
        for rule in ((one, other), (other, one)):
            key = rule[0][-1:], rule[1][-1:]
            found[key] = (*found.get(key, ()), rule)
    return found


_SOUND_RULES: Final = _by_last_letters(_SOUNDS)
_END_RULES: Final = _by_last_letters(_ENDINGS)
_NEIGHBOURS: Final = frozenset(
    pair
    for row in _ROWS
    for left, right in pairwise(row)
    for pair in ((left, right), (right, left))
)


def errors(typed: str, meant: str) -> float:
    """Return how many errors make one word of another; 0.0 for the same but for its accents."""
    bare, other = fold(typed), fold(meant)
    accents = 0.0 if typed == bare else _ACCENT * _differing(typed, meant)
    if bare == other:
        return accents
    start, end = _shared(bare, other)
    distance = _distance(bare[start : len(bare) - end], other[start : len(other) - end], start, end)
    return round(accents + distance, 3)


def _differing(typed: str, meant: str) -> int:
    """Count the accented letters that the other word does not have: at most three matter."""
    return min(3, len({char for char in typed if not char.isascii()} - set(meant)))


def _shared(one: str, other: str) -> tuple[int, int]:
    """Return how many first and last letters need not be compared: those shared, but two."""
    least = min(len(one), len(other))
    start = next((i for i in range(least) if one[i] != other[i]), least)
    rest = least - start
    end = next((i for i in range(rest) if one[-1 - i] != other[-1 - i]), rest)
    return max(0, start - _CONTEXT), max(0, end - _CONTEXT)


def _distance(typed: str, meant: str, start: int, end: int) -> float:
    """Return the least cost of the steps that lead through both words.

    ``start`` and ``end`` letters, the same in both, stand before and after.
    """
    table = [[0.0] * (len(meant) + 1) for _ in range(len(typed) + 1)]
    first = 0.0 if start else _FIRST_LETTER
    for i in range(len(typed) + 1):
        for j in range(len(meant) + 1):
            if i or j:
                steps = [*_letter_steps(typed, meant, i, j, table)]
                if first and i <= 1 and j <= 1:
                    steps = [step + first if step >= 1.0 else step for step in steps]
                steps += _rule_steps(_SOUND_RULES, typed, meant, (i, j), table)
                table[i][j] = min(steps)
    if not end:
        whole = len(typed), len(meant)
        table[-1][-1] = min(
            table[-1][-1], *_rule_steps(_END_RULES, typed, meant, whole, table), _FAR
        )
    return table[-1][-1]


def _letter_steps(
    typed: str, meant: str, i: int, j: int, table: list[list[float]]
) -> Iterator[float]:
    """Yield what it costs to come to a pair of places by a letter added, left out or replaced."""
    left, right = typed[i - 1 : i], meant[j - 1 : j]
    if i and j and left == right:
        yield table[i - 1][j - 1]
    if i:
        yield table[i - 1][j] + (_SAME_SOUND if i > 1 and typed[i - 2] == left else 1.0)
    if j:
        yield table[i][j - 1] + (_SAME_SOUND if j > 1 and meant[j - 2] == right else 1.0)
    if i and j and left != right:
        near = (left, right) in _NEIGHBOURS
        yield table[i - 1][j - 1] + (_NEIGHBOURING_KEY if near else 1.0)
        if i > 1 and j > 1 and typed[i - 2] == right and meant[j - 2] == left:
            yield table[i - 2][j - 2] + _SWAPPED


def _rule_steps(
    rules: _Rules, typed: str, meant: str, places: tuple[int, int], table: list[list[float]]
) -> Iterator[float]:
    i, j = places
    left, right = typed[i - 1 : i], meant[j - 1 : j]
    for key in ((left, right), (left, ""), ("", right)):
        for one, other in rules.get(key, ()):
            if typed.endswith(one, 0, i) and meant.endswith(other, 0, j):
                yield table[i - len(one)][j - len(other)] + _SAME_SOUND


@cache
def _rewritings() -> tuple[tuple[str, str], ...]:
    sounds = [rule for pair in _SOUNDS for rule in (pair, pair[::-1])]
    return tuple((one, other) for one, other in sounds if one)


def sounding_alike(word: str) -> Iterator[str]:
    """Yield what a folded word becomes where one sound is written another way.

    >>> "ruisseau" in set(sounding_alike("ruisso"))
    True
    """
    for one, other in _rewritings():
        place = word.find(one)
        while place >= 0:
            yield word[:place] + other + word[place + len(one) :]
            place = word.find(one, place + 1)
    for place, (left, right) in enumerate(pairwise(word)):
        if left != right:
            yield word[:place] + right + left + word[place + 2 :]
