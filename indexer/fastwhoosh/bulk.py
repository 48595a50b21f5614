"""The writer: documents into new segments, deletions, merging, and one commit point.

It is used as Whoosh's own writer is::

    with BulkWriter(index) as writer:
        writer.add_document(uid="1", text="La loi de finances")

What it does differently: words are inverted natively and a segment at a time, several processes
can build segments (``procs``), segments are merged without reading documents, a lock is waited
for, and everything is on the disk before the new table of contents gets its name. That name is
the only commit point: whatever a killed writer leaves is removed by the next commit.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from whoosh import writing
from whoosh.index import TOC, LockError
from whoosh.util.filelock import try_for

from indexer.fastwhoosh.bulk_builders import Builders
from indexer.fastwhoosh.bulk_flushing import Setup
from indexer.fastwhoosh.bulk_merging import Place, merged, shared_dictionary
from indexer.fastwhoosh.bulk_policy import policy_of
from indexer.fastwhoosh.bulk_processes import Batch, Make
from indexer.fastwhoosh.bulk_publish import publish, sweep
from indexer.fastwhoosh.bulk_values import Table
from indexer.fastwhoosh.codec import folder_of
from indexer.fastwhoosh.segment import FastSegment
from indexer.processors import processors

# Documents that go to a worker process at a time.
_BATCH: Final = 64
_RETRY_SECONDS: Final = 0.05
# What Whoosh's writers take and what means nothing here.
_WHOOSH_OPTIONS: Final = frozenset(
    {"batchsize", "codec", "compound", "delay", "docbase", "multisegment", "poolclass"}
)


class BulkWriter(writing.SegmentWriter):  # type: ignore[misc]  # Whoosh has no types
    """Adds and deletes documents of a Whoosh index on a folder.

    Args:
        index: the index, a ``FileIndex`` whose storage is a folder.
        limitmb: memory that one process may hold and need for a segment, in MB.
        procs: processes that build segments, this one among them. Each has ``limitmb``.
        timeout: how long to wait for another writer, in seconds.
        make: turns what ``add_raw`` is given into what ``add_table`` takes; picklable, and
            called in the worker processes where there are some.
        options: those of Whoosh's writers that have no meaning here.

    Raises:
        whoosh.index.LockError: another writer is still at work after ``timeout``.
    """

    def __init__(
        self,
        index: Any,
        *,
        limitmb: int = 256,
        procs: int = 1,
        timeout: float = 60.0,
        make: Make | None = None,
        **options: Any,
    ) -> None:
        if unknown := options.keys() - _WHOOSH_OPTIONS:
            raise TypeError(f"BulkWriter ne connaît pas {', '.join(sorted(unknown))}")
        # Not Whoosh's own constructor, which opens pools and files of its codec.
        self.is_closed = True
        self.writelock = index.lock("WRITELOCK")
        if not try_for(self.writelock.acquire, timeout=timeout, delay=_RETRY_SECONDS):
            raise LockError("Un autre processus écrit dans cet index")
        try:
            self._open(index, limitmb << 20, procs, make)
        except BaseException:
            self.writelock.release()
            raise

    def _open(self, index: Any, limit: int, procs: int, make: Make | None) -> None:
        self._index = index
        self.storage, self.indexname = index.storage, index.indexname
        toc = index._read_toc()  # noqa: SLF001 - as Whoosh's writer does
        self.generation: int = toc.generation + 1
        self.schema = toc.schema
        self.segments: list[Any] = toc.segments
        # Whoosh asks _added whether the schema may still change.
        self.docbase = self.docnum = self._added = 0
        self._setup_doc_offsets()
        self._folder = folder_of(self.storage)
        for segment in self.segments:
            if isinstance(segment, FastSegment):
                segment.folder = self._folder
        self._procs, self._make = procs, make
        threaded = procs < processors()  # else threads would take turns with the processes
        setup = Setup(self._folder, self.indexname, self.schema, limit, is_threaded=threaded)
        dictionary = partial(shared_dictionary, self.segments, self._folder)
        self._builders = Builders(setup, make, procs, dictionary)
        self._rows: list[dict[str, Any]] = []
        self._searcher: Any = None
        self._failed: BaseException | None = None
        self.merge, self.optimize, self.mergetype = True, False, None
        self.is_closed = False

    def add_document(self, **fields: Any) -> None:
        """Add a document, as Whoosh's writer does: values, ``_boost``, ``_stored_x``, ``_x_boost``.

        Raises:
            ValueError: a value or weight that its field cannot take; nothing was added. With
                ``procs`` above 1 it comes later and ends the writer, as :class:`WorkerFailed`
                where another process took the document.
        """
        self._check_usable()
        if self._procs > 1:
            self._rows.append(fields)
            if len(self._rows) >= _BATCH:
                self._send_rows()
        else:
            self._builders.here().add(fields)
        self.docnum = self._added = self.docnum + 1

    def add_table(self, table: Table) -> None:
        """Add documents given by field: for each a sequence of one value a document, None for none.

        It is much faster than ``add_document`` a document. An error ends the writer.

        Raises:
            ValueError: a value that its field cannot take; :class:`WorkerFailed`, later, where
                another process takes it.
        """
        self._check_usable()
        self._add_batch(Batch("table", table))

    def add_raw(self, batch: Sequence[Any]) -> None:
        """Add documents that ``make`` makes of others, in the worker processes if there are some.

        An error ends the writer.

        Raises:
            TypeError: the writer was given no ``make``.
            ValueError: as ``add_table``, and what ``make`` raises.
        """
        self._check_usable()
        if self._make is None:
            raise TypeError("add_raw demande un BulkWriter(…, make=…)")
        self._add_batch(Batch("raw", batch))

    def _add_batch(self, batch: Batch) -> None:
        self._send_rows()
        self._add(batch)
        self.docnum = self._added = self.docnum + len(batch)

    def add_reader(self, reader: Any) -> None:
        """Refuse: segments are merged as files, never read in."""
        raise NotImplementedError("Un index s'ajoute par ses documents")

    def cancel(self) -> None:
        """Give up everything that was added or deleted since the last commit."""
        self._check_state()
        self._give_up()
        self._finish()

    def commit(
        self,
        mergetype: Any = None,
        optimize: bool | None = None,  # noqa: FBT001 - Whoosh's signature
        merge: bool | None = None,  # noqa: FBT001  # Whoosh's signature
    ) -> None:
        """Put everything on the disk and make it what readers see from now on.

        ``merge=False`` leaves all segments as they are, ``optimize=True`` makes one of them.
        On failure the lock is released and the error raised; the index is what its table of
        contents says, which is what it was unless the new one had its name already.
        """
        self._check_state()
        try:
            self._check_usable()
            self._commit(policy_of(self, mergetype, optimize, merge))
        except BaseException:
            self._give_up()
            raise
        finally:
            self._finish()

    def _commit(self, policy: str) -> None:
        segments = self.segments + self._built()
        self._close_searcher()
        place = Place(self._index, self._folder, self.schema)
        segments = merged(segments, place, policy, self._procs)
        for segment in segments:
            if isinstance(segment, FastSegment):
                segment.write_deletions(self._folder)
        publish(self._index, self._folder, TOC(self.schema, segments, self.generation))

    def _built(self) -> list[Any]:
        """Return the segments of all documents that were added."""
        self._send_rows()
        return self._builders.finish()

    def _send_rows(self) -> None:
        if self._rows:
            rows, self._rows = self._rows, []
            self._add(Batch("documents", rows))

    def _add(self, batch: Batch) -> None:
        try:
            self._builders.add(batch)
        except BaseException as error:
            self._failed = error
            raise

    def _check_usable(self) -> None:
        self._check_state()
        if self._failed is not None:
            raise writing.IndexingError(f"L'indexation a échoué : {self._failed}")

    def _give_up(self) -> None:
        """Stop building and remove what was written, whatever the writer came to."""
        self._builders.cancel()
        self._close_searcher()
        with suppress(Exception):  # an error that led here is the one to tell
            sweep(self._index, self._folder)

    def _close_searcher(self) -> None:
        if self._searcher is not None:
            self._searcher._orig_close()  # noqa: SLF001 - set by Whoosh's writer
            self._searcher = None

    def _finish(self) -> None:
        self._close_searcher()
        self.is_closed = True
        self.writelock.release()
