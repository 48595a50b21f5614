"""Segments of Whoosh's own codec into fast ones: read through Whoosh, posting by posting.

Slow, and needed once: when an index that Whoosh wrote is optimized by the bulk writer.
"""

from contextlib import closing
from typing import Any

from whoosh.fields import Schema
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from indexer.fastwhoosh.codec import FastCodec
from indexer.fastwhoosh.segment import FastSegment


def converted(index: Any, schema: Schema, segment: Any) -> list[FastSegment]:
    """Return the fast segment of a foreign one's live documents, none if it has none.

    The caller holds the write lock; the foreign segment's files stay until its commit.

    Raises:
        UnsupportedField: the segment has what a fast one does not keep.
    """
    if not segment.doc_count():
        return []
    writer = SegmentWriter(index, codec=FastCodec(), _lk=False)
    try:
        writer.schema = schema
        with closing(SegmentReader(index.storage, schema, segment)) as reader:
            writer.add_reader(reader)
        written: FastSegment = writer._finalize_segment()  # noqa: SLF001 - Whoosh's own steps of a commit
    except BaseException:
        writer.cancel()
        raise
    writer._finish()  # noqa: SLF001 - the same
    return [written]
