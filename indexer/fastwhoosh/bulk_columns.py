"""Columns of a segment in the making: a value a document, gathered and written at the end.

Whoosh has a column class for each kind of value. Numbers and byte strings, which nearly all
fields have, get the compact forms of the file format; every other class writes itself.

>>> column = CodesColumn()
>>> column.add(0, b"SRC")
>>> column.add(2, b"LR")
>>> count, width, blob, _, codes = column.written(3)
>>> count, width, blob, list(codes)
(3, 1, b'LRSRC', [2, 0, 1])
"""

from array import array
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Final, Protocol

from whoosh import columns
from whoosh.filedb.structfile import StructFile

from indexer.fastwhoosh.bulk_codes import (
    Written,
    code_width,
    coded,
    little_endian,
    recoded,
    strings,
)
from indexer.fastwhoosh.directory import Section

# What the file calls each; array has the same letters and, on every platform, the same sizes.
_NUMBERS: Final = frozenset("bBhHiIqQfd")

Put = Callable[[bytes], Section]


class Column(Protocol):
    """One column: values by ascending document, written once."""

    def add(self, document: int, value: Any) -> None:
        """Set the value of a document, which is above all before."""

    @property
    def missing(self) -> Any:
        """What is kept where there is no value."""

    def kept(self, value: Any) -> Any:
        """Return what ``extend`` takes for a value; good as long as the column lasts."""

    def table(self) -> Any:
        """Return an empty array or list for what ``kept`` returns; see :func:`gathered`."""

    def extend(self, first: int, kept: Sequence[Any]) -> None:
        """Set the values of documents in a row from ``first`` on."""

    def write(self, docs: int, put: Put) -> dict[str, Any]:
        """Write the sections for ``docs`` documents; return the entry of the directory."""


class NumberColumn:
    """Numbers of one array type; documents without one have the default."""

    def __init__(self, typecode: str, default: Any) -> None:
        self.typecode = typecode
        self.default = default
        self.values = array(typecode)

    def add(self, document: int, value: Any) -> None:
        """Set the number of a document."""
        if len(self.values) != document:
            _reach(self.values, document, self.default)
        self.values.append(value)

    @property
    def missing(self) -> Any:
        """The default."""
        return self.default

    def kept(self, value: Any) -> Any:
        """Return the number."""
        return value

    def table(self) -> "array[Any]":
        """Return an array of the numbers' type."""
        return array(self.typecode)

    def extend(self, first: int, kept: Sequence[Any]) -> None:
        """Set the numbers of documents in a row."""
        if len(self.values) != first:
            _reach(self.values, first, self.default)
        self.values.extend(kept)

    def write(self, docs: int, put: Put) -> dict[str, Any]:
        """Write the numbers."""
        missing = array(self.typecode, [self.default]) * (docs - len(self.values))
        values = self.values + missing
        return number_entry(self.typecode, self.default, put(little_endian(values)))


class CodesColumn:
    """Byte strings of which many are equal; documents without one have the empty string."""

    missing = 0

    def __init__(self) -> None:
        self.code_of: dict[bytes, int] = {b"": 0}
        self.codes = array("I")

    def add(self, document: int, value: bytes) -> None:
        """Set the byte string of a document."""
        if len(self.codes) != document:
            _reach(self.codes, document, 0)
        self.codes.append(self.code_of.setdefault(value, len(self.code_of)))

    def kept(self, value: bytes) -> int:
        """Return the code of a byte string."""
        return self.code_of.setdefault(value, len(self.code_of))

    def table(self) -> "array[int]":
        """Return an array of codes."""
        return array("I")

    def extend(self, first: int, kept: Sequence[int]) -> None:
        """Set the byte strings of documents in a row, given by their codes."""
        if len(self.codes) != first:
            _reach(self.codes, first, 0)
        self.codes.extend(kept)

    def write(self, docs: int, put: Put) -> dict[str, Any]:
        """Write the distinct strings and the codes."""
        count, width, blob, offsets, codes = self.written(docs)
        return codes_entry(count, width, put(blob), put(offsets), put(codes))

    def written(self, docs: int) -> Written:
        """Return how many strings there are, the width of a code, and the three sections."""
        codes = self.codes + array("I", [0]) * (docs - len(self.codes))
        used = set(codes)
        by_value = sorted(self.code_of.items())
        if len(used) < len(by_value):  # of documents that were refused, or none is empty
            by_value = [item for item in by_value if item[1] in used]
        values = [value for value, _ in by_value]
        places = array("I", [0]) * len(self.code_of)
        for place, (_, code) in enumerate(by_value):
            places[code] = place
        blob, offsets = strings(values)
        width, typecode = code_width(len(values))
        return len(values), width, blob, offsets, recoded(codes, places, typecode)


