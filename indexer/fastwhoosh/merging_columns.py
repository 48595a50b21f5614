"""One column of several segments into one: numbers joined, dictionaries merged, the rest anew."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import compress, pairwise
from typing import Any, Final

from whoosh.filedb.structfile import BufferFile

from indexer.fastwhoosh.bulk_codes import code_width, little_endian, recoded
from indexer.fastwhoosh.bulk_columns import (
    CodesColumn,
    NumberColumn,
    StringsColumn,
    codes_entry,
    new_column,
    number_entry,
)
from indexer.fastwhoosh.columns import column_reader
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.merging_source import Source, array_of
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

_CODE_TYPES: Final = {1: "B", 2: "H", 4: "I"}


@dataclass(frozen=True)
class _Codes:
    """A dictionary of byte strings in ascending order, and the codes of live documents."""

    codes: "array[int]"
    blob: bytes
    offsets: "array[int]"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def value(self, code: int) -> bytes:
        """Return the string of a code."""
        return self.blob[self.offsets[code] : self.offsets[code + 1]]

    def used(self, number: int) -> Iterator[tuple[bytes, int, int]]:
        """Yield (string, ``number``, code) of the strings that a live document has."""
        flags = bytearray(len(self))
        for code in self.codes:
            flags[code] = 1
        return ((self.value(code), number, code) for code in compress(range(len(self)), flags))


def merge_column(
    sources: Sequence[Source], name: str, column: Any, file: SegmentFileWriter
) -> dict[str, Any]:
    """Write the column of the live documents; return its entry in the directory.

    Raises:
        DamagedSegment: a segment's column is not what was written.
    """
    entries = [source.file.directory["columns"].get(name) for source in sources]
    for source, entry in zip(sources, entries, strict=True):
        if entry is not None and entry["type"] != "raw":
            column_reader(source.file, name, column)  # checks the sizes of its sections
    builder = new_column(column)
    if isinstance(builder, NumberColumn) and all(
        entry is None or _is_number(entry, builder) for entry in entries
    ):
        return _numbers(sources, entries, builder, file)
    if isinstance(builder, CodesColumn | StringsColumn) and all(
        entry is None or entry["type"] == "codes" for entry in entries
    ):
        return _codes(sources, entries, file)
    base, missing = 0, _default_of(column)
    for source, entry in zip(sources, entries, strict=True):
        if entry is not None:
            values = enumerate(_live_values(source, entry, column), base)
            try:
                for document, value in values:
                    if value != missing:
                        builder.add(document, value)
            except (TypeError, OverflowError) as error:
                raise DamagedSegment(
                    source.file.path, f"colonne « {name} » : valeur impossible"
                ) from error
        base += source.live
    return builder.write(base, file.section)


def _default_of(column: Any) -> Any:
    try:
        return column.default_value()
    except AttributeError:  # two of Whoosh's columns ask for a default that they do not have
        return None


def _is_number(entry: dict[str, Any], builder: NumberColumn) -> bool:
    # A default that is no number (NaN) is not even equal to itself.
    return (entry["type"], entry["typecode"], repr(entry["default"])) == (
        "number",
        builder.typecode,
        repr(builder.default),
    )


def _numbers(
    sources: Sequence[Source],
    entries: Sequence[dict[str, Any] | None],
    builder: NumberColumn,
    file: SegmentFileWriter,
) -> dict[str, Any]:
    width = builder.values.itemsize
    file.begin()
    for source, entry in zip(sources, entries, strict=True):
        if entry is None:
            file.append(little_endian(array(builder.typecode, [builder.default]) * source.live))
        else:
            file.append(source.compact(source.file.section(entry["values"]), width))
    return number_entry(builder.typecode, builder.default, file.end())


def _codes(
    sources: Sequence[Source],
    entries: Sequence[dict[str, Any] | None],
    file: SegmentFileWriter,
) -> dict[str, Any]:
    known = [
        _Codes(array("B", bytes(source.live)), b"", array("I", [0, 0]))
        if entry is None
        else _live_codes(source, entry)
        for source, entry in zip(sources, entries, strict=True)
    ]
    blob, offsets, places = _merged_values(known)
    width, typecode = code_width(len(offsets) - 1)
    file.begin()
    for one, own in zip(known, places, strict=True):
        file.append(recoded(one.codes, own, typecode))
    written = file.end()
    sections = file.section(blob), file.section(little_endian(offsets)), written
    return codes_entry(len(offsets) - 1, width, *sections)


def _merged_values(known: Sequence[_Codes]) -> tuple[bytearray, "array[int]", list["array[int]"]]:
    """Merge dictionaries: all values that are used, where each ends, and new codes for the old."""
    places = [array("I", [0]) * len(one) for one in known]
    blob, offsets, last = bytearray(), array("I", [0]), None
    for value, number, code in merge(*(one.used(number) for number, one in enumerate(known))):
        if value != last:
            blob += value
            offsets.append(len(blob))
            last = value
        places[number][code] = len(offsets) - 2
    return blob, offsets, places


def _live_codes(source: Source, entry: dict[str, Any]) -> _Codes:
    codes = array_of(
        _CODE_TYPES[entry["width"]],
        source.compact(source.file.section(entry["codes"]), entry["width"]),
    )
    blob = bytes(source.file.section(entry["blob"]))
    offsets = array_of("I", source.file.section(entry["offsets"]))
    disordered = any(start > end for start, end in pairwise(offsets))
    if len(offsets) != entry["values"] + 1 or offsets[-1] > len(blob) or disordered:
        raise DamagedSegment(source.file.path, "colonne : table des valeurs abîmée")
    if codes and max(codes) >= len(offsets) - 1:
        raise DamagedSegment(source.file.path, "colonne dont un code est trop grand")
    return _Codes(codes, blob, offsets)


def _live_values(source: Source, entry: dict[str, Any], column: Any) -> Iterator[Any]:
    """Yield what the live documents have in a column of any type."""
    if entry["type"] == "number":
        yield from array_of(
            entry["typecode"],
            source.compact(source.file.section(entry["values"]), array(entry["typecode"]).itemsize),
        )
    elif entry["type"] == "codes":
        codes = _live_codes(source, entry)
        yield from map(codes.value, codes.codes)
    else:
        yield from _raw_values(source, entry, column)


def _raw_values(source: Source, entry: dict[str, Any], column: Any) -> Iterator[Any]:
    data = source.file.section(entry["data"])
    try:
        reader = column.reader(BufferFile(data), 0, len(data), source.docs)
        values = [
            reader[document] for first, end in source.runs() for document in range(first, end)
        ]
    except Exception as error:  # Whoosh's readers believe what they read
        raise DamagedSegment(source.file.path, "colonne illisible") from error
    yield from values
