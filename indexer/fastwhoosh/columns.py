"""Columns: one value a document, for sorting, facets and filters.

Numbers stand side by side; byte strings as the place of their value among all values; any other
column of Whoosh as Whoosh writes it. Each kind has a writer, which collects and fills the gaps,
and a reader with the interface of ``whoosh.columns.ColumnReader``.
"""

import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from itertools import pairwise
from operator import gt
from typing import Any, Final, Protocol

from whoosh import columns as whoosh_columns
from whoosh.filedb.structfile import BufferFile, StructFile

from indexer.fastwhoosh.directory import TYPECODES, WIDTHS
from indexer.fastwhoosh.encoding import U32
from indexer.fastwhoosh.errors import Malformed, naming
from indexer.fastwhoosh.segmentfile import SegmentFile, SegmentFileWriter
from indexer.native import kernel

#: The place of a document that has none.
NOWHERE: Final = 0xFFFFFFFF
_CODES: Final = {1: "<B", 2: "<H", 4: "<I"}


class ColumnBuilder(Protocol):
    """Collects the values of a column, in ascending order of documents."""

    def add(self, doc: int, value: Any) -> None:
        """Set the value of a document."""

    def write(self, file: SegmentFileWriter, docs: int) -> dict[str, Any]:
        """Write the sections of ``docs`` documents; return the entry for the directory."""


def column_builder(column: Any) -> ColumnBuilder:
    """Return the builder for a column of Whoosh."""
    kind = type(column)
    if kind is whoosh_columns.NumericColumn and column._typecode in TYPECODES:  # noqa: SLF001 - Whoosh has no other way
        return _NumberBuilder(column._typecode, column.default_value())  # noqa: SLF001  # nowhere else
    if kind in {whoosh_columns.VarBytesColumn, whoosh_columns.RefBytesColumn}:
        return _CodesBuilder(column.default_value())
    return _RawBuilder(column)


def write_numbers(file: SegmentFileWriter, values: "array[Any]", default: float) -> dict[str, Any]:
    """Write a column of numbers, one a document."""
    entry = {"type": "number", "typecode": values.typecode, "default": default}
    return entry | {"values": file.section(_little(values).tobytes())}


def write_codes(file: SegmentFileWriter, values: list[bytes]) -> dict[str, Any]:
    """Write a column of byte strings, one a document."""
    distinct = sorted(set(values))
    places = {value: place for place, value in enumerate(distinct)}
    width = next(width for width in WIDTHS if len(distinct) <= 1 << 8 * width)
    code, offsets, end = struct.Struct(_CODES[width]), bytearray(U32.pack(0)), 0
    for value in distinct:
        end += len(value)
        offsets += U32.pack(end)
    return {
        "type": "codes",
        "values": len(distinct),
        "width": width,
        "blob": file.section(b"".join(distinct)),
        "offsets": file.section(offsets),
        "codes": file.section(b"".join(code.pack(places[value]) for value in values)),
    }


class _NumberBuilder:
    def __init__(self, typecode: str, default: float) -> None:
        self._default = default
        self._values: array[Any] = array(typecode)

    def add(self, doc: int, value: float) -> None:
        self._fill(doc)
        self._values.append(value)

    def write(self, file: SegmentFileWriter, docs: int) -> dict[str, Any]:
        self._fill(docs)
        return write_numbers(file, self._values, self._default)

    def _fill(self, docs: int) -> None:
        for _ in range(docs - len(self._values)):
            self._values.append(self._default)


class _CodesBuilder:
    def __init__(self, default: bytes) -> None:
        self._default = default
        self._values: list[bytes] = []

    def add(self, doc: int, value: bytes) -> None:
        self._fill(doc)
        self._values.append(bytes(value))

    def write(self, file: SegmentFileWriter, docs: int) -> dict[str, Any]:
        self._fill(docs)
        return write_codes(file, self._values)

    def _fill(self, docs: int) -> None:
        self._values += [self._default] * (docs - len(self._values))


class _RawBuilder:
    def __init__(self, column: Any) -> None:
        self._bytes = BytesIO()
        self._writer = column.writer(StructFile(self._bytes))

    def add(self, doc: int, value: Any) -> None:
        self._writer.add(doc, value)

    def write(self, file: SegmentFileWriter, docs: int) -> dict[str, Any]:
        self._writer.finish(docs)
        return {"type": "raw", "data": file.section(self._bytes.getvalue())}


def column_reader(file: SegmentFile, name: str, column: Any) -> Any:
    """Return the reader of a column.

    Args:
        file: the segment.
        name: the column's name; the segment has it.
        column: Whoosh's column object, which reads what Whoosh wrote.

    Raises:
        DamagedSegment: the sections have not the sizes that they should.
    """
    entry = file.directory["columns"][name]
    with naming(file.path, f"colonne « {name} »"):
        if entry["type"] == "number":
            return NumberReader(file, entry)
        if entry["type"] == "codes":
            return CodesReader(file, name)
    # Whoosh's readers believe what they read: only whole bytes come before them.
    data = bytes(file.whole_section(entry["data"]))
    return column.reader(BufferFile(data), 0, len(data), file.docs)


