"""Digests of the corpus: of one record as it stands there, and of a whole set.

They tell what changed without reading a record.

>>> one, two = line_digest(b"a"), line_digest(b"b")
>>> combined_digest([one, two]) == combined_digest([two, one])
True
"""

import hashlib
from collections.abc import Iterable


def line_digest(line: bytes) -> str:
    """Return 32 hexadecimal digits of a line of the corpus, which holds one record."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()[:32]


class CombinedDigest:
    """The digest of a whole set of records, whatever their order, while their own go by.

    The sum of the members modulo 2**128, which are hashes of lines that name their questions: it
    needs no sorting and no memory.
    """

    def __init__(self) -> None:
        self.count = 0
        self._total = 0

    def add(self, digest: str) -> None:
        """Take one member.

        Raises:
            ValueError: it is no hexadecimal number.
        """
        self._total += int(digest, 16)
        self.count += 1

    def __str__(self) -> str:
        return f"{self._total % 2**128:032x}"


def combined_digest(digests: Iterable[str]) -> str:
    """Return the digest of a whole set of records, whatever their order."""
    combined = CombinedDigest()
    for digest in digests:
        combined.add(digest)
    return str(combined)
