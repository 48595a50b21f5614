"""Values and the codes that stand for them, a column at a time, natively where it is compiled.

>>> count, width, blob, _, codes = coded([b"SRC", b"", b"LR", b"SRC"])
>>> count, width, blob, list(codes)
(3, 1, b'LRSRC', [2, 0, 1, 2])
>>> gathered(array("H", [7, 8, 9]), array("I", [2, 0, 2])).tolist()
[9, 7, 9]
"""

import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import Any, Final, TypeVar

from indexer.native import kernel

# How many strings, the width of a code, and the sections: strings, where they begin, codes.
Written = tuple[int, int, bytes, bytes, bytes]
# Where the codes of a segment need one, two or four bytes.
_WIDTHS: Final = ((1, "B", 1 << 8), (2, "H", 1 << 16), (4, "I", 1 << 32))

_Table = TypeVar("_Table", "array[Any]", list[Any])


def strings(values: Iterable[bytes]) -> tuple[bytes, bytes]:
    """Return byte strings one after the other, and where each begins and the last ends."""
    parts = list(values)
    offsets = array("I", accumulate(map(len, parts), initial=0))
    return b"".join(parts), little_endian(offsets)


def code_width(count: int) -> tuple[int, str]:
    """Return the bytes that a code needs among ``count``, and the type of their array."""
    return next((width, typecode) for width, typecode, most in _WIDTHS if count <= most)


def coded_in_python(values: Sequence[bytes]) -> Written:
    """Return the distinct byte strings in ascending order, and the code of each value."""
    distinct = sorted(set(values))
    blob, offsets = strings(distinct)
    width, typecode = code_width(len(distinct))
    code_of = dict(zip(distinct, range(len(distinct)), strict=True))
    codes = array(typecode, map(code_of.__getitem__, values))
    return len(distinct), width, blob, offsets, little_endian(codes)


coded: Final[Callable[[Sequence[bytes]], Written]] = (
    coded_in_python if kernel is None else kernel.coded
)


def codes_of(table: dict[Any, int], values: Sequence[Any]) -> "array[int]":
    """Return what a table, which may make what is missing, has for values: codes of 4 bytes.

    Raises:
        TypeError: a value is no key of a dictionary.
    """
    if kernel is not None:
        return array("I", kernel.codes_of(table, values))
    return array("I", map(table.__getitem__, values))


def gathered(table: _Table, codes: "array[int]") -> _Table:
    """Return what a table has at the places that codes (unsigned, of 4 bytes) tell.

    Raises:
        IndexError: a code is outside of the table.
    """
    if not isinstance(table, array):
        return list(map(table.__getitem__, codes))
    if kernel is not None:
        return array(table.typecode, kernel.gathered(table, table.itemsize, codes))
    return array(table.typecode, map(table.__getitem__, codes))


def recoded(codes: "array[int]", places: Sequence[int], typecode: str) -> bytes:
    """Return codes through a table, as an array of the type in bytes."""
    if codes.typecode != "I":
        codes = array("I", codes)
    return little_endian(gathered(array(typecode, places), codes))


def little_endian(numbers: "array[Any]") -> bytes:
    """Return an array as the file has it, whatever the machine."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()
