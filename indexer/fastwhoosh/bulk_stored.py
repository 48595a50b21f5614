"""Stored fields of a segment in the making: each document compressed alone, with a dictionary.

The dictionary is trained on the first documents and then serves the whole index: later segments
are given that of an earlier one, so that merging copies their entries as they are.
"""

import pickle
import struct
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import accumulate, islice
from typing import Any, Final, NamedTuple

import zstandard

from indexer.fastwhoosh.bulk_ahead import Ahead
from indexer.fastwhoosh.checksums import crc32

# Measured on 8,000 records of 3 kB: level 3 takes 14 µs and leaves 28 %; 6 takes 51 µs for 1.5
# points less. A dictionary is worth 9 points.
LEVEL: Final = 3
DICTIONARY_BYTES: Final = 112_640
TRAINED_ON: Final = 1000
# Lengths of the runs that a dictionary is made of, and of what is counted in them. zstandard finds
# its own in 0.09 s for amendments and 0.33 s for questions; these take 0.02 and 0.07 s, and leave
# 0.1 to 0.3 % more (0.6 % less of short texts; 2026-11-29).
_TRAINING: Final = {"k": 500, "d": 6}
# With fewer a dictionary would weigh more than it saves.
MIN_SAMPLES: Final = 200
# A shorter entry is not worth the call that opens it.
_MIN_COMPRESSED: Final = 64
_PICKLE_PROTOCOL: Final = 5
RAW, ZSTD = 0, 1
# What an entry begins with: the CRC of all that follows, and how that was made.
_HEAD: Final = struct.Struct("<IB")
_CRC_BYTES: Final = 4
_RAW_CRC, _ZSTD_CRC = crc32(bytes([RAW])), crc32(bytes([ZSTD]))


class Packed(NamedTuple):
    """Entries one after the other, and the size of each."""

    data: bytes
    sizes: list[int]


class Packer:
    """Makes entries with one dictionary, which may be empty."""

    def __init__(self, dictionary: bytes = b"") -> None:
        self.dictionary = dictionary
        data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        if data is not None:  # else it is read anew for every batch, at a sixth of all costs
            data.precompute_compress(level=LEVEL)
        options: dict[str, Any] = {"write_dict_id": False, "write_checksum": False}
        if data is None:
            self._compressor = zstandard.ZstdCompressor(level=LEVEL, **options)
        else:
            self._compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=data, **options)

    def pack(self, pickled: bytes) -> bytes:
        """Return the entry of a pickled dictionary of stored fields."""
        return self.pack_all([pickled]).data

    def pack_all(self, batch: Sequence[bytes]) -> Packed:
        """Return the entries of some pickled dictionaries, empty ones as they are.

        They are compressed in one call, without the GIL.
        """
        packed = iter(self._compressed([each for each in batch if len(each) >= _MIN_COMPRESSED]))
        parts: list[Any] = []
        sizes = []
        for each in batch:
            made = next(packed) if len(each) >= _MIN_COMPRESSED else each
            if len(made) < len(each):
                parts += (_HEAD.pack(crc32(made, _ZSTD_CRC), ZSTD), made)
            elif each:
                made = each
                parts += (_HEAD.pack(crc32(each, _RAW_CRC), RAW), each)
            sizes.append(_HEAD.size + len(made) if each else 0)
        return Packed(b"".join(parts), sizes)

    def _compressed(self, batch: Sequence[bytes]) -> Iterable[Any]:
        """Return what each becomes, as bytes or as views of one buffer."""
        if len(batch) <= 1 or not hasattr(self._compressor, "multi_compress_to_buffer"):
            return [self._compressor.compress(each) for each in batch]
        packed: Any = self._compressor.multi_compress_to_buffer(list(batch))
        return list(packed)


def pickled(fields: dict[str, Any]) -> bytes:
    """Return stored fields as an entry holds them, empty where there are none."""
    return pickle.dumps(fields, _PICKLE_PROTOCOL) if fields else b""


