"""What each word of a query may mean, as far as its letters tell.

Another spelling: one error away, or two in a long word, or the same sound. Two words that were run
together, an elided or small one among them. One word that a space cuts in two. Words that answer
well have no alternatives, nor have names of authors, numbers, codes and acronyms.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from math import log
from typing import Final

from indexer.french.analysis import fold, stem_form
from indexer.french.specification import specification
from indexer.search.confusions import errors, sounding_alike
from indexer.search.lexemes import OPERATORS
from indexer.search.lexicon import Lexicon
from indexer.search.typed import TypedWord, typed_words

# One error turns one word in a hundred into another. A word that some questions hold is weighed
# against others only where these are ten times as frequent.
ERROR: Final = log(100)
_LEAST_RATIO: Final = 10.0
# A word answers well from so many questions on, or this share of them all.
_WELL: Final = 5
_WELL_SHARE: Final = 1 / 1000
# A small word that others run into is one that this share of the questions hold.
_EVERYWHERE: Final = 1 / 3
_SHORTEST: Final = 3
_LONGEST: Final = 40
# Up to so many letters a word has neighbours everywhere: one error, from there on two.
_SHORT: Final = 5
_ACRONYM: Final = 5
# A space too many costs what a doubled letter does; one that is missing is rarer.
_JOIN: Final = 0.5
_CUT: Final = 1.0
# Accents that were forgotten cost no more.
_FORGOTTEN: Final = 0.25
# What is weighed closely of the words that are near, and what of them is kept.
_WEIGHED: Final = 25
_KEPT: Final = 5
# Unknown words of one query that are looked at.
_MOST_SUSPECTS: Final = 5
_MUTE_OR_VOWEL: Final = frozenset("aeiouyh")


@dataclass(frozen=True, slots=True)
class Option:
    """What ``taken`` words in a row may mean: what is written for them, and the words in it.

    ``cost`` counts errors, ``is_plain`` tells that any form of the words is wanted.
    """

    start: int
    end: int
    text: str
    words: tuple[str, ...]
    cost: float = 0.0
    taken: int = 1
    is_change: bool = True
    is_plain: bool = True


class Alternatives:
    """The words of one query, and what each may mean.

    Args:
        text: as it was typed.
        lexicon: of the index.
        nothing_found: whether no question holds all of the query.
        exact: whether every word is wanted in its typed form only.
    """

    def __init__(self, text: str, lexicon: Lexicon, *, nothing_found: bool, exact: bool) -> None:
        self._text = text
        self._lexicon = lexicon
        self._nothing_found = nothing_found
        self._exact = exact
        self._well = max(_WELL, round(lexicon.documents * _WELL_SHARE))
        words = typed_words(text)
        self._words = [w for w in words if not self._is_plain(w) or stem_form(w.exact) is not None]
        self._held = [lexicon.held(w.exact, exact=not self._is_plain(w)) for w in self._words]

    def options(self) -> list[list[Option]]:
        """Return for each word that counts what it may mean, itself first."""
        found = []
        unknown = 0
        for place, word in enumerate(self._words):
            choice = [self._as_typed(word)]
            if unknown < _MOST_SUSPECTS and self._is_suspect(word, self._held[place]):
                choice += [*self._other_spellings(word, self._held[place]), *self._cuts(word)]
                unknown += not self._held[place]
            choice += self._joined(place)
            found.append(choice)
        return found

    def _is_plain(self, word: TypedWord) -> bool:
        return not (word.quoted or self._exact)

    def _shown(self, word: TypedWord) -> str:
        return self._text[word.start : word.end]

    def _as_typed(self, word: TypedWord) -> Option:
        plain = self._is_plain(word)
        written = self._shown(word), (word.exact,)
        return Option(word.start, word.end, *written, is_change=False, is_plain=plain)

    def _is_suspect(self, word: TypedWord, held: int) -> bool:
        shown = self._shown(word)
        if not _SHORTEST <= len(word.exact) <= _LONGEST or any(c.isdigit() for c in shown):
            return False
        if len(shown) <= _ACRONYM and shown.isupper() and not self._text.isupper():
            return False
        if not held and self._lexicon.is_name(word.exact):
            return False
        if not self._is_plain(word):
            return self._nothing_found or not held
        # Letters that stand nowhere may have the stem of another word.
        return held < self._well or not self._lexicon.held(word.exact, exact=True)

    def _other_spellings(self, word: TypedWord, held: int) -> list[Option]:
        """Return the likeliest words that are spelt nearly the same, one a stem."""
        plain = self._is_plain(word)
        most = self._most_errors(word, held)
        costs = ((errors(word.exact, form), form, n) for form, n in self._alike(word, held))
        weighed = [(log(n) - ERROR * cost, cost, form) for cost, form, n in costs if cost <= most]
        found: dict[str, Option] = {}
        for _, cost, form in sorted(weighed, key=lambda each: (-each[0], each[2])):
            key = (stem_form(form) or "") if plain else form
            if key and key not in found and self._is_likelier(word, form, held):
                shown = _in_case_of(form, self._shown(word))
                found[key] = Option(word.start, word.end, shown, (form,), cost, is_plain=plain)
            if len(found) == _KEPT:
                break
        return list(found.values())

    def _most_errors(self, word: TypedWord, held: int) -> float:
        if held and not self._is_plain(word):
            return _FORGOTTEN  # quotes say that the letters are meant
        return 1.0 if len(word.exact) <= _SHORT or held else 2.0

    def _is_likelier(self, word: TypedWord, form: str, held: int) -> bool:
        if not held:
            return True
        plain = self._is_plain(word)
        if plain and stem_form(form) == stem_form(word.exact):
            return False
        # Its own questions, not those of its stem: "ânes" has the stem of "ans".
        own = self._lexicon.held(form, exact=True)
        return own > held * (_LEAST_RATIO if plain else 1.0)

    def _alike(self, word: TypedWord, held: int) -> list[tuple[str, int]]:
        """Return the commonest forms that may be meant, with the questions that hold them."""
        bare = fold(word.exact)
        known = dict(self._lexicon.spelt(bare, 1))
        if not held:
            for other in set(sounding_alike(bare)):
                known |= self._lexicon.spelt(other, 0)
            if len(bare) > _SHORT:
                known |= self._lexicon.spelt(bare, 2)
        usable = (item for item in known.items() if item[0].isalpha() and item[0] != word.exact)
        return nlargest(_WEIGHED, usable, key=lambda item: (item[1], item[0]))

    def _cuts(self, word: TypedWord) -> Iterator[Option]:
        """Yield the likeliest ways in which the word is two run together."""
        if not self._is_plain(word):
            return
        cuts = [self._cut(word.exact[:at], word.exact[at:]) for at in range(1, len(word.exact) - 1)]
        for _, written, words in nlargest(2, (cut for cut in cuts if cut)):
            yield Option(word.start, word.end, written, words, _CUT)

    def _cut(self, head: str, tail: str) -> tuple[int, str, tuple[str, ...]] | None:
        """Return for two halves how many questions hold them, what is written, and the words."""
        elided, apostrophe, core = tail.rpartition("'")
        if len(core) < 2 or (apostrophe and elided not in specification().elisions):  # noqa: PLR2004  # no letter
            return None
        end, count = self._commonest(fold(core))
        if not end:
            return None
        if stem_form(head) is None or head in specification().elisions:
            return self._after_small_word(head, f"{elided}{apostrophe}{end}", end, count)
        start, count = self._commonest(fold(head))
        if len(start) < _SHORTEST:
            return None
        if stem_form(end) is None:
            enough = self._is_everywhere(tail) and count >= self._enough(start)
            return (count, f"{start} {tail}", (start,)) if enough else None
        together = (self._lexicon.near if apostrophe else self._lexicon.side_by_side)(start, end)
        written = f"{start} {elided}{apostrophe}{end}"
        return (together, written, (start, end)) if together else None

    def _after_small_word(
        self, head: str, tail: str, end: str, count: int
    ) -> tuple[int, str, tuple[str, ...]] | None:
        if stem_form(end) is None or len(end) < _SHORTEST or count < self._enough(end):
            return None
        if head in specification().elisions and tail == end and fold(end)[0] in _MUTE_OR_VOWEL:
            return count, f"{head}'{end}", (end,)
        if len(head) == 1 or not self._is_everywhere(head):
            return None
        return count, f"{head} {tail}", (end,)

    def _is_everywhere(self, small: str) -> bool:
        return self._lexicon.held(small, exact=True) >= self._lexicon.documents * _EVERYWHERE

    def _enough(self, word: str) -> int:
        """Return how many questions make a word likely beside a small one that ran into it."""
        return 1 if len(word) > _SHORT else self._well

    def _commonest(self, folded: str) -> tuple[str, int]:
        """Return the commonest form of a folded word, and how many questions hold it."""
        forms = self._lexicon.spelt(folded, 0)
        return max(forms.items(), key=lambda item: (item[1], item[0]), default=("", 0))

    def _joined(self, place: int) -> Iterator[Option]:
        """Yield a word and the next as one, where only a space parts them."""
        pair, held = self._words[place : place + 2], self._held[place : place + 2]
        if len(pair) < 2 or (min(held) >= self._well and not self._nothing_found):  # noqa: PLR2004  # a pair takes two
            return
        word, after = pair
        if not self._text[word.end : after.start].isspace() or word.plain != after.plain:
            return
        if any(char.isdigit() for char in word.exact + after.exact):
            return
        for between in ("", "'"):
            form, count = self._commonest(fold(word.exact + between + after.exact))
            if count > min(held) * _LEAST_RATIO:
                shown = _in_case_of(form, self._shown(word))
                plain = self._is_plain(word)
                yield Option(word.start, after.end, shown, (form,), _JOIN, 2, is_plain=plain)


def _in_case_of(form: str, typed: str) -> str:
    """Write a form with the capitals of what was typed."""
    if typed.isupper() and form.upper() not in OPERATORS:
        return form.upper()
    return form.capitalize() if typed[:1].isupper() else form
