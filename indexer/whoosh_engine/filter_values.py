"""The values of a filter: what can be asked for, and where a column has it.

A column has one code a question. Where a question may have several values, a code stands for a
combination of them, of which there are few: they are told apart here, after counting.
"""

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.fastwhoosh.code_table import CodeTable
from indexer.french.analysis import fold
from indexer.whoosh_engine.schema import BETWEEN_VALUES


@dataclass(frozen=True, slots=True)
class FilterValues:
    """The values of one filter in ascending order, the empty one for none.

    ``table`` numbers what the column holds; ``held`` gives the places of the values of each place
    of the table. ``words`` are those of each value, folded.
    """

    table: CodeTable
    values: Sequence[str]
    held: Sequence[tuple[int, ...]]
    words: Sequence[tuple[str, ...]]

    def like(self, asked: str) -> tuple[int, ...]:
        """Return the places of the values that a typed one means.

        The same value, whatever its case and accents; failing that, every value that holds all
        its words, the last of which may be begun only.
        """
        wanted = _words(asked)
        if not wanted:
            return ()
        same = tuple(place for place, words in enumerate(self.words) if words == wanted)
        return same or tuple(
            place for place, words in enumerate(self.words) if _holds(words, wanted)
        )

    def codes_of(self, places: frozenset[int]) -> frozenset[int]:
        """Return the places of the table that hold any of some values."""
        return frozenset(code for code, held in enumerate(self.held) if not places.isdisjoint(held))

    def counts(self, counted: bytes) -> bytes:
        """Return the counts of the values, given those of the table: 32-bit numbers."""
        if self.values is self.table.names:
            return counted
        counts = array("I", bytes(4 * len(self.values)))
        for held, count in zip(self.held, memoryview(counted).cast("I"), strict=True):
            for place in held:
                counts[place] += count
        return counts.tobytes()


def filter_values(table: CodeTable, *, multivalued: bool) -> FilterValues:
    """Return the values of a filter, given what its column holds."""
    if not multivalued:
        held = [(place,) for place in range(len(table.names))]
        return FilterValues(table, table.names, held, [_words(name) for name in table.names])
    texts = [name.split(BETWEEN_VALUES) for name in table.names]
    values = sorted({value for several in texts for value in several})
    place: Mapping[str, int] = {value: at for at, value in enumerate(values)}
    combined = [tuple(place[value] for value in several) for several in texts]
    return FilterValues(table, values, combined, [_words(value) for value in values])


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", fold(text)))


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    *whole, last = wanted
    return all(word in words for word in whole) and any(word.startswith(last) for word in words)
