r"""The acronyms that the questions of an index define, as ordinary terms of one field.

Each definition of a question is three terms, whose document frequencies are the counts: one begins
with the acronym and holds all, one with the stems of its meaning, one with its plain words. Looking
any of them up is a walk over a few neighbours in the dictionary; nothing is loaded beforehand.

>>> (terms,) = terms_of([["la caisse d'allocations familiales (CAF)"]])
>>> terms[1].split("\x1f")
['<cais aloc familial', 'caf']
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.plan import Expansion
from indexer.french.acronyms import defined
from indexer.french.definitions import spelt_in
from indexer.search.meanings import Meaning
from indexer.search.suggest import plain

FIELD: Final = "acronym"
# What begins with an acronym, with the stems of a meaning, and with its words.
_FORWARD: Final = ">"
_BACKWARD: Final = "<"
_SPOKEN: Final = "="
_BETWEEN: Final = "\x1f"


def terms_of(parts: Iterable[list[str | None]]) -> list[tuple[str, ...] | None]:
    """Return the terms of what some questions define, each once; None for none.

    Args:
        parts: the texts of all questions, part by part.
    """
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    questions = 0
    for texts in parts:
        questions = len(texts)
        for place, acronym, words in spelt_in(texts):
            found[place].update(_terms_of(acronym, words))
    return [tuple(found[place]) or None if place in found else None for place in range(questions)]


# Most definitions are made again and again.
@lru_cache(maxsize=20_000)
def _terms_of(acronym: str, words: str) -> dict[str, None]:
    definition = defined(acronym, words)
    if definition is None:
        return {}
    joined = " ".join(definition.stems)
    return dict.fromkeys(
        (
            _BETWEEN.join((_FORWARD + definition.key, joined, *definition[2:])),
            _BETWEEN.join((_BACKWARD + joined, definition.key)),
            _BETWEEN.join((_SPOKEN + plain(definition.meaning), definition.meaning)),
        )
    )


class Acronyms:
    """Reads the definitions of one index; fulfils :class:`indexer.search.meanings.Dictionary`.

    Args:
        executor: of the index.
        parts: of a question, whose words are counted.
    """

    def __init__(self, executor: Executor, parts: Sequence[str]) -> None:
        self._executor = executor
        self._parts = parts

    def meanings(self, key: str) -> tuple[Meaning, ...]:
        """Return what the questions of the index make an acronym mean, in no order."""
        return tuple(_meanings(self._terms(f"{_FORWARD}{key}{_BETWEEN}")))

    def beginning(self, start: str) -> tuple[Meaning, ...]:
        """Return the meanings of all acronyms whose key begins with some letters."""
        return tuple(_meanings(self._terms(f"{_FORWARD}{start}")))

    def keys(self, first: str, second: str) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return the meanings that begin with two stems, each with its acronyms."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for term in self._terms(f"{_BACKWARD}{first} {second}"):
            joined, _, key = term[1:].partition(_BETWEEN)
            stems = tuple(joined.split(" "))
            if stems[1] == second:
                found[stems] = (*found.get(stems, ()), key)
        return found

    def spoken(self, start: str) -> Mapping[str, int]:
        """Return the meanings whose plain words begin with a text, and how many define them."""
        best: dict[str, tuple[int, str]] = {}
        for term, count in self._terms(f"{_SPOKEN}{start}").items():
            words, _, meaning = term.partition(_BETWEEN)
            best[words] = max(best.get(words, (0, "")), (count, meaning))
        return {meaning: count for count, meaning in best.values()}

    def questions_with(self, word: str, form: str) -> int:
        """Return how many questions hold a word in the part that has it most often."""
        frequency = self._executor.document_frequency
        return max(frequency(f"{part}_{form}", word.encode()) for part in self._parts)

    def _terms(self, prefix: str) -> Mapping[str, int]:
        """Return the terms that begin with a text, and how many documents hold each."""
        start = prefix.encode("utf-8", "surrogatepass")
        if self._executor.is_native:
            asked = Expansion(FIELD, plan.PREFIX, start)
            return self._executor.words((FIELD,), asked, None)
        reader = self._executor.searcher.reader()
        terms = reader.expand_prefix(FIELD, prefix) if FIELD in reader.schema else ()
        return {term.decode(): int(reader.doc_frequency(FIELD, term)) for term in terms}


def _meanings(terms: Mapping[str, int]) -> Iterator[Meaning]:
    """Join what differs only in spelling, shown as it is written most often."""
    spellings: defaultdict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    for term, count in terms.items():
        key, stems, acronym, meaning = term[1:].split(_BETWEEN)
        spellings[key, stems].append((count, acronym, meaning))
    for (key, stems), written in spellings.items():
        _, acronym, meaning = min(written, key=lambda each: (-each[0], each))
        total = sum(count for count, _, _ in written)
        yield Meaning(key, tuple(stems.split(" ")), acronym, meaning, total)
