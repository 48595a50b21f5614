"""Candidates for completion, from what an index holds: nothing is kept beside it.

Words come from its dictionary, names from its filters, acronyms from the definitions in its
questions, phrases from the titles of the questions that hold the words typed so far.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.request import Request
from indexer.french.acronyms import key_of, stems_of
from indexer.french.analysis import stem_form
from indexer.search.meanings import Meaning, known_meanings
from indexer.search.phrases import phrases_after
from indexer.search.request import FILTERS
from indexer.search.suggest import (
    Candidate,
    Ending,
    Kind,
    Suggestion,
    endings,
    filtered,
    plain,
    shortlist,
    without_article,
)
from indexer.whoosh_engine.schema import headings_of
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import Translator

# Filters whose values are names that one looks for by typing them.
_NAMED: Final[tuple[Kind, ...]] = (
    "auteur", "groupe", "ministere", "ministere_reponse", "rubrique",
)  # fmt: skip
_MOST_WORDS: Final = 12
_MOST_VALUES: Final = 4
_MOST_ACRONYMS: Final = 3
# Words for which titles are read where a single word is begun, and titles read in all.
_MOST_SEEDS: Final = 3
_MOST_TITLES: Final = 48


class Suggester:
    """Completes what is typed, over one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._values: dict[str, list[tuple[str, int]]] = {}

    def suggest(self, text: str, most: int) -> tuple[Suggestion, ...]:
        """Return the best completions of a text that find something, at most so many."""
        candidates = shortlist(self._candidates(endings(text)), most + _MOST_VALUES)
        counted = (self._counted(candidate.suggestion) for candidate in candidates)
        return tuple(suggestion for suggestion in counted if suggestion.count)[:most]

    def _counted(self, suggestion: Suggestion) -> Suggestion:
        found = Translator(self.snapshot).translate(suggestion.text).strict
        total = self.snapshot.executor.run(Request(found, limit=0)).total
        return replace(suggestion, count=total)

    def _candidates(self, ends: Sequence[Ending]) -> Iterator[Candidate]:
        for end in ends:
            if end.filter:
                yield from self._filter_values(end)
                return
            for name in _NAMED:
                yield from self._names(name, end)
            yield from self._meanings(end)
        if ends:
            words = list(self._words(ends[-1]))
            yield from words
            yield from self._acronyms(ends[-1])
            yield from self._phrases(ends, [word.suggestion.label for word in words])

    def _filter_values(self, end: Ending) -> Iterator[Candidate]:
        name = end.filter or ""
        for code, label in FILTERS[name].values.items():
            if plain(code).startswith(end.prefix) or plain(label).startswith(end.prefix):
                yield _candidate("valeur", end, end.kept + filtered(name, code), label)
        if name in _NAMED:
            yield from self._names(name, end)

    def _names(self, name: Kind, end: Ending) -> Iterator[Candidate]:
        """Yield the values of a filter a word of which begins as it is typed."""
        if not end.prefix:
            return
        entries = self._entries(name)
        first = bisect_left(entries, (end.prefix.rstrip(), -1))
        values = self.snapshot.filter_values(name).values
        seen: dict[int, None] = {}
        for words, place in entries[first:]:
            if not words.startswith(end.prefix.rstrip()) or len(seen) == _MOST_VALUES:
                break
            if f"{words} ".startswith(end.prefix):
                seen[place] = None
        for place in seen:
            value = values[place]
            text = without_article(end.kept) + filtered(name, value)
            yield _candidate(name, end, text, value)

    def _entries(self, name: str) -> list[tuple[str, int]]:
        """Return the values of a filter from each of their words on, with their place, sorted."""
        if name not in self._values:
            entries = []
            for place, value in enumerate(self.snapshot.filter_values(name).values):
                words = plain(value).split()
                entries += [(" ".join(words[at:]), place) for at in range(len(words))]
            self._values[name] = sorted(entries)
        return self._values[name]

    def _words(self, end: Ending) -> Iterator[Candidate]:
        """Yield the commonest words that begin as the last one, one of each stem."""
        stems: set[str] = set()
        if not end.prefix.endswith(" "):
            for rank, word in enumerate(self.snapshot.words_like(f"{end.prefix}*")[:50]):
                stem = stem_form(word)
                if stem and stem not in stems and len(stems) < _MOST_WORDS:
                    stems.add(stem)
                    yield _candidate("mot", end, end.kept + word, word, -rank)

    def _acronyms(self, end: Ending) -> Iterator[Candidate]:
        if end.prefix.endswith(" "):
            return
        start = key_of(end.prefix)
        found = [each for each in self.snapshot.acronyms.beginning(start) if each.is_sound]
        found += [each for each in known_meanings() if each.key.startswith(start)]
        for meaning in sorted(found, key=lambda each: -each.weight)[:_MOST_ACRONYMS]:
            label = f"{meaning.acronym} : {meaning.text}"
            yield _candidate("sigle", end, end.kept + meaning.acronym, label, meaning.weight)

    def _meanings(self, end: Ending) -> Iterator[Candidate]:
        """Yield what acronyms mean where it begins as it is typed."""
        found = {each.text: each.weight for each in known_meanings() if _begins(each, end)}
        found |= self.snapshot.acronyms.spoken(end.prefix)
        wordings: dict[tuple[str, ...], str] = {}
        for text in sorted(found, key=lambda text: (-found[text], text)):
            wordings.setdefault(stems_of(text), text)
        for text in list(wordings.values())[:_MOST_ACRONYMS]:
            yield _candidate("expression", end, end.kept + text, text, found[text])

    def _phrases(self, ends: Sequence[Ending], words: Sequence[str]) -> Iterator[Candidate]:
        """Yield phrases of the titles that hold the words typed so far, the longest end first."""
        for end in ends:
            whole = end.prefix.split()
            if not end.prefix.endswith(" "):
                whole.pop()
            seeds = [[word] for word in words[:_MOST_SEEDS]] if not whole else [whole]
            lines = [line for seed in seeds for line in self._titles(seed, len(seeds))]
            found = phrases_after(lines, end.prefix)
            for text, count in found.items():
                yield _candidate("expression", end, end.kept + text, text, count)
            if found:
                return

    def _titles(self, words: Sequence[str], shares: int) -> Iterator[str]:
        """Yield the lines of the shortest titles that hold some words, any form of them."""
        group = self.snapshot.weighing.group
        stems = [stem for word in words if (stem := stem_form(word))]
        groups = [group((stem,), "stem", ("title",), 1.0) for stem in stems]
        wanted = plan.All(tuple(plan.Word((each,)) for each in groups))
        if stems:
            request = Request(wanted, limit=_MOST_TITLES // shares)
            for _, number in self.snapshot.executor.run(request).hits:
                yield from headings_of(json.loads(self.snapshot.line(number)))


def _begins(meaning: Meaning, end: Ending) -> bool:
    return _plain(meaning.text).startswith(end.prefix)


_plain: Final = lru_cache(maxsize=1_000)(plain)


def _candidate(kind: Kind, end: Ending, text: str, label: str, weight: float = 0.0) -> Candidate:
    return Candidate(Suggestion(kind, text, label), end.words, weight)
