"""The terms of one field of several segments into one field, natively or in plain Python."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from indexer.fastwhoosh.directory import Section
from indexer.fastwhoosh.segmentfile import SegmentFileWriter
from indexer.native import kernel

# Files for what is not in its place yet; they are gone with the process.
_PREFIX: Final = ".fusion-"
_COPIED: Final = 1 << 20


class FieldInput(NamedTuple):
    """A field of one segment: its sections, and where its documents go.

    Document d becomes ``base`` + d, or what the u32 array ``numbers`` says (2**32 - 1: nothing).
    """

    kind: int
    docs: int
    base: int
    terms: int
    blob: memoryview
    offsets: memoryview
    infos: memoryview
    postings: memoryview
    positions: memoryview
    numbers: bytes | None


class MergedField:
    """A merged field: small sections in memory, the large ones in nameless files."""

    def __init__(self, folder: Path) -> None:
        self.terms = 0
        self.small: dict[str, bytes] = {}
        self._files = ExitStack()
        self.large: dict[str, Any] = {
            part: self._files.enter_context(tempfile.TemporaryFile(prefix=_PREFIX, dir=folder))
            for part in ("postings", "positions")
        }

    def write(self, file: SegmentFileWriter) -> dict[str, Section]:
        """Write all sections; return where they are."""
        sections = {part: file.section(data) for part, data in self.small.items()}
        for part, stream in self.large.items():
            sections[part] = _copied(stream, file)
        return sections

    def close(self) -> None:
        """Give the files back."""
        self._files.close()


def merge_field(
    inputs: Sequence[FieldInput], kind: int, norms: bytes | None, docs: int, path: Path
) -> MergedField:
    """Merge a field; ``path`` is the file that it will go to, beside which large parts wait."""
    merged = MergedField(path.parent)
    try:
        run = kernel.merge_fields if kernel is not None else merge_fields
        merged.terms, blob, offsets, infos = run(
            kind,
            docs,
            norms,
            tuple(inputs),
            merged.large["postings"].write,
            merged.large["positions"].write,
        )
    except BaseException:
        merged.close()
        raise
    merged.small = {"blob": blob, "offsets": offsets, "infos": infos}
    return merged


def _copied(stream: BinaryIO, file: SegmentFileWriter) -> Section:
    stream.seek(0)
    file.begin()
    while data := stream.read(_COPIED):
        file.append(data)
    return file.end()
