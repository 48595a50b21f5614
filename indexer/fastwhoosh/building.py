"""A new segment in memory: what the writers of documents and of terms fill, then one file.

Whoosh writes a segment with two objects that do not know each other; the format is one file with
one directory. So both fill a :class:`SegmentBuilder`, and the one that closes last writes it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from whoosh import formats
from whoosh.util.numeric import length_to_byte

from indexer.fastwhoosh import stored
from indexer.fastwhoosh.columns import ColumnBuilder, column_builder
from indexer.fastwhoosh.encoding import FieldSections, encode_field
from indexer.fastwhoosh.errors import UnsupportedField
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

# Subclasses hold more than their parents, so the class itself is asked for.
_KINDS: Final[dict[type, str]] = {
    formats.Positions: "positions",
    formats.Frequency: "frequencies",
    formats.Existence: "existence",
}


@dataclass(slots=True)
class Lengths:
    """The lengths of a field: exact sum and extremes over the documents that have one."""

    length: int = 0
    min_length: int = 0
    max_length: int = 0
    norms: bytearray = field(default_factory=bytearray)

    def add(self, doc: int, length: int) -> None:
        """Note the length of a document, in ascending order of documents."""
        self.length += length
        self.min_length = min(self.min_length or length, length)
        self.max_length = max(self.max_length, length)
        self.fill(doc)
        self.norms.append(length_to_byte(length))

    def fill(self, docs: int) -> None:
        """Give the documents up to ``docs`` that have no length a norm of 0."""
        self.norms += bytes(docs - len(self.norms))


@dataclass(slots=True)
class SegmentBuilder:
    """Everything of a segment before it is written.

    Attributes:
        stored: the stored fields of each document; as many as there are documents.
        lengths: of the scorable fields.
        columns: by name.
        fields: the encoded postings, by name.
    """

    stored: list[dict[str, Any]] = field(default_factory=list)
    lengths: dict[str, Lengths] = field(default_factory=dict)
    columns: dict[str, ColumnBuilder] = field(default_factory=dict)
    fields: dict[str, FieldSections] = field(default_factory=dict)

    @property
    def docs(self) -> int:
        """Number of documents so far."""
        return len(self.stored)

    def add_column_value(self, name: str, column: Any, value: Any) -> None:
        """Set the value of the document that comes next."""
        if name not in self.columns:
            self.columns[name] = column_builder(column)
        self.columns[name].add(self.docs, value)

    def norms(self, name: str) -> bytearray:
        """Return the norm of every document in a scorable field."""
        lengths = self.lengths.setdefault(name, Lengths())
        lengths.fill(self.docs)
        return lengths.norms

    def write(self, path: Path) -> None:
        """Write the file."""
        for name in self.lengths.keys() - self.fields.keys():
            self.fields[name] = encode_field("existence", [], self.norms(name))
        with SegmentFileWriter(path) as file:
            directory = {
                "docs": self.docs,
                "fields": {name: self._write_field(file, name) for name in sorted(self.fields)},
                "columns": {
                    name: column.write(file, self.docs)
                    for name, column in sorted(self.columns.items())
                },
                "stored": write_stored(file, stored.encode(self.stored)),
            }
            file.finish(directory)

    def _write_field(self, file: SegmentFileWriter, name: str) -> dict[str, Any]:
        lengths = self.lengths.get(name, Lengths())
        return write_field(file, self.fields[name]) | {
            "length": lengths.length,
            "min_length": lengths.min_length,
            "max_length": lengths.max_length,
        }


def kind_of(name: str, fieldobj: Any) -> str:
    """Return the kind of a field of a schema.

    Raises:
        UnsupportedField: its format or its boost is not one that the files hold.
    """
    kind = _KINDS.get(type(fieldobj.format))
    if kind is None:
        known = ", ".join(format_class.__name__ for format_class in _KINDS)
        raise UnsupportedField(
            f"Champ « {name} » : format {type(fieldobj.format).__name__} non pris en charge. "
            f"Formats possibles : {known}."
        )
    if fieldobj.format.field_boost != 1.0:
        raise UnsupportedField(
            f"Champ « {name} » : les poids ne sont pas conservés (field_boost doit être 1.0) ; "
            "pondérez à la recherche."
        )
    return kind


def write_field(file: SegmentFileWriter, sections: FieldSections) -> dict[str, Any]:
    """Write the sections of a field; return its entry for the directory, without lengths."""
    entry: dict[str, Any] = {"kind": sections.kind, "terms": sections.terms}
    for key in ("blob", "offsets", "infos", "postings", "positions", "norms"):
        data = getattr(sections, key)
        if data is not None:
            entry[key] = file.section(data)
    return entry


def write_stored(file: SegmentFileWriter, sections: stored.StoredSections) -> dict[str, Any]:
    """Write the sections of the stored fields; return their entry for the directory."""
    return {
        "dict": file.section(sections.dictionary),
        "index": file.section(sections.index),
        "data": file.section(sections.data),
    }
