"""The deletion file of a segment: one bit a document, 1 for deleted.

A segment's own file never changes, so what is deleted stands beside it, in a new file for each
commit that deletes. The bits in memory are a ``bytearray``, lowest bit first.

>>> bits = bytearray(2)
>>> put(bits, 9, deleted=True)
>>> get(bits, 9), get(bits, 8), count(bits), list(places(bits))
(True, False, 1, [9])
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from indexer.fastwhoosh.errors import DamagedSegment

EXTENSION: Final = ".del"
_MAGIC: Final = b"fwdelete"
_HEADER: Final = struct.Struct("<8sII")

Bits = bytes | bytearray


def none_deleted(docs: int) -> bytearray:
    """Return the bits of ``docs`` documents of which none is deleted."""
    return bytearray((docs + 7) // 8)


def get(bits: Bits, doc: int) -> bool:
    """Whether a document is deleted; Whoosh asks for the one after the last too."""
    return doc >> 3 < len(bits) and bool(bits[doc >> 3] >> (doc & 7) & 1)


def put(bits: bytearray, doc: int, *, deleted: bool) -> None:
    """Delete a document, or bring it back."""
    if deleted:
        bits[doc >> 3] |= 1 << (doc & 7)
    else:
        bits[doc >> 3] &= ~(1 << (doc & 7))


def count(bits: Bits) -> int:
    """Return how many documents are deleted."""
    return int.from_bytes(bits, "little").bit_count()


def places(bits: Bits) -> Iterator[int]:
    """Give the deleted documents, ascending."""
    for place, byte in enumerate(bits):
        if byte:
            yield from (place * 8 + bit for bit in range(8) if byte >> bit & 1)


def write(path: Path | str, bits: Bits, docs: int) -> None:
    """Write a deletion file and put it on the disk; one of that name is replaced.

    Raises:
        ValueError: the bits are not those of ``docs`` documents.
    """
    if len(bits) != (docs + 7) // 8:
        raise ValueError(f"{len(bits)} bytes of bits for {docs} documents")
    with Path(path).open("wb") as stream:
        stream.write(_HEADER.pack(_MAGIC, docs, zlib.crc32(bits)))
        stream.write(bits)
        stream.flush()
        os.fsync(stream.fileno())


def read(path: Path | str, docs: int) -> bytearray:
    """Return the bits of a deletion file.

    Args:
        path: the file.
        docs: number of documents that its segment has.

    Raises:
        DamagedSegment: it is not the deletion file of such a segment.
        OSError: it is not there.
    """
    data = Path(path).read_bytes()
    if len(data) < _HEADER.size or not data.startswith(_MAGIC):
        raise DamagedSegment(path, "ce n’est pas un fichier de suppressions")
    _, stated, crc = _HEADER.unpack_from(data)
    bits = bytearray(data[_HEADER.size :])
    if stated != docs or len(bits) != (docs + 7) // 8:
        raise DamagedSegment(path, "suppressions d’un autre nombre de documents")
    if zlib.crc32(bits) != crc:
        raise DamagedSegment(path, "somme de contrôle fausse")
    if docs % 8 and bits[-1] >> docs % 8:
        raise DamagedSegment(path, "suppressions au delà du dernier document")
    return bits
