"""The terms of one field of several segments into one field, natively or in plain Python."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from indexer.fastwhoosh.directory import Section
from indexer.fastwhoosh.errors import DamagedSegment, Malformed
from indexer.fastwhoosh.merging_plain import FieldInput, merge_fields
from indexer.fastwhoosh.segmentfile import SegmentFileWriter
from indexer.native import kernel

# How files begin that hold what has no place yet. On most systems they have no name at all.
TEMPORARY: Final = ".fusion-"
_COPIED: Final = 1 << 20
_DAMAGE: Final[tuple[type[Exception], ...]] = (
    (Malformed,) if kernel is None else (Malformed, kernel.Damaged)
)


class MergedField:
    """A merged field: small sections in memory, the large ones in files beside the segment."""

    def __init__(self, folder: Path) -> None:
        self.terms = 0
        self.small: dict[str, bytes] = {}
        self._files = ExitStack()
        self.postings = self._temporary(folder)
        self.positions = self._temporary(folder)

    def write(self, file: SegmentFileWriter) -> dict[str, Section]:
        """Write all sections; return where they are."""
        sections = {part: file.section(data) for part, data in self.small.items()}
        sections["postings"] = _copied(self.postings, file)
        sections["positions"] = _copied(self.positions, file)
        return sections

    def close(self) -> None:
        """Give the files back."""
        self._files.close()

    def _temporary(self, folder: Path) -> BinaryIO:
        stream: Any = tempfile.TemporaryFile(prefix=TEMPORARY, dir=folder)  # noqa: SIM115 - closed by close
        self._files.callback(stream.close)
        kept: BinaryIO = stream
        return kept


@contextmanager
def merged_field(
    inputs: Sequence[FieldInput], kind: int, norms: bytes | None, docs: int, folder: Path
) -> Iterator[MergedField]:
    """Give the merged field; what does not fit in memory waits in ``folder`` until the end.

    Raises:
        DamagedSegment: an input is not what was written.
    """
    merged = MergedField(folder)
    try:
        try:
            _run(merged, (kind, docs, norms, tuple(inputs)))
        except _DAMAGE as error:
            raise DamagedSegment(folder, f"un segment à fusionner est abîmé ({error})") from error
        yield merged
    finally:
        merged.close()


def _run(merged: MergedField, given: tuple[Any, ...]) -> None:
    run: Any = merge_fields if kernel is None else kernel.merge_fields
    merged.terms, *small = run(*given, merged.postings.write, merged.positions.write)
    merged.small = dict(zip(("blob", "offsets", "infos"), small, strict=True))


def _copied(stream: BinaryIO, file: SegmentFileWriter) -> Section:
    stream.seek(0)
    file.begin()
    while data := stream.read(_COPIED):
        file.append(data)
    return file.end()
