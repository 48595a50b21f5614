"""The order of documents by a column of byte strings, over several segments."""

from array import array
from collections.abc import Sequence
from itertools import chain

from indexer.fastwhoosh.columns import CodesReader
from indexer.native import kernel


def value_ranks(columns: Sequence[CodesReader]) -> list[Sequence[int]]:
    """Return a rank of each document's value among those of all segments, by segment.

    Ranks are as the values are to each other; they may leave out numbers.

    Raises:
        DamagedSegment: a column is not what was written.
    """
    if len(columns) == 1:  # values stand in their order
        return [columns[0].codes()]
    if kernel is not None:
        found = kernel.value_ranks(tuple(column.sections for column in columns))
        if found is not None:
            return [array("I", ranks) for ranks in found]
    return ranks_in_python(columns)  # which also tells what is wrong


def ranks_in_python(columns: Sequence[CodesReader]) -> list[Sequence[int]]:
    """Return what :func:`value_ranks` does, without native code."""
    values = [column.distinct() for column in columns]
    rank = {value: at for at, value in enumerate(sorted(set(chain.from_iterable(values))))}
    ranks = [list(map(rank.__getitem__, held)) for held in values]
    return [
        list(map(of_code.__getitem__, column.codes()))
        for column, of_code in zip(columns, ranks, strict=True)
    ]
