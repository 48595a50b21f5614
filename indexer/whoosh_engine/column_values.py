"""The values of a column for all documents of a segment: read at once, not one by one."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from whoosh.reading import IndexReader

from indexer.fastwhoosh.columns import NOWHERE, CodesReader, NumberReader
from indexer.fastwhoosh.interpreted import numbers_of


def column_values(reader: IndexReader, name: str) -> Callable[[int], bytes]:
    """Return what gives the value of a document, empty where there is no such column.

    Raises:
        DamagedSegment: the column is not what was written.
    """
    if not reader.has_column(name):
        return lambda _: b""
    column = reader.column_reader(name, translate=False)
    return column.loaded() if isinstance(column, CodesReader) else column.__getitem__


def column_numbers(reader: IndexReader, name: str) -> Sequence[int]:
    """Return the numbers of a column by document, 0 throughout where there is no such column."""
    numbers = numbers_of(reader, name)
    return numbers.load() if isinstance(numbers, NumberReader) else numbers


def live_numbers(reader: IndexReader) -> Iterable[int]:
    """Return the documents of a segment that are not deleted, ascending."""
    if reader.has_deletions():
        return reader.all_doc_ids()  # type: ignore[no-any-return]  # Whoosh has no types
    return range(reader.doc_count_all())


def scatter_values(
    reader: IndexReader, name: str, places: "array[int]", part: slice, rows: Any
) -> None:
    """Put a part of each document's value where it belongs among rows of one width.

    See :meth:`indexer.fastwhoosh.columns.CodesReader.scatter`; where there is no such column, rows
    are left as they were.
    """
    if reader.has_column(name):
        reader.column_reader(name, translate=False).scatter(places, part, rows)


def live_rows(reader: IndexReader, name: str, width: int) -> bytes:
    """Return the values of all documents that are not deleted, cut or filled to one width."""
    places = array("I", [NOWHERE]) * reader.doc_count_all()
    for row, number in enumerate(live_numbers(reader)):
        places[number] = row
    rows = bytearray(width * reader.doc_count())
    scatter_values(reader, name, places, slice(0, width), rows)
    return bytes(rows)