def stored_entries(table: Mapping[str, Sequence[Any]], count: int) -> list[bytes]:
    """Return the stored fields of documents given by field, each as an entry holds them."""
    if len(table) == 1:
        ((name, values),) = table.items()
        return [b"" if value is None else pickled({name: value}) for value in values]
    rows: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, values in table.items():
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                row[name] = value
    return [pickled(row) for row in rows]


class Unpacker:
    """Opens entries that were made with one dictionary, which may be empty."""

    def __init__(self, dictionary: bytes) -> None:
        data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._decompressor = zstandard.ZstdDecompressor(dict_data=data)

    def unpack(self, entry: bytes) -> bytes:
        """Return the pickled fields of an entry.

        Raises:
            ValueError: The entry is not what was written.
        """
        crc, tail = int.from_bytes(entry[:_CRC_BYTES], "little"), entry[_CRC_BYTES:]
        if not tail or crc32(tail) != crc:
            raise ValueError("Enregistrement abîmé")
        return tail[1:] if tail[0] == RAW else self._decompressor.decompress(tail[1:])


class StoredFields:
    """Entries in document order, compressed beside the caller and written as they come.

    ``write`` takes bytes of the section ``data``. With ``dictionary`` None one is trained on the
    first documents, which wait in memory for it. ``is_threaded`` as :class:`Ahead` has it.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        dictionary: bytes | None = None,
        *,
        is_threaded: bool = True,
    ) -> None:
        self._write = write
        self._packer = None if dictionary is None else Packer(dictionary)
        self._waiting: list[bytes] = []
        self._ends = array("Q", [0])
        self._packing: Ahead[Packed] = Ahead(is_threaded=is_threaded)
        # Bytes that wait, and those of each batch that is being packed.
        self._waiting_bytes = 0
        self._sizes: deque[int] = deque()

    @property
    def memory(self) -> int:
        """Memory held."""
        return 8 * len(self._ends) + self._waiting_bytes + sum(self._sizes)

    @property
    def dictionary(self) -> bytes | None:
        """The dictionary, None while it is not decided."""
        return self._packer.dictionary if self._packer else None

    def add(self, batch: Sequence[bytes]) -> None:
        """Store the pickled fields of the next documents; nothing of those that are empty."""
        self._waiting += batch
        self._waiting_bytes += sum(map(len, batch))
        if self._packer is None and len(self._waiting) < TRAINED_ON:
            return
        packer = self._decided()
        batch, self._waiting = self._waiting, []
        self._sizes.append(self._waiting_bytes)
        self._waiting_bytes = 0
        for packed in self._packing.start(partial(packer.pack_all, batch)):
            self._put(packed)

    def finish(self) -> tuple[bytes, "array[int]"]:
        """Write what waits; return the dictionary and the N + 1 offsets."""
        for packed in self._packing.settle():
            self._put(packed)
        self._sizes.append(0)
        self._put(self._decided().pack_all(self._waiting))
        self._waiting.clear()
        self.close()
        return self._decided().dictionary, self._ends

    def close(self) -> None:
        """End the thread that compresses; what it made is given up."""
        self._packing.close()

    def _decided(self) -> Packer:
        if self._packer is None:
            self._packer = Packer(trained(self._waiting[:TRAINED_ON]))
        return self._packer

    def _put(self, packed: Packed) -> None:
        self._sizes.popleft()
        self._ends.extend(islice(accumulate(packed.sizes, initial=self._ends[-1]), 1, None))
        self._write(packed.data)


def trained(samples: list[bytes]) -> bytes:
    """Return a dictionary for such entries, empty where there are too few to learn from."""
    usable: list[bytes | bytearray | memoryview] = [sample for sample in samples if sample]
    if len(usable) < MIN_SAMPLES:
        return b""
    try:
        return zstandard.train_dictionary(DICTIONARY_BYTES, usable, **_TRAINING).as_bytes()
    except zstandard.ZstdError:  # nothing in common to learn
        return b""
