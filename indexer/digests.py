"""Digests of the corpus: of one record as it stands there, and of a whole set.

They tell what changed without reading a record.

>>> whole, parts = CombinedDigest(), CombinedDigest()
>>> whole.add(line_digest(b"a") + line_digest(b"b"))
>>> parts.add(line_digest(b"b"))
>>> parts.add(line_digest(b"a"))
>>> str(whole) == str(parts)
True
"""

import hashlib
import sys
from array import array
from collections.abc import Iterable
from typing import Final

#: Hexadecimal digits of a digest.
DIGITS: Final = 32


def line_digest(line: bytes) -> str:
    """Return the digits of a line of the corpus, which holds one record."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()[:DIGITS]


def line_digests(lines: Iterable[bytes]) -> list[str]:
    """Return the digests of lines that come without their line feeds."""
    return [hashlib.sha256(line).hexdigest()[:DIGITS] for line in lines]


class CombinedDigest:
    """The digest of a whole set of records, whatever their order, while their own go by.

    The sum of the members modulo 2**128, which are hashes of lines that name their questions: it
    needs no sorting and no memory.
    """

    def __init__(self) -> None:
        self.count = 0
        self._total = 0

    def add(self, digests: str) -> None:
        """Take some members, one after another.

        Raises:
            ValueError: they are no hexadecimal numbers of :data:`DIGITS` digits.
        """
        halves = array("Q", bytes.fromhex(digests))
        if sys.byteorder == "little":
            halves.byteswap()
        count, over = divmod(len(digests), DIGITS)
        if over or len(halves) != 2 * count:
            raise ValueError(f"{len(digests)} characters are no digests")
        self._total += (sum(halves[::2]) << 64) + sum(halves[1::2])
        self.count += count

    def __str__(self) -> str:
        return f"{self._total % 2**128:0{DIGITS}x}"
