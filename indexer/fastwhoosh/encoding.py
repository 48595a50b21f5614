"""Writes the sections of a field: terms, posting records, positions, in plain Python.

It is the obvious reference of the compiled encoder and what runs where there is none. Every byte
is prescribed by the format, so two encoders give the same sections.

>>> sections = encode_field("existence", [(b"a", [0, 3], [1, 1], None)], None)
>>> sections.terms, bytes(sections.blob), sections.postings.hex()
(1, b'a', '0105')
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from indexer.fastwhoosh.directory import MAX_DOCS
from indexer.fastwhoosh.impacts import impacts
from indexer.fastwhoosh.packing import (
    BLOCK,
    GROUP,
    LARGEST,
    Buffer,
    largest_bits,
    pack_group,
    pack_lanes,
    varint,
)

INFO: Final = struct.Struct("<QII")
LONG_HEADER: Final = struct.Struct("<QII")
SKIP_ENTRY: Final = struct.Struct("<III8B")
U32: Final = struct.Struct("<I")

# A term with its documents, the frequency in each and, where kept, all positions one posting
# after the other.
Postings = tuple[bytes, Sequence[int], Sequence[int], Sequence[int] | None]


@dataclass(frozen=True, slots=True)
class FieldSections:
    """The bytes of a field, as in the directory: ``terms`` is the number T of terms."""

    kind: str
    terms: int
    blob: Buffer
    offsets: Buffer
    infos: Buffer
    postings: Buffer
    positions: Buffer
    norms: Buffer | None


def encode_field(
    kind: str, terms: Iterable[Postings], norms: bytes | bytearray | None
) -> FieldSections:
    """Encode a whole field.

    Args:
        kind: ``positions``, ``frequencies`` or ``existence``.
        terms: in ascending order of bytes; documents ascend, frequencies are at least 1 (and 1
            throughout for ``existence``), positions do not descend within a posting.
        norms: the norm byte of every document, None for a field without lengths.

    Raises:
        ValueError: the terms are not so.
    """
    encoder = FieldEncoder(kind, norms)
    for term, docs, tfs, positions in terms:
        encoder.add(term, docs, tfs, positions)
    return encoder.finish()


class FieldEncoder:
    """Encodes a field a term at a time. Arguments and errors as :func:`encode_field`."""

    def __init__(self, kind: str, norms: bytes | bytearray | None) -> None:
        self._kind = kind
        self._norms = norms
        self._last: bytes | None = None
        self._blob = bytearray()
        self._offsets = bytearray(U32.pack(0))
        self._infos = bytearray()
        self._postings = bytearray()
        self._positions = bytearray()

    def add(
        self,
        term: bytes,
        docs: Sequence[int],
        tfs: Sequence[int],
        positions: Sequence[int] | None = None,
    ) -> None:
        """Encode the next term."""
        if self._last is not None and term <= self._last:
            raise ValueError(f"the term {term!r} comes after {self._last!r}")
        self._check(docs, tfs, positions)
        self._last = term
        self._blob += term
        self._offsets += U32.pack(len(self._blob))
        self._infos += INFO.pack(len(self._postings), len(docs), min(sum(tfs), LARGEST))
        deltas = _deltas(tfs, positions) if positions is not None else []
        encode = self._short if len(docs) < BLOCK else self._long
        encode(docs, tfs, deltas)

    def finish(self) -> FieldSections:
        """Return the sections."""
        return FieldSections(
            kind=self._kind,
            terms=len(self._infos) // INFO.size,
            blob=self._blob,
            offsets=self._offsets,
            infos=self._infos,
            postings=self._postings,
            positions=self._positions,
            norms=self._norms,
        )

    def _check(
        self, docs: Sequence[int], tfs: Sequence[int], positions: Sequence[int] | None
    ) -> None:
        if not docs or len(docs) != len(tfs):
            raise ValueError("a term has postings, each with its frequency")
        if docs[0] < 0 or docs[-1] >= MAX_DOCS or any(a >= b for a, b in pairwise(docs)):
            raise ValueError("documents ascend from 0 to 2**24 - 1")
        if min(tfs) < 1 or max(tfs) > LARGEST or (self._kind == "existence" and max(tfs) > 1):
            raise ValueError("frequencies are from 1 to 2**32 - 1, 1 throughout for existence")
        wanted = sum(tfs) if self._kind == "positions" else None
        if (None if positions is None else len(positions)) != wanted:
            raise ValueError("as many positions as the frequencies say, none for other kinds")

    def _short(self, docs: Sequence[int], tfs: Sequence[int], deltas: list[int]) -> None:
        self._postings += _run(_gaps(docs, -1), tfs)
        self._postings += b"".join(map(varint, deltas))

    def _long(self, docs: Sequence[int], tfs: Sequence[int], deltas: list[int]) -> None:
        skips, blocks, positions = bytearray(), bytearray(), bytearray()
        before, done = -1, 0
        for start in range(0, len(docs), BLOCK):
            some, some_tfs = docs[start : start + BLOCK], tfs[start : start + BLOCK]
            pairs = impacts(some_tfs, self._norms_of(some))
            bounds = (number for pair in pairs for number in pair)
            skips += SKIP_ENTRY.pack(some[-1], len(blocks), len(positions), *bounds)
            blocks += _block(_gaps(some, before), some_tfs)
            if self._kind == "positions":
                upto = done + sum(some_tfs)
                positions += _groups(deltas[done:upto])
                done = upto
            before = some[-1]
        where = len(self._positions) if self._kind == "positions" else 0
        self._postings += LONG_HEADER.pack(where, len(blocks), len(positions)) + skips + blocks
        self._positions += positions

    def _norms_of(self, docs: Sequence[int]) -> Sequence[int]:
        norms = self._norms
        return [0] * len(docs) if norms is None else [norms[doc] for doc in docs]


def _gaps(docs: Sequence[int], before: int) -> list[int]:
    return [doc - previous for previous, doc in pairwise((before, *docs))]


def _block(gaps: list[int], tfs: Sequence[int]) -> bytes:
    if len(gaps) < BLOCK:
        return _run(gaps, tfs)
    gap_bits = largest_bits(gap - 1 for gap in gaps)
    tf_bits = largest_bits(tf - 1 for tf in tfs)
    packed_gaps = pack_lanes([gap - 1 for gap in gaps], gap_bits)
    return bytes((gap_bits, tf_bits)) + packed_gaps + pack_lanes([tf - 1 for tf in tfs], tf_bits)


def _run(gaps: list[int], tfs: Sequence[int]) -> bytes:
    run = bytearray()
    for gap, tf in zip(gaps, tfs, strict=True):
        run += varint((gap - 1) * 2 + (tf == 1))
        if tf != 1:
            run += varint(tf)
    return bytes(run)


def _deltas(tfs: Sequence[int], positions: Sequence[int]) -> list[int]:
    deltas: list[int] = []
    for tf in tfs:
        own = positions[len(deltas) : len(deltas) + tf]
        if own[0] < 0 or own[-1] > LARGEST or any(a > b for a, b in pairwise(own)):
            raise ValueError("positions are from 0 to 2**32 - 1 and do not descend")
        deltas += [own[0], *(b - a for a, b in pairwise(own))]
    return deltas


def _groups(deltas: list[int]) -> bytes:
    groups = [deltas[start : start + GROUP] for start in range(0, len(deltas), GROUP)]
    bits = bytes(map(largest_bits, groups))
    return bits + b"".join(map(pack_group, groups, bits))
