"""How the numbers of a column are spread by rows: how many, their sum, those at some ranks.

A document may be counted in several rows: a table says which ones, code by code.

>>> table = rows_of_codes([(0,), (), (0, 1)])
>>> [list(rows_of_code(table, code)) for code in range(4)]
[[0], [], [0, 1], []]
>>> list(memoryview(spread_counts([[5, 1, 9, 3]], (0, 50, 100)).picks).cast("I"))
[1, 3, 9]
"""

from array import array
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Final

from indexer.fastwhoosh.request import SpreadCounts

# Numbers are of 32 bits: what lies beyond is not counted.
HIGHEST: Final = 2**32 - 1


def rows_of_codes(rows: Sequence[Sequence[int]]) -> bytes:
    """Return the table of the rows of each code: where they begin and end in it, then they."""
    starts = accumulate(map(len, rows), initial=len(rows) + 1)
    return array("I", chain(starts, chain.from_iterable(rows))).tobytes()


def rows_of_code(table: bytes, code: int) -> Sequence[int]:
    """Return the rows of a code, none where the table does not know it."""
    numbers = memoryview(table).cast("I")
    if not 0 <= code < numbers[0] - 1:
        return ()
    return numbers[numbers[code] : numbers[code + 1]]


def place_of_rank(count: int, rank: int) -> int:
    """Return the place, from 0, of the least of so many numbers that ``rank`` % do not exceed."""
    return max(-(-count * rank // 100), 1) - 1


def spread_counts(rows: Sequence[list[int]], ranks: Sequence[int]) -> SpreadCounts:
    """Return the spread of the numbers of each row; what native code does is the same."""
    counts, sums, picks = array("I"), array("Q"), array("I")
    for numbers in rows:
        numbers.sort()
        counts.append(len(numbers))
        sums.append(sum(numbers))
        picks.extend(numbers[place_of_rank(len(numbers), rank)] if numbers else 0 for rank in ranks)
    return SpreadCounts(counts.tobytes(), sums.tobytes(), picks.tobytes())
