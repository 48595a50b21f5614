"""The values of a column for all documents of a segment: read at once, not one by one."""

from collections.abc import Callable, Iterable, Sequence

from whoosh.reading import IndexReader

from indexer.fastwhoosh.columns import CodesReader, NumberReader
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
