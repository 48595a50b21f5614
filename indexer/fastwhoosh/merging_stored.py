"""Stored documents of several segments into one: copied as they are where that is possible."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import zstandard

from indexer.fastwhoosh.bulk_codes import little_endian
from indexer.fastwhoosh.bulk_stored import Packer, Unpacker
from indexer.fastwhoosh.directory import Section
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.merging_source import Source, array_of
from indexer.fastwhoosh.segmentfile import SegmentFileWriter

_OFFSET_BYTES: Final = 8


def merge_stored(sources: Sequence[Source], file: SegmentFileWriter) -> dict[str, Section]:
    """Write the entries of the live documents with the dictionary that most of them have."""
    dictionaries = [_dictionary(source) for source in sources]
    weights: Counter[bytes] = Counter()
    for source, dictionary in zip(sources, dictionaries, strict=True):
        weights[dictionary] += source.live
    chosen = max(weights, key=weights.__getitem__, default=b"")
    file.begin()
    ends = array("Q", [0])
    for source, dictionary in zip(sources, dictionaries, strict=True):
        pieces = _copied(source) if dictionary == chosen else _repacked(source, dictionary, chosen)
        for piece, sizes in pieces:
            file.append(piece)
            end = ends[-1]
            ends.extend([end + size for size in sizes])
        source.file.forget_pages()
    return {
        "data": file.end(),
        "index": file.section(little_endian(ends)),
        "dict": file.section(chosen),
    }


def _dictionary(source: Source) -> bytes:
    dictionary = bytes(source.file.section(source.file.directory["stored"]["dict"]))
    try:
        Packer(dictionary).pack(bytes(1000))
        Unpacker(dictionary)
    except zstandard.ZstdError as error:
        raise DamagedSegment(source.file.path, "dictionnaire des enregistrements abîmé") from error
    return dictionary


def _index(source: Source) -> "array[Any]":
    stored = source.file.directory["stored"]
    section = source.file.section(stored["index"])
    if len(section) != _OFFSET_BYTES * (source.docs + 1):
        raise DamagedSegment(source.file.path, "index des enregistrements abîmé")
    index = array_of("Q", section)
    if index[-1] > len(source.file.section(stored["data"])) or any(
        start > end for start, end in pairwise(index)
    ):
        raise DamagedSegment(source.file.path, "index des enregistrements abîmé")
    return index


def _copied(source: Source) -> Iterator[tuple[memoryview, list[int]]]:
    """Yield the bytes of each run of live documents, and where in them each ends."""
    data = source.file.section(source.file.directory["stored"]["data"])
    index = _index(source)
    for first, end in source.runs():
        start = index[first]
        yield data[start : index[end]], [place - start for place in index[first + 1 : end + 1]]


def _repacked(
    source: Source, dictionary: bytes, chosen: bytes
) -> Iterator[tuple[bytes, list[int]]]:
    """Yield the entry of each live document, made with another dictionary."""
    data = source.file.section(source.file.directory["stored"]["data"])
    index = _index(source)
    packer, unpacker = Packer(chosen), Unpacker(dictionary)
    for first, end in source.runs():
        for document in range(first, end):
            entry = bytes(data[index[document] : index[document + 1]])
            if entry:
                entry = packer.pack(_unpacked(source, unpacker, entry))
            yield entry, [len(entry)]


def _unpacked(source: Source, unpacker: Unpacker, entry: bytes) -> bytes:
    try:
        return unpacker.unpack(entry)
    except (ValueError, zstandard.ZstdError) as error:
        raise DamagedSegment(source.file.path, "enregistrement abîmé") from error
