"""What a field states of its lengths, held against what is kept of each document's.

The sum of lengths is exact and a document's byte, its *norm*, is not: it stands for all lengths
from just above those of the byte below up to its own, the last byte for everything above. So a
sum has bounds, and what lies outside of them is damage.

>>> possible_sum(bytes([0, 3, 11]))
(14, 15)
>>> check_lengths({"length": 17, "min_length": 3, "max_length": 12}, bytes([0, 3, 11]), 3)
Traceback (most recent call last):
indexer.fastwhoosh.errors.Malformed: la somme des longueurs contredit celles des documents
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.packing import Buffer

_LONGEST: Final = 255

Entry = dict[str, Any]


def possible_sum(norms: Buffer) -> tuple[int, int | None]:
    """Return the least and the greatest sum of lengths with these norms; None has no bound."""
    return _possible(Counter(bytes(norms)))


def check_lengths(entry: Entry, norms: Buffer, docs: int) -> None:
    """Check the sum of a field's lengths, and the bounds of its shortest and its longest.

    Args:
        entry: the field in the directory.
        norms: a byte a document, deleted ones counted.
        docs: number of documents, deleted ones counted.

    Raises:
        Malformed: documents of such lengths do not come to what the entry states.
    """
    if len(norms) != docs:
        raise Malformed("longueurs des documents de nombre faux")
    counts = Counter(bytes(norms))
    least, greatest = _possible(counts)
    if not least <= entry["length"] <= (entry["length"] if greatest is None else greatest):
        raise Malformed("la somme des longueurs contredit celles des documents")
    used = [norm for norm in counts if norm]
    if used and not _bounds(entry, min(used), max(used)):
        raise Malformed("les bornes des longueurs contredisent celles des documents")


def check_occurrences(entry: Entry, norms: Buffer, occurrences: Sequence[int]) -> None:
    """Check the norm of each document against how many occurrences of terms it has.

    They are its length unless it was indexed with a weight; that none was shows in the sum.

    Args:
        entry: the field in the directory.
        norms: a byte a document.
        occurrences: a number a document.

    Raises:
        Malformed: a document has another length.
    """
    if sum(occurrences) != entry["length"]:
        return
    for document, (norm, number) in enumerate(zip(norms, occurrences, strict=True)):
        if norm != length_to_byte(number):
            raise Malformed(f"la longueur du document {document} contredit ses {number} termes")


def _bounds(entry: Entry, shortest: int, longest: int) -> bool:
    """Whether the entry's bounds hold for norms; after deletions they are wider than needed."""
    least: int = entry["min_length"]
    greatest: int = entry["max_length"]
    below = shortest == _LONGEST or least <= _greatest(shortest)
    return least > 0 and below and greatest >= _least(longest)


def _possible(counts: Counter[int]) -> tuple[int, int | None]:
    least = sum(count * _least(norm) for norm, count in counts.items())
    if _LONGEST in counts:
        return least, None
    return least, sum(count * _greatest(norm) for norm, count in counts.items())


def _least(norm: int) -> int:
    return int(byte_to_length(norm - 1)) + 1 if norm else 0


def _greatest(norm: int) -> int:
    return int(byte_to_length(norm))
