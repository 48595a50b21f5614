"""Documents into as many segments as memory asks for, each written when its time has come."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from whoosh.fields import Schema
from whoosh.writing import IndexingError

from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_segment import MAX_DOCUMENTS, SegmentBuilder
from indexer.fastwhoosh.bulk_values import Table, rows_in
from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import EXTENSION

# Documents of a table that are taken together; memory is looked at between them.
_TABLE: Final = 256


@dataclass(frozen=True)
class Setup:
    """What building segments takes, in any process: it is picklable.

    ``limit`` is the memory in bytes. Where ``is_threaded``, threads work beside each process.
    """

    folder: Path
    indexname: str
    schema: Schema
    limit: int
    is_threaded: bool = True


class Flushing:
    """Adds documents to a segment and starts the next when it is full.

    ``dictionary`` is that of the stored fields, None to train one.
    """

    def __init__(self, setup: Setup, dictionary: bytes | None) -> None:
        self.documents = Documents(setup.schema)
        self.dictionary = dictionary
        self.count = 0
        self._setup = setup
        self._segments: list[Any] = []
        self._builder: SegmentBuilder | None = None
        self._segment: Any = None
        self._failed: BaseException | None = None

    def add(self, fields: dict[str, Any]) -> None:
        """Add a document, given as the keyword arguments of ``add_document``.

        Raises:
            ValueError: a value that cannot be held; nothing was added.
            OSError: the disk refused what documents before have written; nothing can be added or
                finished any more.
        """
        self._check_whole()
        prepared = self.documents.prepare(fields)
        builder = self._builder or self._begin()
        builder.add(prepared)
        try:
            self._advance(builder)
        except BaseException as error:
            self._failed = error
            raise

    def add_table(self, table: Table) -> None:
        """Add documents given by field (see :mod:`.bulk_values`).

        Raises:
            ValueError: a value that its field cannot take, or no table; documents of it may have
                been added, so that nothing can be finished any more.
            OSError: the same, by the disk.
        """
        self._check_whole()
        try:
            count = rows_in(table)
            for name in table:
                self.documents.plan(name)
            start = 0
            while start < count:
                start += self._add_rows(table, start, count)
        except BaseException as error:
            self._failed = error
            raise

    def _add_rows(self, table: Table, start: int, count: int) -> int:
        """Add some rows of a table from ``start`` on; return how many."""
        builder = self._builder or self._begin()
        end = min(count, start + _TABLE, start + MAX_DOCUMENTS - builder.docs)
        if end - start < count:
            # One sequence that several fields share stays one.
            parts = {id(values): values[start:end] for values in table.values()}
            table = {name: parts[id(values)] for name, values in table.items()}
        builder.add_table(table, end - start)
        self.count += end - start
        self._flush_if_full(builder)
        return end - start

    def _advance(self, builder: SegmentBuilder) -> None:
        builder.take_if_due()
        self.count += 1
        self._flush_if_full(builder)

    def _flush_if_full(self, builder: SegmentBuilder) -> None:
        if self.dictionary is None:
            self.dictionary = builder.dictionary
        if builder.docs >= MAX_DOCUMENTS or builder.memory >= self._setup.limit:
            self._flush()

    def finish(self) -> list[Any]:
        """Write what is left; return all segments, which are the caller's from now on.

        Raises:
            IndexingError: writing failed before, so that documents would be missing.
        """
        self._check_whole()
        self._flush()
        segments, self._segments = self._segments, []
        return segments

    def cancel(self) -> None:
        """Remove everything that was written and that nobody was given."""
        if self._builder:
            self._builder.cancel()
            self._builder = None
        segments, self._segments = self._segments, []
        for segment in segments:
            (self._setup.folder / segment.make_filename(EXTENSION)).unlink(missing_ok=True)

    def _check_whole(self) -> None:
        if self._failed is not None:
            raise IndexingError(f"L'indexation a échoué : {self._failed}") from self._failed

    def _begin(self) -> SegmentBuilder:
        self._segment = FastSegment(FastCodec(), self._setup.indexname)
        path = self._setup.folder / self._segment.make_filename(EXTENSION)
        self._builder = SegmentBuilder(
            path, self.documents, self.dictionary, is_threaded=self._setup.is_threaded
        )
        return self._builder

    def _flush(self) -> None:
        builder = self._builder
        if builder is None:
            return
        if builder.docs:
            builder.finish()
            self._segment.set_doc_count(builder.docs)
            self._segments.append(self._segment)
        else:
            builder.cancel()
        self._builder = None
