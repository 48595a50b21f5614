"""Encodes the postings of a new segment as Whoosh gives them, sorted by field and bytes.

Whoosh's writer hands over whatever a schema makes of a text; what the format does not hold is
refused here with the field's name, so that nothing is lost in silence.
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from whoosh.codec import base

from indexer.fastwhoosh.building import kind_of
from indexer.fastwhoosh.encoding import FieldEncoder
from indexer.fastwhoosh.errors import UnsupportedField
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import EXTENSION

# Document, frequency and positions (none for other kinds).
_Posting = tuple[int, int, list[int]]


class FastFieldWriter(base.FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    """Encodes the postings of a new segment, and writes its file when closed.

    Args:
        folder: where the file goes.
        segment: the new segment.
    """

    def __init__(self, folder: Path, segment: FastSegment) -> None:
        self.is_closed = False
        self._path = folder / segment.make_filename(EXTENSION)
        self._builder = segment.builder()
        self._filled = False
        self._field = ""
        self._format: Any = None
        self._kind = ""
        self._term = b""
        self._postings: list[_Posting] = []
        self._encoder: FieldEncoder | None = None

    def add_postings(self, schema: Any, lengths: Any, items: Iterable[Any]) -> None:
        """Encode all postings: ``(field, bytes, document, weight, value)`` in order."""
        self._filled = True
        super().add_postings(schema, lengths, items)

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field.

        Raises:
            UnsupportedField: the format does not hold it.
            ValueError: it was begun before.
        """
        if fieldname in self._builder.fields:
            raise ValueError(f"the field {fieldname!r} comes twice")
        self._filled = True
        self._field, self._format = fieldname, fieldobj.format
        self._kind = kind_of(fieldname, fieldobj)
        norms = self._builder.norms(fieldname) if fieldobj.scorable else None
        self._encoder = FieldEncoder(self._kind, norms)

    def start_term(self, text: bytes) -> None:
        """Begin a term."""
        self._term = text
        self._postings = []

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None = None) -> None:  # noqa: ARG002 - Whoosh's signature
        """Add a posting of the term.

        Raises:
            UnsupportedField: the weight is not the number of occurrences.
        """
        positions = self._format.decode_positions(vbytes) if self._kind == "positions" else []
        tf = int(weight)
        wanted = {"positions": len(positions), "existence": 1}.get(self._kind, tf)
        if tf != weight or tf < 1 or tf != wanted:
            raise UnsupportedField(
                f"Champ « {self._field} » : le poids {weight} de {self._term!r} n’est pas son "
                "nombre d’occurrences, seul conservé ; pondérez à la recherche."
            )
        self._postings.append((docnum, tf, positions))

    def finish_term(self) -> None:
        """Encode the term."""
        assert self._encoder is not None, "a field is open"
        # Documents that were cancelled after their words were noted do not exist.
        postings = [posting for posting in self._postings if posting[0] < self._builder.docs]
        if any(a[0] >= b[0] for a, b in pairwise(postings)):
            postings = _merged(postings)
        if self._kind == "existence":
            postings = [(doc, 1, []) for doc, _, _ in postings]
        if postings:
            positions = [at for posting in postings for at in sorted(posting[2])]
            docs, tfs = [posting[0] for posting in postings], [posting[1] for posting in postings]
            kept = positions if self._kind == "positions" else None
            self._encoder.add(self._term, docs, tfs, kept)

    def finish_field(self) -> None:
        """Keep the encoded field."""
        assert self._encoder is not None, "a field is open"
        self._builder.fields[self._field] = self._encoder.finish()
        self._encoder = None

    def close(self) -> None:
        """Write the file, unless the writer was cancelled before any postings came."""
        if self._filled and not self.is_closed:
            self._builder.write(self._path)
        self.is_closed = True


def _merged(postings: list[_Posting]) -> list[_Posting]:
    merged: dict[int, _Posting] = {}
    for doc, tf, positions in postings:
        _, before, known = merged.get(doc, (doc, 0, []))
        merged[doc] = doc, before + tf, known + positions
    return sorted(merged.values())
