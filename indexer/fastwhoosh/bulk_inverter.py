"""The words of documents in, the sections of fields out: natively, or in plain Python.

Both give the same bytes. The plain one has no texts (a lexicon is native): its fields get their
terms one by one, as Whoosh's analyzers give them.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.fastwhoosh.bulk_documents import (
    EXISTENCE,
    FREQUENCIES,
    KINDS,
    POSITIONS,
    Items,
    Taken,
)
from indexer.fastwhoosh.encoding import FieldEncoder
from indexer.fastwhoosh.segmentfile import Buffer
from indexer.native import kernel

if TYPE_CHECKING:
    from indexer.native._kernel import Inverter

# The length that each norm byte stands for.
LENGTHS: Final = array("I", map(byte_to_length, range(256))).tobytes()
# What plain Python holds of a posting, about, in bytes.
_POSTING_BYTES: Final = 24
_TERM_BYTES: Final = 300


class Inverted(NamedTuple):
    """A field's numbers and sections; ``norms`` is None where the field is not scorable."""

    kind: int
    terms: int
    length: int
    min_length: int
    max_length: int
    blob: Buffer
    offsets: Buffer
    infos: Buffer
    postings: Buffer
    positions: Buffer
    norms: bytes | None


def new_inverter() -> "Inverter | PlainInverter":
    """Return an inverter: the native one where it is compiled."""
    if kernel is None:
        return PlainInverter()
    native: Inverter = kernel.Inverter(LENGTHS)
    return native


@dataclass
class _Term:
    documents: "array[int]" = field(default_factory=lambda: array("I"))
    tfs: "array[int]" = field(default_factory=lambda: array("I"))
    positions: "array[int]" = field(default_factory=lambda: array("I"))


@dataclass
class _Field:
    kind: int
    scorable: bool
    terms: dict[bytes, _Term] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    values: list[tuple[Items, int]] = field(default_factory=list)


class PlainInverter:
    """What the native inverter does, in plain Python; the methods are the same."""

    def __init__(self) -> None:
        self._fields: list[_Field] = []
        self._memory = 0

    @property
    def memory(self) -> int:
        """Bytes held, about."""
        return self._memory

    def add_field(self, kind: int, scorable: bool) -> int:  # noqa: FBT001 - as the native one
        """Declare a field that takes terms; return its number."""
        self._fields.append(_Field(kind, scorable))
        return len(self._fields) - 1

    def add_text_field(self, *_: object) -> int:
        """Refuse: a lexicon is native."""
        raise TypeError("texts need the compiled extension")

    def add_text(self, *_: object) -> None:
        """Refuse: a lexicon is native."""
        raise TypeError("texts need the compiled extension")

    def add_texts(self, *_: object) -> None:
        """Refuse: a lexicon is native."""
        raise TypeError("texts need the compiled extension")

    def add_cut(self, *_: object) -> None:
        """Refuse: a lexicon is native."""
        raise TypeError("texts need the compiled extension")

    def define_value(self, number: int, items: Items, length: int) -> int:
        """Prepare a value of a field for ``add_codes``; return its code, the first is 1.

        Raises:
            ValueError: the field has positions: its values come one by one.
        """
        if self._fields[number].kind == POSITIONS:
            raise ValueError("this field takes its values one by one")
        values = self._fields[number].values
        values.append((items, length))
        self._memory += _TERM_BYTES
        return len(values)

    def add_codes(self, number: int, first: int, codes: "array[int]") -> None:
        """Add values to documents in a row from ``first`` on; code 0 is none."""
        values = self._fields[number].values
        for document, code in enumerate(codes, first):
            if code:
                items, length = values[code - 1]
                self._add_items(number, document, items, length)

    def add_terms(
        self, number: int, first: int, terms: Iterable[bytes | None], tf: int, length: int
    ) -> None:
        """Add one term to each document in a row from ``first`` on; None is none."""
        for document, term in enumerate(terms, first):
            if term is not None:
                self._add_items(number, document, ((term, tf, None),), length)

    def _add_items(self, number: int, document: int, items: Items, length: int) -> None:
        for term, tf, positions in items:
            self.add_term(number, term, document, tf, positions)
        if length:
            self.add_length(number, document, length)

    def add_term(
        self,
        number: int,
        term: bytes,
        document: int,
        tf: int,
        positions: Sequence[int] | None = None,
    ) -> None:
        """Add a posting: documents ascend within a term, positions within a posting.

        Raises:
            ValueError: as many positions as ``tf`` says are needed, for fields that have them.
        """
        terms = self._fields[number].terms
        posted = terms.get(term)
        if posted is None:
            posted = terms[term] = _Term()
            self._memory += _TERM_BYTES + len(term)
        if self._fields[number].kind == POSITIONS:
            if positions is None or len(positions) != tf:
                raise ValueError("as many positions as the weight are needed")
            posted.positions.extend(positions)
        posted.documents.append(document)
        posted.tfs.append(tf)
        self._memory += _POSTING_BYTES + 8 * len(positions or ())

    def add_values(self, document: int, values: Iterable[Taken], numbers: Sequence[int]) -> None:
        """Add the terms and lengths of a document; ``numbers`` gives a field's at its place."""
        for posted, _ in values:
            if posted is not None:
                self._add_items(numbers[posted.place], document, posted.items, posted.length)

    def add_length(self, number: int, document: int, length: int) -> None:
        """Set the length of a document in a field."""
        self._fields[number].lengths[document] = length

    def invert(self, number: int, docs: int) -> Inverted:
        """Return the sections of a field for ``docs`` documents.

        Raises:
            ValueError: documents or positions do not ascend, or a document lies outside.
        """
        inverted = self._fields[number]
        norms = _norms(inverted, docs)
        kind = _written_kind(inverted)
        encoder = FieldEncoder(KINDS[kind], norms)
        for term, posted in _in_order(inverted):
            if posted.documents[-1] >= docs:
                raise ValueError("a document lies outside of the segment")
            positions = posted.positions if kind == POSITIONS else None
            encoder.add(term, posted.documents, posted.tfs, positions)
        sections = encoder.finish()
        lengths = [length for length in inverted.lengths.values() if length and norms is not None]
        return Inverted(
            kind,
            sections.terms,
            sum(lengths),
            min(lengths, default=0),
            max(lengths, default=0),
            bytes(sections.blob),
            bytes(sections.offsets),
            bytes(sections.infos),
            bytes(sections.postings),
            bytes(sections.positions),
            norms,
        )

    def clear(self) -> None:
        """Forget all documents, not the fields."""
        for one in self._fields:
            one.terms.clear()
            one.lengths.clear()
            one.values.clear()
        self._memory = 0


def _in_order(inverted: _Field) -> Iterator[tuple[bytes, _Term]]:
    return iter(sorted(inverted.terms.items(), key=itemgetter(0)))


def _written_kind(inverted: _Field) -> int:
    """Return the kind on disk: a weight makes existence a frequency."""
    if inverted.kind == EXISTENCE and any(max(term.tfs) > 1 for term in inverted.terms.values()):
        return FREQUENCIES
    return inverted.kind


def _norms(inverted: _Field, docs: int) -> bytes | None:
    if not inverted.scorable:
        return None
    norms = bytearray(docs)
    for document, length in inverted.lengths.items():
        norms[document] = length_to_byte(length)
    return bytes(norms)