class StringsColumn:
    """Byte strings of which hardly any are equal; documents without one have the empty string."""

    missing = b""

    def __init__(self) -> None:
        self.values: list[bytes] = []

    def add(self, document: int, value: bytes) -> None:
        """Set the byte string of a document."""
        if len(self.values) != document:
            _reach(self.values, document, b"")
        self.values.append(value)

    def kept(self, value: bytes) -> bytes:
        """Return the byte string."""
        return value

    def table(self) -> list[bytes]:
        """Return a list of byte strings."""
        return []

    def extend(self, first: int, kept: Sequence[bytes]) -> None:
        """Set the byte strings of documents in a row."""
        if len(self.values) != first:
            _reach(self.values, first, b"")
        self.values.extend(kept)

    def write(self, docs: int, put: Put) -> dict[str, Any]:
        """Write the distinct strings and the codes."""
        values = self.values + [b""] * (docs - len(self.values))
        count, width, blob, offsets, codes = coded(values)
        return codes_entry(count, width, put(blob), put(offsets), put(codes))


class RawColumn:
    """A Whoosh column of any other class, which writes itself."""

    missing = None

    def __init__(self, column: Any) -> None:
        self._stream = BytesIO()
        self._file = StructFile(self._stream)
        self._writer = column.writer(self._file)

    def add(self, document: int, value: Any) -> None:
        """Give the value of a document to Whoosh."""
        self._writer.add(document, value)

    def kept(self, value: Any) -> Any:
        """Return the value."""
        return value

    def table(self) -> list[Any]:
        """Return a list of values."""
        return []

    def extend(self, first: int, kept: Sequence[Any]) -> None:
        """Give the values of documents in a row to Whoosh."""
        for document, value in enumerate(kept, first):
            if value is not None:
                self._writer.add(document, value)

    def write(self, docs: int, put: Put) -> dict[str, Any]:
        """Let Whoosh finish, and write its bytes."""
        self._writer.finish(docs)
        return {"type": "raw", "data": put(self._stream.getvalue())}


def new_column(column: Any) -> Column:
    """Return the builder for a column of Whoosh's."""
    if type(column) is columns.NumericColumn and column._typecode in _NUMBERS:  # noqa: SLF001 - nowhere else
        return NumberColumn(column._typecode, column._default)  # noqa: SLF001  # nowhere else
    strings = _STRINGS.get(type(column))
    if strings is not None and column.default_value() == b"":
        return strings()
    return RawColumn(column)


# What Whoosh's two columns of byte strings are meant for.
_STRINGS: Final[Mapping[type, Callable[[], Column]]] = {
    columns.VarBytesColumn: StringsColumn,
    columns.RefBytesColumn: CodesColumn,
}


def number_entry(typecode: str, default: Any, values: Section) -> dict[str, Any]:
    """Return the directory's entry of a column of numbers."""
    return {"type": "number", "typecode": typecode, "default": default, "values": values}


def codes_entry(
    count: int, width: int, blob: Section, offsets: Section, codes: Section
) -> dict[str, Any]:
    """Return the directory's entry of a column of codes."""
    sections = {"blob": blob, "offsets": offsets, "codes": codes}
    return {"type": "codes", "values": count, "width": width, **sections}


def _reach(values: "array[Any] | list[Any]", document: int, default: Any) -> None:
    """Make the next value that of a document: fill up, or forget a document that was refused."""
    missing = document - len(values)
    if missing > 0:
        values.extend([default] * missing)
    elif missing < 0:
        del values[document:]
