"""Several segments into one, without reading a document: postings are copied and renumbered.

The inputs are mapped files and the output is written section by section, so that memory is
bounded by the words of a field, whatever the size of the segments. For fields the result equals,
byte for byte, what indexing the live documents at once would write, as long as no document with a
length above the exact ones was deleted (norms keep lengths in one byte only).
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from whoosh import formats
from whoosh.fields import Schema
from whoosh.util.numeric import byte_to_length

from indexer.fastwhoosh.bulk_documents import KINDS, POSITIONS
from indexer.fastwhoosh.merging_columns import merge_column
from indexer.fastwhoosh.merging_fields import merged_field
from indexer.fastwhoosh.merging_plain import FieldInput
from indexer.fastwhoosh.merging_source import Source
from indexer.fastwhoosh.merging_stored import merge_stored
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

# The norm of this length and all above.
_LONGEST: Final = 255

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
            name: merge_column(self._sources, name, self._schema[name].column_type, self._file)
            for name in self._names("columns")
            if self._schema[name].column_type
        }
        self._file.finish(directory)

    def _names(self, part: str) -> list[str]:
        names = {name for source in self._sources for name in source.file.directory[part]}
        return sorted(name for name in names if name in self._schema)

    def _field(self, name: str) -> dict[str, Any]:
        entries = [self._entry(source, name) for source in self._sources]
        kind = max((KINDS.index(entry["kind"]) for entry in entries if entry), default=0)
        norms = _norms(self._sources, entries)
        inputs = [
            self._input(place, entry) for place, entry in enumerate(entries) if entry is not None
        ]
        written: dict[str, Any] = {"kind": KINDS[kind], **_lengths(self._sources, entries)}
        with merged_field(inputs, kind, norms, self.docs, self._file.path.parent) as merged:
            written |= {"terms": merged.terms, **merged.write(self._file)}
        if norms is not None:
            written["norms"] = self._file.section(norms)
        return written

    def _entry(self, source: Source, name: str) -> dict[str, Any] | None:
        """Return a field of a segment, None where an earlier schema meant something else by it."""
        entry: dict[str, Any] | None = source.file.directory["fields"].get(name)
        wanted = isinstance(self._schema[name].format, formats.Positions)
        return entry if entry and (entry["kind"] == KINDS[POSITIONS]) == wanted else None

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


def _lengths(sources: Sequence[Source], entries: Sequence[Any]) -> dict[str, int]:
    """Return the sum, least and greatest of the lengths; of deleted documents by their norms."""
    known = [(source, entry) for source, entry in zip(sources, entries, strict=True) if entry]
    least = [entry["min_length"] for _, entry in known if entry["min_length"]]
    return {
        "length": sum(_live_length(source, entry) for source, entry in known),
        "min_length": min(least, default=0),
        "max_length": max((entry["max_length"] for _, entry in known), default=0),
    }


def _live_length(source: Source, entry: dict[str, Any]) -> int:
    """Return the sum of the live lengths: exact where nothing is deleted.

    Else it is reduced by the lengths that the norms of the deleted documents stand for, which are
    the longest that they can mean, and kept within what the norms of the live ones can mean.
    """
    length = int(entry["length"])
    if not source.deleted or "norms" not in entry:
        return length
    norms = source.file.section(entry["norms"])
    length -= int(sum(byte_to_length(norms[document]) for document in source.deleted))
    live = Counter(source.compact(norms))
    least: int = sum(count * (byte_to_length(norm - 1) + 1) for norm, count in live.items() if norm)
    most: int = sum(count * byte_to_length(norm) for norm, count in live.items())
    return max(length, least) if live[_LONGEST] else min(max(length, least), most)
