"""An index of Whoosh whose segments are fast by default.

::

    index = create_in("dossier", schema)
    with index.writer() as writer:
        writer.add_document(text="bonjour")

The files are those of Whoosh but for the segments: ``whoosh.index.open_dir`` opens them as well.
What this class adds: its writer uses :class:`~indexer.fastwhoosh.codec.FastCodec`, waits for the
lock instead of failing at once, and is not slowed down by chance with another codec.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from whoosh.filedb.filestore import FileStorage
from whoosh.index import _DEF_INDEX_NAME, EmptyIndexError, FileIndex, LockError
from whoosh.writing import SegmentWriter

from indexer.fastwhoosh import contents
from indexer.fastwhoosh.codec import FastCodec, folder_of
from indexer.fastwhoosh.segment import FastSegment

# Seconds that a writer waits for the one before it: a commit of a day's questions takes less.
PATIENCE: Final = 30.0
# Seconds between readings of a table of contents that is not there: a publication takes less.
_PAUSES: Final = (0.0, 0.001, 0.01, 0.05)
_BULK: Final = "indexer.fastwhoosh.bulk"


class OtherCodec(ValueError):
    """A writer was asked to write segments of another format."""


def create_in(path: Path | str, schema: Any, indexname: str = _DEF_INDEX_NAME) -> "FastIndex":
    """Create an empty index in a folder, which is made if need be."""
    storage = FileStorage(str(path)).create()
    return FastIndex.create(storage, schema, indexname)  # type: ignore[no-any-return]  # Whoosh has no types


def open_dir(path: Path | str, indexname: str = _DEF_INDEX_NAME) -> "FastIndex":
    """Open the index of a folder.

    Raises:
        whoosh.index.EmptyIndexError: there is none.
        DamagedSegment: its table of contents is not what was written.
    """
    return FastIndex(FileStorage(str(path)), indexname=indexname)


class FastIndex(FileIndex):  # type: ignore[misc]  # Whoosh has no types
    """An index in a folder, written with the fast codec.

    Opening it and all that reads its table of contents works while another process publishes.

    Args:
        storage: the folder.
        schema: what to read it with, instead of its own schema.
        indexname: Whoosh's name of the index.

    Raises:
        whoosh.index.EmptyIndexError: there is none.
        DamagedSegment: its table of contents is not what was written.
    """

    def __init__(self, storage: Any, schema: Any = None, indexname: str = _DEF_INDEX_NAME) -> None:
        def opened() -> None:
            contents.verify_latest(storage, indexname)
            super(FastIndex, self).__init__(storage, schema, indexname)

        _patient(opened)

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return folder_of(self.storage)

    def writer(
        self,
        procs: int = 1,
        codec: Any = None,
        timeout: float = PATIENCE,
        *,
        allow_other_codec: bool = False,
        **options: Any,
    ) -> Any:
        """Return a writer, once no other one is at work.

        Args:
            procs: number of processes that build segments.
            codec: the fast codec where None.
            timeout: seconds to wait for the lock.
            allow_other_codec: write with ``codec`` whatever it is, to convert an index.
            options: what else the writer takes.

        Raises:
            OtherCodec: ``codec`` is another one.
            whoosh.index.LockError: another writer held the lock all the time.
        """
        fast = codec is None or isinstance(codec, FastCodec)
        if not fast and not allow_other_codec:
            raise OtherCodec(
                f"Cet index s’écrit avec FastCodec, pas avec {type(codec).__name__} ; pour le "
                "convertir, demandez allow_other_codec=True."
            )
        try:
            if fast and find_spec(_BULK) is not None:
                bulk_writer = import_module(_BULK).BulkWriter
                return bulk_writer(self, procs=procs, timeout=timeout, **options)
            codec = FastCodec() if fast else codec
            return SegmentWriter(self, codec=codec, timeout=timeout, **options)
        except LockError as error:
            raise LockError(
                f"Une autre écriture est en cours dans {self.folder} depuis {timeout} s."
            ) from error

    def reader(self, reuse: Any = None) -> Any:
        """Open what the table of contents names now.

        Args:
            reuse: a reader of this index that is not needed any more, closed here. Whoosh would
                take over its segments, also those that were merged into others since, and with
                the deletions of then; opening anew is a mapping a segment.
        """
        reader = super().reader()
        if reuse is not None:
            reuse.close()
        return reader

    def _verified_toc(self) -> Any:
        contents.verify_latest(self.storage, self.indexname)
        return super()._read_toc()

    def _read_toc(self) -> Any:
        toc = _patient(self._verified_toc)
        for segment in toc.segments:
            if isinstance(segment, FastSegment):
                segment.folder = self.folder
        return toc


def _patient(read: Callable[[], Any]) -> Any:
    """Read a table of contents, again if another took its place meanwhile.

    A folder may be listed before the new one has its name and the old one be removed before it is
    opened; and a listing that is slower than both may show neither.
    """
    for pause in _PAUSES:
        with suppress(FileNotFoundError, EmptyIndexError):
            return read()
        time.sleep(pause)
    return read()
