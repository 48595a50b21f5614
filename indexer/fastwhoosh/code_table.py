"""The values of a column over all segments, and how each segment's codes map to them.

A segment numbers the values of a column by itself; counts and filters of a whole index need one
numbering. It is made once a column, when first asked for.
"""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from indexer.fastwhoosh.columns import CodesReader
from indexer.fastwhoosh.errors import Malformed, naming
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.native import kernel

_CODE_FORMATS: Final[Mapping[int, Literal["B", "H", "I"]]] = {1: "B", 2: "H", 4: "I"}


@dataclass(frozen=True, slots=True)
class SegmentCodes:
    """One segment: its ``values`` in ascending order, and the place of each document's."""

    values: Sequence[bytes]
    codes: Sequence[int]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """All values in ascending order, as bytes and (``names``) as text.

    ``maps`` gives for each segment the place of each code.

    The empty string stands for no value.
    """

    values: Sequence[bytes]
    names: Sequence[str]
    segments: tuple[SegmentCodes, ...]
    maps: tuple[bytes, ...]

    def place(self, value: bytes) -> int | None:
        """Return the place of a value, None where no document has it."""
        place = bisect_left(self.values, value)
        return place if place < len(self.values) and self.values[place] == value else None

    def allowed(self, places: frozenset[int]) -> tuple[bytes, ...]:
        """Return for each segment a byte a code: 1 where its value is one of those places."""
        return tuple(
            bytes(place in places for place in memoryview(mapped).cast("I")) for mapped in self.maps
        )


def table_of(segments: Sequence[SegmentCodes]) -> CodeTable:
    """Return the numbering of some segments' values as one."""
    values = sorted(set().union(*(segment.values for segment in segments)))
    places = {value: place for place, value in enumerate(values)}
    maps = tuple(
        array("I", (places[value] for value in segment.values)).tobytes() for segment in segments
    )
    names = [value.decode("utf-8", "replace") for value in values]
    return CodeTable(values, names, tuple(segments), maps)


def codes_of_file(file: SegmentFile, column: str) -> SegmentCodes:
    """Return a ``codes`` column of a segment file; every document has no value where it is not.

    Raises:
        DamagedSegment: the column is not what was written.
    """
    entry = file.directory["columns"].get(column)
    if entry is None or entry["type"] != "codes":
        return SegmentCodes([b""], bytes(file.docs))
    with naming(file.path, f"colonne « {column} »"):
        reader = CodesReader(file, column)
        values = [reader.value(code) for code in range(reader.values)]
        codes = file.section(entry["codes"]).cast(_CODE_FORMATS[entry["width"]])
        if _highest(codes, entry["width"]) >= max(len(values), 1):
            raise Malformed("valeur inconnue")
    return SegmentCodes(values, codes)


def _highest(codes: memoryview, width: int) -> int:
    return max(codes, default=0) if kernel is None else kernel.highest(codes, width)


def codes_of_values(values: Sequence[Any]) -> SegmentCodes:
    """Return the codes of a column that is given value by value."""
    texts = [value if isinstance(value, bytes) else str(value or "").encode() for value in values]
    distinct = sorted({*texts, b""})
    places = {text: place for place, text in enumerate(distinct)}
    return SegmentCodes(distinct, [places[text] for text in texts])
