"""Digests of the corpus: of one record as it stands there, and of a whole set.

They tell what changed without reading a record.

>>> one, two = ("a", "1"), ("b", "2")
>>> combined_digest([one, two]) == combined_digest([two, one])
True
"""

import hashlib
from collections.abc import Iterable


def line_digest(line: bytes) -> str:
    """Return 32 hexadecimal digits of a line of the corpus, which holds one record."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()[:32]


class CombinedDigest:
    """The digest of a whole set of (uid, digest), whatever their order, while it goes by.

    The sum of the members' hashes modulo 2**256: it needs no sorting and no memory.
    """

    def __init__(self) -> None:
        self.count = 0
        self._total = 0

    def add(self, uid: str, digest: str) -> None:
        """Take one member."""
        hashed = hashlib.sha256(f"{uid} {digest}".encode()).digest()
        self._total += int.from_bytes(hashed, "big")
        self.count += 1

    def __str__(self) -> str:
        return f"{self._total % 2**256:064x}"[:32]


def combined_digest(digests: Iterable[tuple[str, str]]) -> str:
    """Return the digest of a whole set of (uid, digest), whatever their order."""
    combined = CombinedDigest()
    for uid, digest in digests:
        combined.add(uid, digest)
    return str(combined)
