"""The lengths of a merged field: exact where they can be, possible in any case.

A segment knows the exact sum of its lengths and, of one document, only what a byte keeps. So where
documents are deleted the new sum comes from the terms: a length is the number of a document's
occurrences, unless it was indexed with a weight. Only then is it reckoned from the norms.
"""

from collections.abc import Sequence
from typing import Any, Final

from whoosh.util.numeric import byte_to_length

from indexer.fastwhoosh.lengths import possible_sum
from indexer.fastwhoosh.merging_source import Source, array_of

# Of the four u32 of an entry of ``infos``, the collection frequency is the last.
_INFO_WORDS: Final = 4

Entry = dict[str, Any]


def merged_lengths(
    sources: Sequence[Source],
    entries: Sequence[Entry | None],
    infos: bytes,
    norms: bytes | None,
) -> dict[str, int]:
    """Return sum, least and greatest of a field's lengths; bounds for the latter two.

    Args:
        sources: the segments.
        entries: the field's entry in each, None where it is not there.
        infos: of the merged field.
        norms: of the merged field, None where it has no lengths.
    """
    known = [(source, entry) for source, entry in zip(sources, entries, strict=True) if entry]
    least = [entry["min_length"] for _, entry in known if entry["min_length"]]
    return {
        "length": 0 if norms is None else _length(known, infos, norms),
        "min_length": min(least, default=0),
        "max_length": max((entry["max_length"] for _, entry in known), default=0),
    }


def _length(known: Sequence[tuple[Source, Entry]], infos: bytes, norms: bytes) -> int:
    if not any(source.deleted for source, _ in known):
        return sum(entry["length"] for _, entry in known)
    if all(_occurrences(_infos(source, entry)) == entry["length"] for source, entry in known):
        length = _occurrences(infos)
    else:
        length = sum(entry["length"] - _lost(source, entry) for source, entry in known)
    shortest, longest = possible_sum(norms)
    length = max(length, shortest)
    return length if longest is None else min(length, longest)


def _infos(source: Source, entry: Entry) -> memoryview:
    return source.file.section(entry["infos"])


def _occurrences(infos: bytes | memoryview) -> int:
    return sum(array_of("I", infos)[_INFO_WORDS - 1 :: _INFO_WORDS])


def _lost(source: Source, entry: Entry) -> int:
    """Return about how long the deleted documents were."""
    if not source.deleted or "norms" not in entry:
        return 0
    norms = source.file.section(entry["norms"])
    return sum(int(byte_to_length(norms[document])) for document in source.deleted)
