"""The check sum of sections is that of zlib, whatever their length and place in memory."""

import random
import zlib

from indexer.fastwhoosh.checksum import crc32


def test_is_that_of_zlib() -> None:
    """Lengths around those of the blocks that are folded, and some large ones."""
    rng = random.Random(1)
    for length in [*range(300), *rng.choices(range(1 << 17), k=40)]:
        data = memoryview(rng.randbytes(length + 16))[rng.randrange(16) :][:length]
        before = rng.getrandbits(32)
        assert crc32(data) == zlib.crc32(data)
        assert crc32(data, before) == zlib.crc32(data, before)


def test_goes_on_where_it_stopped() -> None:
    """A section that comes piecewise has the sum of the whole."""
    rng = random.Random(2)
    data, crc = rng.randbytes(10_000), 0
    for start in range(0, len(data), 77):
        crc = crc32(data[start : start + 77], crc)
    assert crc == zlib.crc32(data)
