"""Small integers in few bits: the three codings of the format, each beside its reading.

Readers take a view, where to begin and where they must not go beyond, and check it; what does not
fit is :class:`~indexer.fastwhoosh.errors.Malformed`. The layouts are described in the package.

>>> varint(300).hex(), read_varint(varint(300), 0, 2)
('ac02', (300, 2))
>>> unpack_lanes(pack_lanes([7] * 128, 3), 3) == [7] * 128
True
>>> unpack_group(pack_group([1, 2, 3], 2), 3, 2)
[1, 2, 3]
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Final

from indexer.fastwhoosh.errors import Malformed

BLOCK: Final = 128
GROUP: Final = 32
LARGEST: Final = (1 << 32) - 1
_LANES: Final = 4
_VARINT_BITS: Final = 35

Buffer = bytes | bytearray | memoryview


def varint(value: int) -> bytes:
    """Return the LEB128 bytes of a number from 0 to 2**32 - 1."""
    coded = bytearray()
    while value > 127:  # noqa: PLR2004 - seven bits a byte
        coded.append(value & 127 | 128)
        value >>= 7
    coded.append(value)
    return bytes(coded)


def read_varint(data: Buffer, at: int, end: int) -> tuple[int, int]:
    """Return the number that begins at ``at`` and the place after it.

    Raises:
        Malformed: it is cut short by ``end`` or larger than 2**32 - 1.
    """
    value = shift = 0
    while at < end and shift < _VARINT_BITS:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 - the high bit says that it goes on
            if value > LARGEST:
                break
            return value, at
        shift += 7
    raise Malformed("nombre coupé ou trop grand")


def read_varints(data: Buffer, at: int, end: int, count: int) -> tuple[list[int], int]:
    """Return ``count`` numbers and the place after them.

    Raises:
        Malformed: they are more than the bytes can hold, or one is not right.
    """
    if count > end - at:
        raise Malformed("moins de nombres que prévu")
    values = []
    for _ in range(count):
        value, at = read_varint(data, at, end)
        values.append(value)
    return values, at


def pack_lanes(values: Sequence[int], bits: int) -> bytes:
    """Pack 128 numbers vertically in four lanes: 16 * ``bits`` bytes."""
    words = array("I", bytes(16 * bits))
    for lane in range(_LANES):
        stream = _joined(values[lane::_LANES], bits).to_bytes(4 * bits, "little")
        words[lane::_LANES] = array("I", stream)
    return words.tobytes()


def unpack_lanes(data: Buffer, bits: int) -> list[int]:
    """Return the 128 numbers of 16 * ``bits`` bytes."""
    values = [0] * BLOCK
    words = array("I", bytes(data))
    for lane in range(_LANES):
        stream = int.from_bytes(words[lane::_LANES].tobytes(), "little")
        values[lane::_LANES] = _split(stream, BLOCK // _LANES, bits)
    return values


def pack_group(values: Sequence[int], bits: int) -> bytes:
    """Pack numbers one after the other: ceil(n * ``bits`` / 8) bytes."""
    return _joined(values, bits).to_bytes(group_bytes(len(values), bits), "little")


def unpack_group(data: Buffer, count: int, bits: int) -> list[int]:
    """Return the ``count`` numbers of a group."""
    return _split(int.from_bytes(bytes(data), "little"), count, bits)


def group_bytes(count: int, bits: int) -> int:
    """Return how many bytes a group takes."""
    return (count * bits + 7) // 8


def largest_bits(values: Iterable[int]) -> int:
    """Return the bits that the largest of the numbers needs."""
    return max(values).bit_length()


def _joined(values: Sequence[int], bits: int) -> int:
    stream = 0
    for value in reversed(values):
        stream = stream << bits | value
    return stream


def _split(stream: int, count: int, bits: int) -> list[int]:
    mask = (1 << bits) - 1
    return (
        [stream >> place & mask for place in range(0, count * bits, bits)] if bits else [0] * count
    )
