"""The highest of many counts, and their names."""

from heapq import nsmallest

from indexer.fastwhoosh.code_table import CodeTable
from indexer.native import kernel


def top_counts(counts: bytes, wanted: int) -> tuple[list[tuple[int, int]], int]:
    r"""Return the highest counts, most first, and how many are not 0.

    Args:
        counts: 32-bit numbers, one a place.
        wanted: how many at most.

    Returns:
        (place, count) in order, ties by place; the number of places that count anything.

    >>> top_counts(b"\1\0\0\0" b"\0\0\0\0" b"\2\0\0\0", 1)
    ([(2, 2)], 2)
    """
    if kernel is not None:
        top, used = kernel.top_counts(counts, wanted)
        return top, used
    pairs = [(place, count) for place, count in enumerate(memoryview(counts).cast("I")) if count]
    return nsmallest(wanted, pairs, key=lambda pair: (-pair[1], pair[0])), len(pairs)


def counted_range(counts: bytes) -> tuple[int, int]:
    r"""Return the first place that counts anything and one after the last; 0, 0 where none does.

    >>> counted_range(b"\0\0\0\0" b"\1\0\0\0" b"\0\0\0\0")
    (1, 2)
    """
    if kernel is not None:
        found: tuple[int, int] = kernel.counted_range(counts)
        return found
    end = len(counts.rstrip(b"\0")) + 3 & ~3
    return (end - len(counts[:end].lstrip(b"\0"))) // 4, end // 4


def named_counts(table: CodeTable, counts: bytes) -> dict[str, int]:
    """Return value → count of the values of a column that count anything.

    ``counts`` are 32-bit numbers, one a value of the table.
    """
    if kernel is not None:
        named: dict[str, int] = kernel.named_counts(table.names, counts)
        return named
    pairs = zip(table.names, memoryview(counts).cast("I"), strict=True)
    return {name: count for name, count in pairs if count}
