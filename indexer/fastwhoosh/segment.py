"""What Whoosh's table of contents holds of a segment, and the one mapping that its readers share.

A segment knows its name, how many documents it has and which are deleted. Deletions are a file
beside the segment, read when a reader opens; a change is buffered until then, so that a writer
that never opens the segment can delete by number. What is pickled is small: a file's name and a
count. Only where a stock writer commits deletions without writing that file, the pickled state
carries the bits themselves, until a writer that knows better writes the file.
"""

import threading
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from whoosh.codec import base

from indexer.fastwhoosh import deletions
from indexer.fastwhoosh.building import SegmentBuilder
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.segmentfile import EXTENSION, SegmentFile

_opening: Final = threading.Lock()


class FastSegment(base.Segment):  # type: ignore[misc]  # Whoosh has no types
    """A segment of the fast format.

    Args:
        codec: the codec that reads it; pickled with it.
        indexname: Whoosh's name of the index.

    Attributes:
        deletions: name of the deletion file, None without one.
        folder: where the files are, None until a reader or an index says.
    """

    def __init__(self, codec: Any, indexname: str) -> None:
        super().__init__(indexname)
        self.deletions: str | None = None
        self.folder: Path | None = None
        self._codec = codec
        self._docs = 0
        self._count = 0
        self._bits: bytearray | None = None
        self._changes: dict[int, bool] = {}
        self._unwritten = False
        self._builder: SegmentBuilder | None = None
        self._file: weakref.ref[SegmentFile] | None = None

    # Whoosh 2.7.4 has no equality of segments.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, FastSegment) and bool(self.segid == other.segid)

    def __hash__(self) -> int:
        return hash(self.segid)

    def codec(self) -> Any:
        """Return the codec that reads the segment."""
        return self._codec

    def should_assemble(self) -> bool:
        """Whoosh's compound files are of no use here: a segment is one file already."""
        return False

    def builder(self) -> SegmentBuilder:
        """Return what the writers of this new segment fill together."""
        if self._builder is None:
            self._builder = SegmentBuilder()
        return self._builder

    def doc_count_all(self) -> int:
        """Return the number of documents, deleted ones counted."""
        return self._docs

    def set_doc_count(self, doccount: int) -> None:
        """Set the number of documents of a segment that is being written."""
        self._docs = doccount

    def deleted_count(self) -> int:
        """Return the number of deleted documents."""
        return self._count

    def deleted_docs(self) -> Iterator[int]:
        """Give the deleted documents, ascending."""
        return deletions.places(self.deletion_bits()) if self._count else iter(())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._count > 0 and deletions.get(self.deletion_bits(), docnum)

    def delete_document(self, docnum: int, delete: bool = True) -> None:  # noqa: FBT001, FBT002 - Whoosh's signature
        """Delete a document, or bring it back, in memory.

        Raises:
            IndexError: the segment has no such document.
        """
        if not 0 <= docnum < self._docs:
            raise IndexError(f"no document {docnum} in {self!r}")
        if self._bits is None and (self.deletions is None or self.folder is not None):
            self.deletion_bits()
        if self._bits is None:
            self._count += delete - self._changes.get(docnum, not delete)
            self._changes[docnum] = delete
        else:
            self._count += delete - deletions.get(self._bits, docnum)
            deletions.put(self._bits, docnum, deleted=delete)
        self._unwritten = True

    def deletion_bits(self) -> bytearray:
        """Return the bits of the deleted documents, read now if they are not in memory.

        Raises:
            DamagedSegment: the deletion file, or what the table of contents says, is not right.
            RuntimeError: they are in a file and no one said in which folder.
        """
        if self._bits is None:
            bits = self._read_bits()
            for doc, deleted in self._changes.items():
                deletions.put(bits, doc, deleted=deleted)
            self._bits, self._changes = bits, {}
            self._count = deletions.count(bits)
        elif len(self._bits) != (self._docs + 7) // 8:
            raise DamagedSegment(self.segment_id(), "suppressions d’un autre nombre de documents")
        return self._bits

    def write_deletions(self, folder: Path) -> None:
        """Put changed deletions into a new file, on the disk, and name it here.

        The old file stays: it is removed once the table of contents is on the disk, with
        :func:`stale_deletions`.
        """
        self.folder = folder
        if not self._unwritten:
            return
        bits = self.deletion_bits()
        name = self.make_filename(f".{self._next_number()}{deletions.EXTENSION}")
        deletions.write(folder / name, bits, self._docs)
        self.deletions, self._unwritten = name, False

    def attach(self, folder: Path) -> SegmentFile:
        """Return the mapped file for one more reader, who gives it back with :func:`detach`.

        Raises:
            SegmentError: the file cannot be read.
            OSError: it is not there.
        """
        self.folder = folder
        with _opening:
            file = self._file() if self._file else None
            if file is None or file.map is None:
                file = SegmentFile(folder / self.make_filename(EXTENSION))
                self._file = weakref.ref(file)
            file.users += 1
        if file.docs != self._docs:
            detach(file)
            raise DamagedSegment(file.path, "pas le nombre de documents que dit l’index")
        return file

    def __getstate__(self) -> dict[str, Any]:
        return {
            "indexname": self.indexname,
            "segid": self.segid,
            "codec": self._codec,
            "docs": self._docs,
            "deletions": self.deletions,
            "count": self._count,
            "bits": bytes(self._bits) if self._bits is not None and self._unwritten else None,
            "changes": self._changes,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["codec"], state["indexname"])  # type: ignore[misc]  # what Whoosh unpickles
        self.segid = state["segid"]
        self.deletions = state["deletions"]
        self._docs, self._count = state["docs"], state["count"]
        bits = state["bits"]
        self._bits = None if bits is None else bytearray(bits)
        self._changes = dict(state["changes"])
        self._unwritten = bits is not None or bool(self._changes)

    def _read_bits(self) -> bytearray:
        if self.deletions is None:
            return deletions.none_deleted(self._docs)
        if self.folder is None:
            raise RuntimeError(f"the folder of {self!r} is not known yet")
        return deletions.read(self.folder / self.deletions, self._docs)

    def _next_number(self) -> int:
        number = (self.deletions or "").removesuffix(deletions.EXTENSION).rpartition(".")[2]
        return int(number) + 1 if number.isdecimal() else 1


def detach(file: SegmentFile) -> None:
    """Give back a file from :meth:`FastSegment.attach`; the last reader closes it."""
    with _opening:
        file.users -= 1
        if file.users <= 0:
            file.close()


def stale_deletions(folder: Path, segments: Iterable[FastSegment]) -> list[Path]:
    """Return the deletion files of these segments that none of them names any more."""
    return [
        path
        for segment in segments
        for path in sorted(folder.glob(f"{segment.segment_id()}.*{deletions.EXTENSION}"))
        if path.name != segment.deletions
    ]
