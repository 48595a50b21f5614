"""Stored fields: one pickled dict a document, compressed singly with a dictionary for all.

Each document is read alone, so each is compressed alone; the zstd dictionary gives back most of
what that loses. Every entry has a check sum, verified before anything is unpickled.

>>> sections = encode([{"a": 1}, None])
>>> reader = StoredReader(sections, docs=2)
>>> reader[0], reader[1]
({'a': 1}, {})
"""

import pickle
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import zstandard

from indexer.fastwhoosh.checksums import crc32
from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.packing import Buffer

# Documents kept as they were read: those of a few pages of hits, which people turn back to.
_MOST_KEPT: Final = 200
# Values that can be handed out twice.
_UNCHANGING: Final = frozenset({str, bytes, int, float, bool, type(None)})
_OFFSET: Final = struct.Struct("<Q")
_HEAD: Final = struct.Struct("<IB")
_RAW: Final = 0
_ZSTD: Final = 1
_LEVEL: Final = 3
# A dictionary pays from about this much text on, and a hundredth of it is what zstd advises.
_WORTH_TRAINING: Final = 200_000
_LARGEST_DICT: Final = 64 << 10
_SAMPLES: Final = 2000
# What an entry says that it inflates to is not believed beyond this.
_LARGEST_TEXT: Final = 1 << 28


@dataclass(frozen=True, slots=True)
class StoredSections:
    """The bytes of the three sections, as in the directory."""

    dictionary: Buffer
    index: Buffer
    data: Buffer


def encode(documents: Sequence[dict[str, Any] | bytes | None]) -> StoredSections:
    """Encode the stored fields of every document.

    Args:
        documents: a dict each, or one that is pickled already; None or empty for nothing stored.
    """
    pickled = [_pickled(document) for document in documents]
    dictionary = _trained(pickled)
    compressor = zstandard.ZstdCompressor(_LEVEL, zstandard.ZstdCompressionDict(dictionary))
    index, data = bytearray(_OFFSET.pack(0)), bytearray()
    for text in pickled:
        if text:
            data += _entry(text, compressor.compress(text))
        index += _OFFSET.pack(len(data))
    return StoredSections(dictionary, bytes(index), bytes(data))


class StoredReader:
    """Reads the stored fields of one document at a time, from any thread.

    Args:
        sections: the bytes; the dictionary's check sum was verified.
        docs: number of documents.

    Raises:
        Malformed: the index has not the size that ``docs`` asks for, or the dictionary is none.
    """

    def __init__(self, sections: StoredSections, docs: int) -> None:
        if len(sections.index) != _OFFSET.size * (docs + 1):
            raise Malformed("table des champs enregistrés de longueur fausse")
        self._data = sections.data
        self._ends = memoryview(sections.index).cast("Q")
        self._docs = docs
        self._dictionary = zstandard.ZstdCompressionDict(bytes(sections.dictionary))
        try:
            self._decompressor = zstandard.ZstdDecompressor(self._dictionary)
        except zstandard.ZstdError as error:
            raise Malformed("dictionnaire des champs enregistrés illisible") from error
        self._kept: dict[int, dict[str, Any]] = {}
        # A decompressor serves one thread at a time.
        self._lock = threading.Lock()

    def __getitem__(self, doc: int) -> dict[str, Any]:
        """Return what is stored of a document.

        Raises:
            IndexError: there is no such document.
            Malformed: the entry is damaged.
        """
        kept = self._kept.get(doc)
        if kept is not None:
            return kept.copy()
        if not 0 <= doc < self._docs:
            raise IndexError(f"no document {doc} of {self._docs}")
        start, end = self._ends[doc], self._ends[doc + 1]
        if not start <= end <= len(self._data):
            raise Malformed("table des champs enregistrés désordonnée")
        fields = self._decoded(self._data[start:end]) if end > start else {}
        if _UNCHANGING.issuperset(map(type, fields.values())):
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[doc] = fields.copy()
        return fields

    def _decoded(self, entry: Buffer) -> dict[str, Any]:
        if len(entry) < _HEAD.size:
            raise Malformed("champs enregistrés coupés")
        crc, mode = _HEAD.unpack_from(entry)
        if crc32(entry[4:]) != crc or mode not in {_RAW, _ZSTD}:
            raise Malformed("champs enregistrés : somme de contrôle fausse")
        text = entry[_HEAD.size :]
        pickled = text if mode == _RAW else self._inflated(text)
        try:
            fields: dict[str, Any] = pickle.loads(pickled)  # noqa: S301 - as Whoosh does, after the check sum
        except Exception as error:  # with a wrong dictionary anything can come
            raise Malformed("champs enregistrés illisibles") from error
        return fields

    def _inflated(self, text: Buffer) -> bytes:
        try:
            if zstandard.frame_content_size(text) > _LARGEST_TEXT:
                raise Malformed("champs enregistrés démesurés")
            with self._lock:
                return self._decompressor.decompress(text)
        except zstandard.ZstdError as error:
            raise Malformed("champs enregistrés illisibles") from error


def _pickled(document: dict[str, Any] | bytes | None) -> bytes:
    if isinstance(document, bytes):
        return document
    return pickle.dumps(document, pickle.HIGHEST_PROTOCOL) if document else b""


def _entry(text: bytes, compressed: bytes) -> bytes:
    smaller = len(compressed) < len(text)
    body = bytes((_ZSTD if smaller else _RAW,)) + (compressed if smaller else text)
    return crc32(body).to_bytes(4, "little") + body


def _trained(texts: Sequence[bytes]) -> bytes:
    total = sum(map(len, texts))
    if total < _WORTH_TRAINING:
        return b""
    samples: list[bytes | bytearray | memoryview] = [
        text for text in texts[:: len(texts) // _SAMPLES + 1] if text
    ]
    try:
        size = min(_LARGEST_DICT, total // 100)
        return zstandard.train_dictionary(size, samples).as_bytes()
    except zstandard.ZstdError:  # too few samples, or all alike
        return b""
