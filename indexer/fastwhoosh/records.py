"""Reads one posting record: documents and frequencies a block at a time, positions on demand.

Both kinds of record look alike from outside: ``blocks`` of up to 128 postings, each with its last
document and its impacts. A short record is one block. Nothing in the bytes is believed: documents
ascend and stay below N, blocks stay inside their record, or :class:`Malformed` is raised.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final, Protocol

from indexer.fastwhoosh.encoding import LONG_HEADER, SKIP_ENTRY, FieldSections
from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.impacts import Impact, impacts
from indexer.fastwhoosh.packing import (
    BLOCK,
    GROUP,
    LARGEST,
    Buffer,
    group_bytes,
    read_varint,
    read_varints,
    unpack_group,
    unpack_lanes,
)

MOST_GAP_BITS: Final = 24
MOST_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Block:
    """Postings of one block.

    Attributes:
        docs: documents, ascending.
        tfs: the frequency in each.
    """

    docs: list[int]
    tfs: list[int]


class Record(Protocol):
    """The postings of one term."""

    @property
    def blocks(self) -> int:
        """Number of blocks, at least 1."""

    def last(self, block: int) -> int:
        """Return the last document of a block."""

    def impacts(self, block: int) -> tuple[Impact, ...]:
        """Return the pairs (tf, norm) that bound a block."""

    def load(self, block: int) -> Block:
        """Decode a block."""

    def positions(self, block: int, tfs: list[int]) -> list[list[int]]:
        """Decode the positions of each posting of a block whose frequencies are ``tfs``."""

    def end(self) -> int:
        """Return where the record ends in its section.

        Raises:
            Malformed: it has positions, which its field does not keep.
        """


def open_record(sections: FieldSections, docs: int, offset: int, df: int) -> Record:
    """Open the record at ``offset`` of ``df`` postings in a segment of ``docs`` documents.

    Raises:
        Malformed: it does not lie inside the section.
    """
    if not 1 <= df <= docs:
        raise Malformed("fréquence documentaire impossible")
    if offset > len(sections.postings):
        raise Malformed("liste hors de sa section")
    kind = ShortRecord if df < BLOCK else LongRecord
    return kind(sections, docs, offset, df)


class ShortRecord:
    """A record of fewer than 128 postings, decoded when opened."""

    blocks = 1

    def __init__(self, sections: FieldSections, docs: int, offset: int, df: int) -> None:
        self._sections = sections
        end = len(sections.postings)
        self._block, self._after = _read_run(sections, offset, end, (df, -1, docs))

    def last(self, block: int) -> int:  # noqa: ARG002 - as the protocol
        """Return the last document."""
        return self._block.docs[-1]

    def impacts(self, block: int) -> tuple[Impact, ...]:  # noqa: ARG002 - as the protocol
        """Return the bounds, computed here: a short record stores none."""
        norms = self._sections.norms
        docs = self._block.docs
        return impacts(self._block.tfs, [0 if norms is None else norms[doc] for doc in docs])

    def load(self, block: int) -> Block:  # noqa: ARG002 - as the protocol
        """Return all postings."""
        return self._block

    def positions(self, block: int, tfs: list[int]) -> list[list[int]]:  # noqa: ARG002  # the same for all kinds
        """Decode the positions of all postings."""
        return _summed(self._deltas(tfs)[0], tfs)

    def end(self) -> int:
        """Return where the postings end, or the positions behind them."""
        has_positions = self._sections.kind == "positions"
        return self._deltas(self._block.tfs)[1] if has_positions else self._after

    def _deltas(self, tfs: list[int]) -> tuple[list[int], int]:
        postings = self._sections.postings
        return read_varints(postings, self._after, len(postings), sum(tfs))


class LongRecord:
    """A record with a skip table; blocks are decoded when asked for."""

    def __init__(self, sections: FieldSections, docs: int, offset: int, df: int) -> None:
        self._sections, self._docs, self._df = sections, docs, df
        self.blocks = -(-df // BLOCK)
        self._skips = offset + LONG_HEADER.size
        self._data = self._skips + self.blocks * SKIP_ENTRY.size
        if self._data > len(sections.postings):
            raise Malformed("table de saut coupée")
        header: tuple[int, int, int] = LONG_HEADER.unpack_from(sections.postings, offset)
        self._positions, self._length, self._positions_length = header
        if self._data + self._length > len(sections.postings):
            raise Malformed("blocs hors de leur section")
        if self._positions + self._positions_length > len(sections.positions):
            raise Malformed("positions hors de leur section")

    def last(self, block: int) -> int:
        """Return the last document of a block, as the skip table says."""
        return self._skip(block)[0]

    def impacts(self, block: int) -> tuple[Impact, ...]:
        """Return the bounds of a block."""
        bounds = self._skip(block)[3:]
        return tuple(zip(bounds[::2], bounds[1::2], strict=True))

    def load(self, block: int) -> Block:
        """Decode a block."""
        count = min(BLOCK, self._df - block * BLOCK)
        before = self.last(block - 1) if block else -1
        start, end = self._extent(block, 1, self._length)
        limits = (count, before, self._docs)
        at, stop = self._data + start, self._data + end
        if count == BLOCK:
            decoded = _read_full(self._sections, at, stop, limits)
        else:
            decoded, _ = _read_run(self._sections, at, stop, limits)
        if decoded.docs[-1] != self.last(block):
            raise Malformed("la table de saut contredit son bloc")
        return decoded

    def positions(self, block: int, tfs: list[int]) -> list[list[int]]:
        """Decode the positions of each posting of a block."""
        start, end = self._extent(block, 2, self._positions_length)
        at = self._positions
        return _summed(_read_groups(self._sections.positions, at + start, at + end, sum(tfs)), tfs)

    def end(self) -> int:
        """Return where the block data ends."""
        if self._sections.kind != "positions" and (self._positions or self._positions_length):
            raise Malformed("positions d’un champ qui n’en garde pas")
        return self._data + self._length

    def _skip(self, block: int) -> tuple[int, ...]:
        if not 0 <= block < self.blocks:
            raise Malformed("il n’y a pas tant de blocs")
        at = self._skips + block * SKIP_ENTRY.size
        return SKIP_ENTRY.unpack_from(self._sections.postings, at)

    def _extent(self, block: int, column: int, length: int) -> tuple[int, int]:
        start = self._skip(block)[column]
        end = self._skip(block + 1)[column] if block + 1 < self.blocks else length
        if not start <= end <= length:
            raise Malformed("table de saut désordonnée")
        return start, end


def find_block(record: Record, doc: int, start: int = 0) -> int:
    """Return the first block from ``start`` on that may hold ``doc``; ``record.blocks`` if none."""
    return bisect_left(range(record.blocks), doc, lo=start, key=record.last)


# How many postings, the document before the first, and N.
_Limits = tuple[int, int, int]


def _read_run(sections: FieldSections, at: int, end: int, limits: _Limits) -> tuple[Block, int]:
    count, doc, most = limits
    data = sections.postings
    if count > end - at:
        raise Malformed("liste coupée")
    docs, tfs = [], []
    for _ in range(count):
        code, at = read_varint(data, at, end)
        tf = 1
        if not code & 1:
            tf, at = read_varint(data, at, end)
        doc += (code >> 1) + 1
        docs.append(doc)
        tfs.append(tf)
    return _checked(sections.kind, docs, tfs, most), at


def _read_full(sections: FieldSections, at: int, end: int, limits: _Limits) -> Block:
    _, doc, most = limits
    data = sections.postings
    if end - at < 2:  # noqa: PLR2004 - the two widths
        raise Malformed("bloc coupé")
    gap_bits, tf_bits = data[at], data[at + 1]
    middle = at + 2 + 16 * gap_bits
    stop = middle + 16 * tf_bits
    if gap_bits > MOST_GAP_BITS or tf_bits > MOST_BITS or stop > end:
        raise Malformed("bloc coupé ou trop large")
    docs = []
    for gap in unpack_lanes(data[at + 2 : middle], gap_bits):
        doc += gap + 1
        docs.append(doc)
    tfs = [tf + 1 for tf in unpack_lanes(data[middle:stop], tf_bits)]
    return _checked(sections.kind, docs, tfs, most)


def _checked(kind: str, docs: list[int], tfs: list[int], most: int) -> Block:
    if docs[-1] >= most:
        raise Malformed("document au delà du dernier")
    if min(tfs) < 1 or max(tfs) > (1 if kind == "existence" else LARGEST):
        raise Malformed("fréquence impossible")
    return Block(docs, tfs)


def _read_groups(data: Buffer, at: int, end: int, count: int) -> list[int]:
    groups = -(-count // GROUP)
    if groups > end - at:
        raise Malformed("positions coupées")
    widths, at = bytes(data[at : at + groups]), at + groups
    values: list[int] = []
    for bits in widths:
        some = min(GROUP, count - len(values))
        size = group_bytes(some, bits)
        if bits > MOST_BITS or size > end - at:
            raise Malformed("positions coupées")
        values += unpack_group(data[at : at + size], some, bits)
        at += size
    return values


def _summed(deltas: list[int], tfs: list[int]) -> list[list[int]]:
    positions, start = [], 0
    for tf in tfs:
        position, own = 0, []
        for delta in deltas[start : start + tf]:
            position += delta
            own.append(position)
        if position > LARGEST:
            raise Malformed("position trop grande")
        positions.append(own)
        start += tf
    return positions
