"""Families: documents that are nearly the same as an earlier one, or share its key.

Documents are taken in a given order, the oldest first. Each joins the *leader* that its signature
is most like, if the likeness is enough; failing that, the leader of an earlier document of the same
key (the same answer); else it leads. Nobody is compared with anybody but leaders, so that a chain
of small changes never makes one family of texts that have nothing in common, and a thousand copies
cost a thousand comparisons.

Only documents that share a whole band (three filled bytes of the signature, and where they stand)
are compared: of two texts of similarity one half 99 % share one. What comes out follows from the
documents and their order alone, whichever way an index came to hold them.

>>> list(leaders(bytes(128) * 3, array("Q", [7, 0, 7])))
[0, 1, 0]
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from math import ceil
from typing import Final

from indexer.native import kernel
from indexer.processors import processors
from indexer.search.fingerprint import BINS

# Texts that share at least this much of their runs of five words are nearly the same: of the 2,758
# real questions all pairs above it say the same thing about the same thing, the names and a
# paragraph apart; at 0.5 the police and the courts of one town come together.
_NEARLY: Final = 0.55
# Short texts are mostly formula: "the equipment of …" asked for two branches of the army shares
# 0.71. They must be more alike; 96 bins are filled by the runs of two texts of about 150 words.
_NEARLY_SHORT: Final = 0.75
_SHORT_BINS: Final = 96
_ROWS: Final = 3
# Leaders of a band that a document is compared with, the latest first: a formula that thousands
# of texts begin with must not make them all be compared.
_MOST_LEADERS: Final = 64

#: By the number of bins that either of two signatures fills: how many must be equal.
LEAST_EQUAL: Final = bytes(
    ceil(filled * (_NEARLY if filled >= _SHORT_BINS else _NEARLY_SHORT))
    for filled in range(BINS + 1)
)


def leaders(signatures: bytes | bytearray, keys: "array[int]") -> "array[int]":
    """Return the leader of each document: the place of an earlier one, or its own.

    Args:
        signatures: :data:`~indexer.search.fingerprint.BINS` bytes a document, zeros for none.
        keys: 64-bit numbers (typecode ``Q``), 0 for none.

    Raises:
        ValueError: the two are not of the same documents.
    """
    if len(signatures) != BINS * len(keys):
        raise ValueError("a document is 128 bytes of signature and 8 of key")
    if kernel is None:
        return leaders_in_python(bytes(signatures), keys)
    found = array("I")
    found.frombytes(kernel.families(signatures, keys, LEAST_EQUAL, processors() > 1))
    return found


def leaders_in_python(signatures: bytes, keys: "array[int]") -> "array[int]":
    """Return what :func:`leaders` does, without native code."""
    chains: defaultdict[tuple[int, tuple[tuple[int, int], ...]], list[int]] = defaultdict(list)
    of_key: dict[int, int] = {}
    found = array("I")
    for doc, key in enumerate(keys):
        bands = list(_bands(_signature(signatures, doc)))
        known = (leader for band in bands for leader in chains[band][-_MOST_LEADERS:])
        leader = _most_like(signatures, doc, set(known))
        if leader is None:
            leader = of_key.get(key, doc) if key else doc
        found.append(leader)
        of_key.setdefault(key, leader)
        for band in bands if leader == doc else ():
            chains[band].append(doc)
    return found


def _signature(signatures: bytes, doc: int) -> bytes:
    return signatures[doc * BINS : (doc + 1) * BINS]


def _bands(signature: bytes) -> Iterator[tuple[int, tuple[tuple[int, int], ...]]]:
    """Yield each band: its start, and the first bins filled from there on with their bytes."""
    filled = [(place, byte) for place, byte in enumerate(signature) if byte]
    for start in range(0, BINS - _ROWS + 1, _ROWS):
        first = bisect_left(filled, (start, 0))
        rows = tuple((filled[first:] + filled[:first])[:_ROWS])
        if rows:
            yield start, rows


def _most_like(signatures: bytes, doc: int, known: set[int]) -> int | None:
    """Return the leader that a document is most like, the first of several; None for none."""
    one = _signature(signatures, doc)
    alike = [(likeness(one, _signature(signatures, leader)), -leader) for leader in known]
    most, negated = max(alike, default=(0.0, 0))
    return -negated if most else None


def likeness(one: bytes, other: bytes) -> float:
    """Return the estimated Jaccard similarity of two signatures, 0.0 where it is not enough."""
    filled = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    equal = sum(a == b for a, b in filled)
    return equal / len(filled) if equal and equal >= LEAST_EQUAL[len(filled)] else 0.0
