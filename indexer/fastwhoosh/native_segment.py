"""A segment file as the compiled kernel sees it: where each section of its directory lies."""

from collections.abc import Sequence
from typing import Any, Final

from whoosh.reading import IndexReader
from whoosh.util.numeric import byte_to_length

from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.native import kernel

_KINDS: Final = {"existence": 0, "frequencies": 1, "positions": 2}
_CODE_TYPES: Final = {1: "B", 2: "H", 4: "I"}
_WHOLE: Final = frozenset("bBhHiIqQ")
_LENGTHS: Final = [float(byte_to_length(norm)) for norm in range(256)]
_SECTIONS: Final = ("blob", "offsets", "infos", "postings", "positions")


def native_segment(file: SegmentFile, deletions: bytes | None) -> Any:
    """Return the kernel's view of a mapped file; the file stays mapped while it lives.

    Args:
        file: an open segment file.
        deletions: a bit a document, lowest first, None where none is deleted.

    Raises:
        DamagedSegment: a table has not the length that the directory says.
    """
    assert kernel is not None
    fields = [_field(name, entry) for name, entry in file.directory["fields"].items()]
    columns = [
        column
        for name, entry in file.directory["columns"].items()
        if (column := _column(name, entry)) is not None
    ]
    try:
        return kernel.Segment(
            file.map, str(file.path), file.docs, fields, columns, deletions, _LENGTHS
        )
    except kernel.Damaged as error:
        raise DamagedSegment(file.path, f"contenu abîmé ({error})") from error


def _extent(section: list[int]) -> tuple[int, int]:
    return section[0], section[1]


def _field(name: str, entry: dict[str, Any]) -> tuple[Any, ...]:
    norms = _extent(entry["norms"]) if "norms" in entry else None
    sections = (*(_extent(entry[key]) for key in _SECTIONS), norms)
    return name, _KINDS[entry["kind"]], entry["terms"], sections


def _column(name: str, entry: dict[str, Any]) -> tuple[str, str, tuple[int, int]] | None:
    if entry["type"] == "codes":
        return name, _CODE_TYPES[entry["width"]], _extent(entry["codes"])
    if entry["type"] == "number" and entry["typecode"] in _WHOLE:
        return name, entry["typecode"], _extent(entry["values"])
    return None


def file_of(reader: IndexReader) -> Any:
    """Return the segment file of a reader of the fast codec, None for another codec."""
    return getattr(getattr(reader, "_perdoc", None), "file", None)


def native_segments(
    leaves: Sequence[tuple[IndexReader, int]], files: Sequence[Any]
) -> tuple[Any, ...] | None:
    """Return the segments of readers and their files; None where one cannot be read natively."""
    if kernel is None or not all(files):
        return None
    return tuple(
        native_segment(file, _deletions(reader))
        for (reader, _), file in zip(leaves, files, strict=True)
    )


def _deletions(reader: IndexReader) -> bytes | None:
    segment = reader.segment()
    return bytes(segment.deletion_bits()) if segment.deleted_count() else None
