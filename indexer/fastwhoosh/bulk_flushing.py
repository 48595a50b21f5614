"""Documents into as many segments as memory asks for, each written when its time has come."""

from pathlib import Path
from typing import Any

from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_segment import MAX_DOCUMENTS, SegmentBuilder
from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import EXTENSION


class Flushing:
    """Adds documents to a segment and starts the next when it is full.

    ``limit`` is the memory in bytes, ``dictionary`` that of the stored fields (None to train one).
    """

    def __init__(
        self,
        folder: Path,
        indexname: str,
        documents: Documents,
        limit: int,
        dictionary: bytes | None,
    ) -> None:
        self.documents = documents
        self.dictionary = dictionary
        self.count = 0
        self._folder = folder
        self._indexname = indexname
        self._limit = limit
        self._segments: list[Any] = []
        self._builder: SegmentBuilder | None = None
        self._segment: Any = None

    def add(self, fields: dict[str, Any]) -> None:
        """Add a document, given as the keyword arguments of ``add_document``."""
        prepared = self.documents.prepare(fields)
        builder = self._builder or self._begin()
        builder.add(prepared)
        self.count += 1
        if self.dictionary is None:
            self.dictionary = builder.dictionary
        if builder.docs >= MAX_DOCUMENTS or builder.memory >= self._limit:
            self._flush()

    def finish(self) -> list[Any]:
        """Write what is left; return all segments."""
        self._flush()
        return self._segments

    def cancel(self) -> None:
        """Remove everything that was written."""
        if self._builder:
            self._builder.cancel()
            self._builder = None
        for segment in self._segments:
            (self._folder / segment.make_filename(EXTENSION)).unlink(missing_ok=True)

    def _begin(self) -> SegmentBuilder:
        self._segment = FastSegment(FastCodec(), self._indexname)
        path = self._folder / self._segment.make_filename(EXTENSION)
        self._builder = SegmentBuilder(path, self.documents, self.dictionary)
        return self._builder

    def _flush(self) -> None:
        builder, self._builder = self._builder, None
        if builder is None:
            return
        if not builder.docs:
            builder.cancel()
            return
        builder.finish()
        self._segment.set_doc_count(builder.docs)
        self._segments.append(self._segment)
