"""One segment in the making: documents go in, a file comes out.

It knows neither the index nor other segments, so that worker processes use it as the writer does.
"""

from pathlib import Path
from typing import Any, Final

from indexer.fastwhoosh.bulk_columns import Column, little_endian, new_column
from indexer.fastwhoosh.bulk_documents import KINDS, Documents, Prepared
from indexer.fastwhoosh.bulk_inverter import Inverted, new_inverter
from indexer.fastwhoosh.bulk_stored import StoredFields, pickled
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

# A segment of more is merged from smaller ones: it would be inverted in too much memory.
MAX_DOCUMENTS: Final = 100_000
# What a document costs in columns, about: asking each column would cost more than it tells.
_COLUMN_BYTES: Final = 16


class SegmentBuilder:
    """Takes prepared documents and writes the file of their segment.

    Stored fields go to the file as they come; words and columns are held until ``finish``.
    """

    def __init__(self, path: Path, documents: Documents, dictionary: bytes | None = None) -> None:
        self.documents = documents
        self.docs = 0
        self._file = SegmentFileWriter(path)
        self._file.begin()
        self._stored = StoredFields(self._file.append, dictionary)
        self._inverter = new_inverter()
        self._numbers: dict[str, int] = {}
        self._groups: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._columns: dict[str, Column] = {}

    @property
    def memory(self) -> int:
        """Memory held, and needed to write the segment."""
        columns = self.docs * len(self._columns) * _COLUMN_BYTES
        return self._inverter.memory + self._stored.memory + columns

    @property
    def dictionary(self) -> bytes | None:
        """The dictionary of the stored fields, None while it is not decided."""
        return self._stored.dictionary

    def add(self, prepared: Prepared) -> None:
        """Add the next document; a document that raises leaves nothing behind."""
        document = self.docs
        entry = pickled(prepared.stored)
        for name, value in prepared.columns:
            self._column(name).add(document, value)
        self._add_texts(document, prepared)
        for name, (items, length) in prepared.postings:
            number = self._number(name)
            for term, tf, positions in items:
                self._inverter.add_term(number, term, document, tf, positions)
            if length and self.documents.plan(name).scorable:
                self._inverter.add_length(number, document, length)
        self._stored.add(entry)
        self.docs += 1

    def finish(self) -> None:
        """Write the segment; its file is on the disk afterwards."""
        dictionary, ends = self._stored.finish()
        stored = {"data": self._file.end()}
        stored["index"] = self._file.section(little_endian(ends))
        stored["dict"] = self._file.section(dictionary)
        fields = {name: self._written(name) for name in sorted(self._numbers)}
        columns = {
            name: column.write(self.docs, self._file.section)
            for name, column in sorted(self._columns.items())
        }
        self._file.finish(
            {
                "docs": self.docs,
                "fields": {name: entry for name, entry in fields.items() if entry},
                "columns": columns,
                "stored": stored,
            }
        )

    def cancel(self) -> None:
        """Give the segment up and remove its file."""
        self._file.abandon()

    def _add_texts(self, document: int, prepared: Prepared) -> None:
        try:
            for (_, text, weight), names in prepared.texts.items():
                self._inverter.add_text(text, document, self._group(tuple(names)), weight)
        except BaseException:
            self._inverter.forget(document)
            raise

    def _group(self, names: tuple[str, ...]) -> tuple[int, ...]:
        group = self._groups.get(names)
        if group is None:
            group = self._groups[names] = tuple(map(self._number, names))
        return group

    def _number(self, name: str) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = self._declare(name)
        return number

    def _declare(self, name: str) -> int:
        plan = self.documents.plan(name)
        if plan.lexicon is not None:
            return self._inverter.add_text_field(plan.lexicon, plan.derived)
        return self._inverter.add_field(plan.kind, plan.scorable)

    def _column(self, name: str) -> Column:
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = new_column(self.documents.plan(name).column)
        return column

    def _written(self, name: str) -> dict[str, Any]:
        """Write a field; return its entry, empty where the field has no terms."""
        inverted = Inverted(*self._inverter.invert(self._numbers[name], self.docs))
        return field_entry(inverted, self._file) if inverted.terms else {}


def field_entry(inverted: Inverted, file: SegmentFileWriter) -> dict[str, Any]:
    """Write the sections of a field and return its entry in the directory."""
    entry: dict[str, Any] = {
        "kind": KINDS[inverted.kind],
        "terms": inverted.terms,
        "length": inverted.length,
        "min_length": inverted.min_length,
        "max_length": inverted.max_length,
    }
    for part in ("blob", "offsets", "infos", "postings", "positions", "norms"):
        section = getattr(inverted, part)
        if section is not None:
            entry[part] = file.section(section)
    return entry
