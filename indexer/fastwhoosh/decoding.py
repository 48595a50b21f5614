"""Reads the sections of a field: its terms in order, and where the postings of each lie.

The counterpart of :mod:`indexer.fastwhoosh.encoding`; postings are read by
:mod:`indexer.fastwhoosh.records`. Every offset is checked before it is used; what is wrong is
:class:`~indexer.fastwhoosh.errors.Malformed`, for the caller to put a file's name to.

>>> from indexer.fastwhoosh.encoding import encode_field
>>> sections = encode_field("frequencies", [(b"a", [0, 3], [1, 2], None)], None)
>>> reader = FieldReader(sections, docs=4)
>>> reader.find(b"a"), reader.find(b"b"), reader.postings(0)
(0, None, ([0, 3], [1, 2]))
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from indexer.fastwhoosh.encoding import INFO, U32, FieldSections
from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.records import Record, open_record
from indexer.fastwhoosh.segmentfile import SegmentFile


@dataclass(frozen=True, slots=True)
class TermEntry:
    """What the term table says: offset of the record, documents and occurrences of the term."""

    offset: int
    df: int
    cf: int


def field_sections(file: SegmentFile, name: str) -> FieldSections:
    """Return the views of a field of a segment.

    Raises:
        KeyError: the segment has no such field.
    """
    entry: dict[str, Any] = file.directory["fields"][name]
    return FieldSections(
        kind=entry["kind"],
        terms=entry["terms"],
        blob=file.section(entry["blob"]),
        offsets=file.section(entry["offsets"]),
        infos=file.section(entry["infos"]),
        postings=file.section(entry["postings"]),
        positions=file.section(entry["positions"]),
        norms=file.section(entry["norms"]) if "norms" in entry else None,
    )


class FieldReader:
    """The terms of a field, by their places from 0 to T - 1.

    Args:
        sections: the bytes.
        docs: number of documents of the segment.

    Raises:
        Malformed: the sections have not the sizes that T and N ask for.
    """

    def __init__(self, sections: FieldSections, docs: int) -> None:
        self.sections = sections
        self.docs = docs
        self.terms = sections.terms
        if len(sections.offsets) != U32.size * (self.terms + 1):
            raise Malformed("table des termes de longueur fausse")
        if len(sections.infos) != INFO.size * self.terms:
            raise Malformed("table des fréquences de longueur fausse")
        if sections.norms is not None and len(sections.norms) != docs:
            raise Malformed("longueurs des documents de nombre faux")

    def find(self, term: bytes) -> int | None:
        """Return the place of a term, None where the field has not got it."""
        place = self.lower_bound(term)
        return place if place < self.terms and self.term(place) == term else None

    def lower_bound(self, term: bytes) -> int:
        """Return the place of the first term that is not below, T where there is none."""
        return bisect_left(range(self.terms), term, key=self.term)

    def term(self, place: int) -> bytes:
        """Return the term of a place."""
        offsets = self.sections.offsets
        (start,) = U32.unpack_from(offsets, U32.size * place)
        (end,) = U32.unpack_from(offsets, U32.size * (place + 1))
        if not start <= end <= len(self.sections.blob):
            raise Malformed("table des termes désordonnée")
        return bytes(self.sections.blob[start:end])

    def entry(self, place: int) -> TermEntry:
        """Return what the term table says of a place."""
        return TermEntry(*INFO.unpack_from(self.sections.infos, INFO.size * place))

    def record(self, place: int) -> Record:
        """Open the postings of a place."""
        entry = self.entry(place)
        return open_record(self.sections, self.docs, entry.offset, entry.df)

    def postings(self, place: int) -> tuple[list[int], list[int]]:
        """Decode all documents and frequencies of a place."""
        record = self.record(place)
        docs: list[int] = []
        tfs: list[int] = []
        for number in range(record.blocks):
            block = record.load(number)
            docs += block.docs
            tfs += block.tfs
        return docs, tfs

    def positions(self, place: int) -> list[list[int]]:
        """Decode the positions of each posting of a place of a field that keeps them."""
        record = self.record(place)
        positions: list[list[int]] = []
        for number in range(record.blocks):
            positions += record.positions(number, record.load(number).tfs)
        return positions
