"""Which spelling a typed query may mean: a noisy channel over the words of the index.

A word that answers well stands. For each other one, what people may have meant (see
:mod:`indexer.search.alternatives`) is weighed by how far it is from what they typed and by how
often the index holds it beside its neighbours in the query. Which of the readings finds anything is
for the engine to say: :func:`readings` gives the likeliest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import Final

from indexer.french.analysis import stem_form
from indexer.search.alternatives import ERROR, Alternatives, Option
from indexer.search.lexicon import Lexicon
from indexer.search.typed import changed, typed_words

_READINGS: Final = 3
# A query of more words is pasted, not typed.
_MOST_WORDS: Final = 40
# Questions that a pair never seen together is worth, against those that hold its first word.
_UNSEEN: Final = 10.0
_LEAST: Final = 1e-9
_UNKNOWN: Final = log(1e-12)


@dataclass(frozen=True, slots=True)
class Reading:
    """A query spelt another way; ``changed`` are the new stretches, (start, end) in ``text``."""

    text: str
    changed: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Path:
    """A way through the words; ``is_sure`` tells that its last word is that of all ways."""

    weight: float = 0.0
    last: str = ""
    is_sure: bool = True
    options: tuple[Option, ...] = ()

    @property
    def changes(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.is_change)


def readings(text: str, lexicon: Lexicon, *, found: int, exact: bool = False) -> list[Reading]:
    """Return the likeliest other spellings of a query, best first; most queries have none.

    Args:
        text: as it was typed.
        lexicon: of the index that was searched.
        found: how many questions hold all of the query as it stands.
        exact: whether every word is wanted in its typed form only.
    """
    if len(typed_words(text)) > _MOST_WORDS:
        return []
    options = Alternatives(text, lexicon, nothing_found=not found, exact=exact).options()
    if not any(option.is_change for choice in options for option in choice):
        return []
    paths = _best_paths(options, _Fluency(lexicon))
    as_typed = next((at for at, path in enumerate(paths) if not path.changes), len(paths))
    return [_reading(text, path) for path in paths[:as_typed]]


def _reading(text: str, path: _Path) -> Reading:
    stretches: list[tuple[int, int]] = []
    shift = 0
    for option in path.changes:
        start = option.start + shift
        stretches.append((start, start + len(option.text)))
        shift += len(option.text) - (option.end - option.start)
    edits = [(option.start, option.end, option.text) for option in path.changes]
    return Reading(changed(text, edits), tuple(stretches))


def _best_paths(options: Sequence[Sequence[Option]], fluency: "_Fluency") -> list[_Path]:
    """Return the likeliest ways through the words, a few at each of them."""
    at: list[list[_Path]] = [[] for _ in range(len(options) + 1)]
    at[0] = [_Path()]
    was_joined = False
    for place, choice in enumerate(options):
        kept = nlargest(_READINGS + 1, at[place], key=lambda path: path.weight)
        is_sure = len(choice) == 1 and not was_joined
        for option in choice:
            at[place + option.taken] += [_extended(path, option, is_sure, fluency) for path in kept]
        was_joined = any(option.taken > 1 for option in choice)
    return nlargest(_READINGS, at[-1], key=lambda path: path.weight)


def _extended(path: _Path, option: Option, is_sure: bool, fluency: "_Fluency") -> _Path:  # noqa: FBT001  # of a path
    """Return a way that goes on with an option, with what this is worth there."""
    weight = path.weight - ERROR * option.cost
    # What is the same on all ways need not be counted.
    if not (is_sure and path.is_sure):
        steps = pairwise([path.last, *option.words])
        weight += sum(fluency.of(*step, exact=not option.is_plain) for step in steps)
    return _Path(weight, option.words[-1], is_sure, (*path.options, option))


class _Fluency:
    """How likely a word is after another one, as the questions have them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._known: dict[tuple[str, str, bool], float] = {}

    def of(self, before: str, word: str, *, exact: bool) -> float:
        """Return the logarithm of the likelihood; ``before`` is ``""`` at the start."""
        key = before, word, exact
        if key not in self._known:
            self._known[key] = self._counted(before, word, exact=exact)
        return self._known[key]

    def _counted(self, before: str, word: str, *, exact: bool) -> float:
        lexicon = self._lexicon
        # A spelling that no question has may still have the stem of one.
        held = lexicon.held(word, exact=True) or lexicon.held(word, exact=exact)
        if not held:
            return _UNKNOWN
        share = held / max(1, lexicon.documents)
        if not before or (not exact and None in (stem_form(before), stem_form(word))):
            return log(max(share, _LEAST))
        counted = lexicon.side_by_side if exact else lexicon.near
        together = min(held, counted(before, word))
        first = lexicon.held(before, exact=exact)
        return log(max((together + _UNSEEN * share) / (first + _UNSEEN), _LEAST))
