"""What belongs to documents: lengths, columns, stored fields, deletions; written and read."""

from collections.abc import Callable, Iterator
from typing import Any

from whoosh.codec import base
from whoosh.util.numeric import byte_to_length

from indexer.fastwhoosh.building import Lengths, kind_of
from indexer.fastwhoosh.columns import column_reader
from indexer.fastwhoosh.errors import DamagedSegment, Malformed, UnsupportedField, naming
from indexer.fastwhoosh.segment import FastSegment, detach
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.fastwhoosh.stored import StoredReader, StoredSections


class FastPerDocWriter(base.PerDocumentWriter):  # type: ignore[misc]  # Whoosh has no types
    """Collects documents; nothing of one that is cancelled stays.

    Args:
        segment: the new segment.
    """

    def __init__(self, segment: FastSegment) -> None:
        self.is_closed = False
        self._builder = segment.builder()
        self._checked: set[str] = set()
        self._stored: dict[str, Any] | None = None
        self._pending: list[Callable[[], None]] = []

    def start_doc(self, docnum: int) -> None:
        """Begin a document.

        Raises:
            ValueError: another one is open, or it is not the next.
        """
        if self._stored is not None or docnum != self._builder.docs:
            raise ValueError(f"document {docnum} comes out of turn")
        self._stored = {}

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:
        """Note the stored value and the length of a field.

        Raises:
            UnsupportedField: the format does not hold such a field.
        """
        assert self._stored is not None, "a document is open"
        if fieldobj.indexed and fieldname not in self._checked:
            kind_of(fieldname, fieldobj)
            self._checked.add(fieldname)
        if value is not None:
            self._stored[fieldname] = value
        if length:
            self._pending.append(lambda: self._add_length(fieldname, length))

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        """Note the value of a column."""
        self._pending.append(lambda: self._builder.add_column_value(fieldname, columnobj, value))

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Any) -> None:  # noqa: ARG002 - Whoosh's signature
        """Refuse.

        Raises:
            UnsupportedField: always.
        """
        raise UnsupportedField(f"Champ « {fieldname} » : les vecteurs ne sont pas pris en charge.")

    def finish_doc(self) -> None:
        """End the document: it counts from now on."""
        assert self._stored is not None, "a document is open"
        for note in self._pending:
            note()
        self._builder.stored.append(self._stored)
        self.cancel_doc()

    def cancel_doc(self) -> None:
        """Forget the document that is open."""
        self._stored = None
        self._pending.clear()

    def close(self) -> None:
        """End; the file is written by the writer of terms."""
        if self._stored is not None:
            self.finish_doc()
        self.is_closed = True

    def _add_length(self, name: str, length: int) -> None:
        lengths = self._builder.lengths.setdefault(name, Lengths())
        lengths.add(self._builder.docs, length)


class FastPerDocReader(base.PerDocumentReader):  # type: ignore[misc]  # Whoosh has no types
    """Reads what belongs to documents.

    Args:
        segment: the segment, whose deletions are loaded.
        file: its file, given back when this is closed.
    """

    def __init__(self, segment: FastSegment, file: SegmentFile) -> None:
        self.file = file
        self._segment = segment
        self._norms: dict[str, memoryview] = {}
        directory = file.directory
        for name, entry in directory["fields"].items():
            if "norms" in entry:
                self._norms[name] = file.section(entry["norms"])
        stored = directory["stored"]
        with naming(file.path):
            sections = StoredSections(
                dictionary=file.whole_section(stored["dict"]),
                index=file.section(stored["index"]),
                data=file.section(stored["data"]),
            )
            self._stored = StoredReader(sections, file.docs)

    def close(self) -> None:
        """Give the file back."""
        detach(self.file)

    def doc_count(self) -> int:
        """Return the number of documents that are not deleted."""
        return self._segment.doc_count()  # type: ignore[no-any-return]  # Whoosh has no types

    def doc_count_all(self) -> int:
        """Return the number of documents, deleted ones counted."""
        return self.file.docs

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._segment.deleted_count() > 0

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._segment.is_deleted(docnum)

    def deleted_docs(self) -> Iterator[int]:
        """Give the deleted documents, ascending."""
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        """Columns are supported."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether a document has a value in this column."""
        return fieldname in self.file.directory["columns"]

    def list_columns(self) -> list[str]:
        """Return the names of the columns."""
        return sorted(self.file.directory["columns"])

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """Return a new reader of a column."""
        return column_reader(self.file, fieldname, column)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the length of a field in a document as its byte has it, or the default.

        Raises:
            IndexError: there is no such document.
        """
        norms = self._norms.get(fieldname)
        if norms is None:
            return default
        norm = norms[docnum]
        return byte_to_length(norm) if norm else default

    def field_length(self, fieldname: str) -> int:
        """Return the sum of the exact lengths of a field."""
        return self._statistic(fieldname, "length")

    def documents_with(self, fieldname: str) -> int:
        """Return how many documents have a word in a field, deleted ones counted."""
        norms = self._norms.get(fieldname)
        return 0 if norms is None else len(norms) - bytes(norms).count(0)

    def min_field_length(self, fieldname: str) -> int:
        """Return the smallest length of a field among documents that have one, else 0."""
        return self._statistic(fieldname, "min_length")

    def max_field_length(self, fieldname: str) -> int:
        """Return the largest length of a field, 0 where there is none."""
        return self._statistic(fieldname, "max_length")

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return what is stored of a document.

        Raises:
            IndexError: there is no such document.
            DamagedSegment: the bytes are not what was written.
        """
        try:
            return self._stored[docnum]
        except Malformed as error:
            raise DamagedSegment(self.file.path, f"document {docnum} : {error}") from error

    def _statistic(self, name: str, key: str) -> int:
        number: int = self.file.directory["fields"].get(name, {}).get(key, 0)
        return number
