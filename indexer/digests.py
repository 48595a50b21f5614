"""Digests of the corpus: of one record as it stands there, and of a whole set.

They tell what changed without reading a record.

>>> one, two = ("a", "1"), ("b", "2")
>>> combined_digest(iter([one, two])) == combined_digest(iter([two, one]))
True
"""

import hashlib
from collections.abc import Iterator


def line_digest(line: bytes) -> str:
    """Return 32 hexadecimal digits of a line of the corpus, which holds one record."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()[:32]


def combined_digest(digests: Iterator[tuple[str, str]]) -> str:
    """Return the digest of a whole set of (uid, digest), whatever their order.

    The sum of the members' hashes modulo 2**256: it needs no sorting and no memory.
    """
    total = 0
    for uid, value in digests:
        total += int.from_bytes(hashlib.sha256(f"{uid} {value}".encode()).digest(), "big")
    return f"{total % 2**256:064x}"[:32]
