"""Several segments into one, without reading a document: postings are copied and renumbered.

The inputs are mapped files and the output is written section by section, so that memory is
bounded by the words of a field, whatever the size of the segments. For fields the result equals,
byte for byte, what indexing the live documents at once would write, but for the bounds of lengths
and, where documents with weights were deleted, their sum (see :mod:`.merging_lengths`).
"""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from whoosh import formats
from whoosh.fields import Schema

from indexer.fastwhoosh.bulk_documents import KINDS, POSITIONS
from indexer.fastwhoosh.checking_fields import field_problems, never_raising
from indexer.fastwhoosh.errors import DamagedSegment, Malformed, naming
from indexer.fastwhoosh.lengths import check_lengths
from indexer.fastwhoosh.merging_columns import merge_column
from indexer.fastwhoosh.merging_fields import merged_field
from indexer.fastwhoosh.merging_lengths import merged_lengths
from indexer.fastwhoosh.merging_plain import FieldInput
from indexer.fastwhoosh.merging_source import Source
from indexer.fastwhoosh.merging_stored import merge_stored
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

__all__ = ["Source", "merge_segments"]


def merge_segments(sources: Sequence[Source], path: Path, schema: Schema) -> int:
    """Write the live documents of segments, in order, into one file; return how many they are.

    Fields that the schema does not have any more are left out. The file is on the disk afterwards;
    on failure it is removed.

    Raises:
        DamagedSegment: A segment is not what was written.
    """
    for source in sources:
        source.file.verify()
        source.file.forget_pages()
    file = SegmentFileWriter(path)
    try:
        merger = _Merger(sources, file, schema)
        merger.write()
    except BaseException:
        file.abandon()
        raise
    return merger.docs


class _Merger:
    """Writes the parts of the merged segment."""

    def __init__(self, sources: Sequence[Source], file: SegmentFileWriter, schema: Schema) -> None:
        self.docs = sum(source.live for source in sources)
        self._sources, self._file, self._schema = sources, file, schema
        self._bases = list(accumulate((source.live for source in sources), initial=0))[:-1]
        self._numbers = [
            source.renumbering(base) if source.deleted else None
            for source, base in zip(sources, self._bases, strict=True)
        ]

    def write(self) -> None:
        """Write everything and finish the file."""
        directory: dict[str, Any] = {"docs": self.docs}
        directory["stored"] = merge_stored(self._sources, self._file)
        fields = {name: self._field(name) for name in self._names("fields")}
        directory["fields"] = {name: entry for name, entry in fields.items() if entry["terms"]}
        directory["columns"] = {
            name: self._column(name)
            for name in self._names("columns")
            if self._schema[name].column_type
        }
        self._file.finish(directory)

    def _column(self, name: str) -> dict[str, Any]:
        column = self._schema[name].column_type
        entry = merge_column(self._sources, name, column, self._file)
        self._forget_pages()
        return entry

    def _forget_pages(self) -> None:
        for source in self._sources:
            source.file.forget_pages()

    def _names(self, part: str) -> list[str]:
        names = {name for source in self._sources for name in source.file.directory[part]}
        return sorted(name for name in names if name in self._schema)

    def _field(self, name: str) -> dict[str, Any]:
        entries = [self._entry(source, name) for source in self._sources]
        kind = max((KINDS.index(entry["kind"]) for entry in entries if entry), default=0)
        norms = _norms(self._sources, entries)
        places = [place for place, entry in enumerate(entries) if entry is not None]
        inputs = [self._input(place, entries[place] or {}) for place in places]
        written: dict[str, Any] = {"kind": KINDS[kind]}
        try:
            with merged_field(inputs, kind, norms, self.docs, self._file.path.parent) as merged:
                written |= {"terms": merged.terms, **merged.write(self._file)}
                infos = merged.small["infos"]
        except Malformed as error:
            number, _, reason = str(error).partition(": ")
            path = self._sources[places[int(number)]].file.path
            raise DamagedSegment(path, f"champ « {name} » : {reason}") from error
        written |= merged_lengths(self._sources, entries, infos, norms)
        if norms is not None:
            written["norms"] = self._file.section(norms)
        self._forget_pages()
        return written

    def _entry(self, source: Source, name: str) -> dict[str, Any] | None:
        """Return a field of a segment, None where an earlier schema meant something else by it."""
        entry: dict[str, Any] | None = source.file.directory["fields"].get(name)
        wanted = isinstance(self._schema[name].format, formats.Positions)
        if not entry:
            return None
        if (entry["kind"] == KINDS[POSITIONS]) != wanted:
            # Left out without a trace: only what is another field, not what damage makes one.
            for problem in never_raising(f"champ « {name} »", field_problems, source.file, name):
                raise DamagedSegment(source.file.path, problem)
            return None
        if "norms" in entry:
            # The merged sum is made to fit the merged norms: damage would not show any more.
            with naming(source.file.path, f"champ « {name} »"):
                check_lengths(entry, source.file.section(entry["norms"]), source.docs)
        return entry

    def _input(self, place: int, entry: dict[str, Any]) -> FieldInput:
        file = self._sources[place].file
        return FieldInput(
            kind=KINDS.index(entry["kind"]),
            docs=file.docs,
            base=self._bases[place],
            terms=entry["terms"],
            blob=file.section(entry["blob"]),
            offsets=file.section(entry["offsets"]),
            infos=file.section(entry["infos"]),
            postings=file.section(entry["postings"]),
            positions=file.section(entry["positions"]),
            numbers=self._numbers[place],
        )


def _norms(sources: Sequence[Source], entries: Sequence[Any]) -> bytes | None:
    if not any(entry and "norms" in entry for entry in entries):
        return None
    return b"".join(
        source.compact(source.file.section(entry["norms"]))
        if entry and "norms" in entry
        else bytes(source.live)
        for source, entry in zip(sources, entries, strict=True)
    )
