"""Several segments into one, without reading a document: postings are copied and renumbered.

The inputs are mapped files and the output is written section by section, so that memory is
bounded by the words of a field, whatever the size of the segments. For fields the result equals,
byte for byte, what indexing the live documents at once would write, as long as no document with a
length above the exact ones was deleted (norms keep lengths in one byte only).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whoosh.fields import Schema
from whoosh.util.numeric import byte_to_length

from indexer.fastwhoosh.bulk_documents import KINDS
from indexer.fastwhoosh.errors import DamagedSegment, Malformed
from indexer.fastwhoosh.merging_columns import merge_column
from indexer.fastwhoosh.merging_fields import merged_field
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
    docs = sum(source.live for source in sources)
    file = SegmentFileWriter(path)
    try:
        _write(sources, file, schema, docs)
    except BaseException:
        file.abandon()
        raise
    return docs


def _write(sources: Sequence[Source], file: SegmentFileWriter, schema: Schema, docs: int) -> None:
    stored = merge_stored(sources, file)
    fields: dict[str, Any] = {}
    for name in _names(sources, "fields", schema):
        entry = _merged_field(sources, name, file, docs)
        if entry["terms"]:
            fields[name] = entry
    columns = {
        name: merge_column(sources, name, schema[name].column_type, file)
        for name in _names(sources, "columns", schema)
        if schema[name].column_type
    }
    file.finish({"docs": docs, "fields": fields, "columns": columns, "stored": stored})


def _names(sources: Sequence[Source], part: str, schema: Schema) -> list[str]:
    names = {name for source in sources for name in source.file.directory[part]}
    return sorted(name for name in names if name in schema)


def _merged_field(
    sources: Sequence[Source], name: str, file: SegmentFileWriter, docs: int
) -> dict[str, Any]:
    entries = [source.file.directory["fields"].get(name) for source in sources]
    kind = max(KINDS.index(entry["kind"]) for entry in entries if entry)
    norms = _norms(sources, entries)
    inputs, paths = [], []
    base = 0
    for source, entry in zip(sources, entries, strict=True):
        if entry:
            inputs.append(_input(source, entry, base))
            paths.append(source.file.path)
        base += source.live
    written: dict[str, Any] = {"kind": KINDS[kind], **_lengths(sources, entries)}
    try:
        with merged_field(inputs, kind, norms, docs, file.path.parent) as merged:
            written |= {"terms": merged.terms, **merged.write(file)}
    except Malformed as error:
        place, _, reason = str(error).partition(": ")
        raise DamagedSegment(paths[int(place)], f"champ « {name} » : {reason}") from error
    if norms is not None:
        written["norms"] = file.section(norms)
    return written


def _input(source: Source, entry: dict[str, Any], base: int) -> FieldInput:
    return FieldInput(
        kind=KINDS.index(entry["kind"]),
        docs=source.docs,
        base=base,
        terms=entry["terms"],
        blob=source.file.section(entry["blob"]),
        offsets=source.file.section(entry["offsets"]),
        infos=source.file.section(entry["infos"]),
        postings=source.file.section(entry["postings"]),
        positions=source.file.section(entry["positions"]),
        numbers=source.renumbering(base) if source.deleted else None,
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
        "length": max(0, sum(entry["length"] - _lost(source, entry) for source, entry in known)),
        "min_length": min(least, default=0),
        "max_length": max(entry["max_length"] for _, entry in known),
    }


def _lost(source: Source, entry: dict[str, Any]) -> int:
    if not source.deleted or "norms" not in entry:
        return 0
    norms = source.file.section(entry["norms"])
    return sum(int(byte_to_length(norms[document])) for document in source.deleted)