class NumberReader(whoosh_columns.ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """Reads a column of numbers."""

    def __init__(self, file: SegmentFile, entry: dict[str, Any]) -> None:
        self._values = file.section(entry["values"])
        self._number = struct.Struct("<" + entry["typecode"])
        self._typecode = entry["typecode"]
        self._doccount = file.docs
        self._reverse = False
        if len(self._values) != self._number.size * file.docs:
            raise Malformed("de longueur fausse")

    def __getitem__(self, docnum: int) -> Any:
        _demand(docnum, self._doccount)
        return self._number.unpack_from(self._values, self._number.size * docnum)[0]

    def __iter__(self) -> Iterator[Any]:
        return (value for (value,) in self._number.iter_unpack(self._values))

    def sort_key(self, docnum: int) -> Any:
        """Return the value, negated where the order is reversed."""
        return 0 - self[docnum] if self._reverse else self[docnum]

    def set_reverse(self) -> None:
        """Reverse the order of the sort keys."""
        self._reverse = True

    def load(self) -> "array[Any]":
        """Return all values in memory."""
        return _little(array(self._typecode, bytes(self._values)))


class CodesReader(whoosh_columns.ColumnReader):  # type: ignore[misc]  # Whoosh has no types
    """Reads a column of byte strings; order is that of the strings, as in every segment."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        entry = file.directory["columns"][name]
        self._naming = partial(naming, file.path, f"colonne « {name} »")
        self._blob = file.section(entry["blob"])
        self._offsets = file.section(entry["offsets"])
        self._codes = file.section(entry["codes"])
        self._code = struct.Struct(_CODES[entry["width"]])
        #: Values, where each begins and the last ends, codes as they lie there, the bytes of one.
        self.sections = self._blob, self._offsets, self._codes, self._code.size
        self._doccount = file.docs
        self.values: int = entry["values"]
        if len(self._codes) != self._code.size * file.docs:
            raise Malformed("de longueur fausse")
        if len(self._offsets) != U32.size * (self.values + 1):
            raise Malformed("table des valeurs de longueur fausse")

    def code(self, docnum: int) -> int:
        """Return the place of a document's value among all values."""
        _demand(docnum, self._doccount)
        code: int = self._code.unpack_from(self._codes, self._code.size * docnum)[0]
        return code

    def value(self, code: int) -> bytes:
        """Return the value of a place.

        Raises:
            DamagedSegment: there is none, or it lies outside.
        """
        with self._naming():
            if not 0 <= code < self.values:
                raise Malformed("valeur inconnue")
            start, end = struct.unpack_from("<II", self._offsets, U32.size * code)
            if not start <= end <= len(self._blob):
                raise Malformed("table des valeurs désordonnée")
            return bytes(self._blob[start:end])

    def __getitem__(self, docnum: int) -> bytes:
        return self.value(self.code(docnum))

    def codes(self) -> "array[int]":
        """Return the place of each document's value among all values.

        Raises:
            DamagedSegment: there is no such value.
        """
        codes = _numbers(self._codes, self._code.size)
        with self._naming():
            if max(codes, default=-1) >= self.values:
                raise Malformed("valeur inconnue")
        return codes

    def distinct(self) -> list[bytes]:
        """Return all values in ascending order.

        Raises:
            DamagedSegment: one lies outside.
        """
        blob, offsets = self._values_at()
        return [blob[start:end] for start, end in pairwise(offsets)]

    def loaded(self) -> Callable[[int], bytes]:
        """Return what gives the same values ten times as fast: all is checked here, at once.

        Raises:
            DamagedSegment: a value or a code lies outside.
        """
        (blob, offsets), codes = self._values_at(), self.codes()
        return lambda docnum: blob[offsets[codes[docnum]] : offsets[codes[docnum] + 1]]

    def _values_at(self) -> "tuple[bytes, array[int]]":
        """Return the values one after the other, and where each begins and the last ends."""
        blob, offsets = bytes(self._blob), _numbers(self._offsets, U32.size)
        with self._naming():
            if any(map(gt, offsets, offsets[1:])) or offsets[-1] > len(blob):
                raise Malformed("table des valeurs désordonnée")
        return blob, offsets

    def scatter(self, places: "array[int]", part: slice, rows: Any) -> None:
        """Put a part of each document's value where it belongs among rows of one width.

        Args:
            places: the row of each document (typecode ``I``), :data:`NOWHERE` for none.
            part: which bytes of the values, from a first one up to another; a row is as many.
            rows: a buffer that can be written to; where a value is shorter, it is left as it was.

        Raises:
            DamagedSegment: a value or a code lies outside.
        """
        if kernel is None:
            self._scatter_in_python(places, part, rows)
            return
        with self._naming():
            width = part.stop - part.start
            if not kernel.scatter_values(*self.sections, places, part.start, width, rows):
                raise Malformed("valeur inconnue, ou table des valeurs désordonnée")

    def _scatter_in_python(self, places: "array[int]", part: slice, rows: Any) -> None:
        value, out = self.loaded(), memoryview(rows).cast("B")
        for docnum, place in enumerate(places):
            if place != NOWHERE:
                taken, start = value(docnum)[part], place * (part.stop - part.start)
                out[start : start + len(taken)] = taken


def _demand(docnum: int, docs: int) -> None:
    if not 0 <= docnum < docs:
        raise IndexError(f"no document {docnum} of {docs}")


def _numbers(section: Any, width: int) -> "array[int]":
    return _little(array({1: "B", 2: "H", 4: "I"}[width], bytes(section)))


def _little(values: "array[Any]") -> "array[Any]":
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values
