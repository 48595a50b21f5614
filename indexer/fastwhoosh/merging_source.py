"""A segment as the merger sees it: a file, and which of its documents live."""

import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indexer.fastwhoosh.segmentfile import SegmentFile

# In a renumbering: not there any more.
GONE: Final = 2**32 - 1


@dataclass(frozen=True)
class Source:
    """A segment to merge: its file, and its deleted documents in ascending order."""

    file: SegmentFile
    deleted: Sequence[int] = ()

    @property
    def docs(self) -> int:
        """Documents, deleted or not."""
        return int(self.file.directory["docs"])

    @property
    def live(self) -> int:
        """Documents that are not deleted."""
        return self.docs - len(self.deleted)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield (first, end) of the runs of live documents."""
        start = 0
        for document in self.deleted:
            if document > start:
                yield start, document
            start = document + 1
        if start < self.docs:
            yield start, self.docs

    def compact(self, data: memoryview, width: int = 1) -> bytes:
        """Return what live documents have in an array of ``width`` bytes a document."""
        return b"".join(data[first * width : end * width] for first, end in self.runs())

    def renumbering(self, base: int) -> bytes:
        """Return u32 for each document: its number counted from ``base``, or GONE."""
        numbers = array("I", [GONE]) * self.docs
        for first, end in self.runs():
            numbers[first:end] = array("I", range(base, base + end - first))
            base += end - first
        return numbers.tobytes()


def array_of(typecode: str, data: bytes | memoryview) -> "array[Any]":
    """Return the array that a section holds."""
    numbers = array(typecode)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
