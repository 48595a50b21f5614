"""The checksum against zlib's, for every length around those of its runs."""

import random
import zlib

import pytest

from indexer.fastwhoosh.checksums import crc32


def test_checksums_are_those_of_zlib() -> None:
    rng = random.Random(5)
    for size in [*range(300), *(rng.randrange(300, 100_000) for _ in range(100)), 1 << 20]:
        data = rng.randbytes(size)
        before = rng.choice([0, 1, 0xFFFFFFFF, rng.randrange(1 << 32)])
        assert crc32(data) == zlib.crc32(data)
        assert crc32(data, before) == zlib.crc32(data, before)
        view = memoryview(data)[size // 3 :]
        assert crc32(view, before) == zlib.crc32(view, before)


def test_goes_on_where_it_stopped() -> None:
    """A section that comes piecewise has the checksum of the whole."""
    data, crc = random.Random(2).randbytes(10_000), 0
    for start in range(0, len(data), 77):
        crc = crc32(data[start : start + 77], crc)
    assert crc == zlib.crc32(data)


def test_what_is_no_bytes_is_refused() -> None:
    for wrong in ((), ("text",), (b"a", "b"), (b"a", 1, 2), (memoryview(b"abcd")[::2],)):
        with pytest.raises((TypeError, BufferError)):
            crc32(*wrong)
