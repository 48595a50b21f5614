"""The codec: Whoosh's own plug-in point for a format of segments.

``index.writer(codec=FastCodec())`` writes the format; a segment names its codec in Whoosh's table
of contents, so ``whoosh.index.open_dir`` reads it without being told. Vectors, formats other than
Existence, Frequency and Positions, and weights that are no numbers of occurrences are refused with
:class:`~indexer.fastwhoosh.errors.UnsupportedField`. So is a storage that is no folder.
"""

from pathlib import Path
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage

from indexer.fastwhoosh.errors import UnsupportedField
from indexer.fastwhoosh.fieldwriter import FastFieldWriter
from indexer.fastwhoosh.perdoc import FastPerDocReader, FastPerDocWriter
from indexer.fastwhoosh.segment import FastSegment, detach
from indexer.fastwhoosh.terms import FastTermsReader


class FastCodec(base.Codec):  # type: ignore[misc]  # Whoosh has no types
    """Opens the readers and writers of the fast format. It has no state."""

    # Lengths come to the writer of documents; nothing needs them read back while writing.
    length_stats = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FastCodec)

    def __hash__(self) -> int:
        return hash(FastCodec)

    def new_segment(self, storage: Any, indexname: str) -> FastSegment:  # noqa: ARG002 - Whoosh's signature
        """Return a new, empty segment."""
        return FastSegment(self, indexname)

    def per_document_writer(self, storage: Any, segment: FastSegment) -> FastPerDocWriter:  # noqa: ARG002 - Whoosh's signature
        """Return what collects the documents of a new segment."""
        return FastPerDocWriter(segment)

    def field_writer(self, storage: Any, segment: FastSegment) -> FastFieldWriter:
        """Return what encodes the postings of a new segment and writes it."""
        return FastFieldWriter(folder_of(storage), segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 - Whoosh's signature
        """Refuse: only vectors would need it.

        Raises:
            UnsupportedField: always.
        """
        raise UnsupportedField("Les vecteurs ne sont pas pris en charge.")

    def terms_reader(self, storage: Any, segment: FastSegment) -> FastTermsReader:
        """Return a reader of terms.

        Raises:
            SegmentError: the file cannot be read.
        """
        return FastTermsReader(segment.attach(folder_of(storage)))

    def per_document_reader(self, storage: Any, segment: FastSegment) -> FastPerDocReader:
        """Return a reader of documents; the segment's deletions are in memory then.

        Raises:
            SegmentError: the file, or that of the deletions, cannot be read.
        """
        file = segment.attach(folder_of(storage))
        try:
            segment.deletion_bits()
            return FastPerDocReader(segment, file)
        except BaseException:
            detach(file)
            raise


def folder_of(storage: Any) -> Path:
    """Return the folder of a storage.

    Raises:
        UnsupportedField: it is none.
    """
    if not isinstance(storage, FileStorage):
        raise UnsupportedField("Un index rapide demande un dossier (FileStorage).")
    return Path(storage.folder)
