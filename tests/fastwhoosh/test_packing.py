"""Packed numbers against a bit-by-bit reading of the format."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.packing import (
    group_bytes,
    largest_bits,
    pack_group,
    pack_lanes,
    read_varint,
    read_varints,
    unpack_group,
    unpack_lanes,
    varint,
)


def slow_lanes(data: bytes, bits: int) -> list[int]:
    """Value i: the bits from (i // 4) * bits on of lane i % 4, whose words are every fourth."""
    values = []
    for i in range(128):
        value = 0
        for bit in range(bits):
            place = i // 4 * bits + bit
            byte = (place // 32 * 4 + i % 4) * 4 + place % 32 // 8
            value |= (data[byte] >> place % 8 & 1) << bit
        values.append(value)
    return values


@st.composite
def numbers(draw: Any, count: int, most: int) -> tuple[list[int], int]:
    bits = draw(st.integers(0, most))
    values = draw(st.lists(st.integers(0, 2**bits - 1), min_size=count, max_size=count))
    return values, bits


@given(numbers(128, 32))
def test_lanes(case: tuple[list[int], int]) -> None:
    values, bits = case
    data = pack_lanes(values, bits)
    assert len(data) == 16 * bits
    assert unpack_lanes(memoryview(data), bits) == slow_lanes(data, bits) == values


@given(st.integers(1, 32).flatmap(lambda count: numbers(count, 32)))
def test_groups(case: tuple[list[int], int]) -> None:
    values, bits = case
    data = pack_group(values, bits)
    assert len(data) == group_bytes(len(values), bits)
    stream = "".join(f"{byte:08b}"[::-1] for byte in data)
    slow = [int(stream[i * bits : (i + 1) * bits][::-1] or "0", 2) for i in range(len(values))]
    assert unpack_group(memoryview(data), len(values), bits) == slow == values


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_varints(values: list[int]) -> None:
    data = b"".join(map(varint, values))
    assert read_varints(b"x" + data, 1, 1 + len(data), len(values)) == (values, 1 + len(data))


@pytest.mark.parametrize(
    "data", [b"", b"\x80", b"\xff" * 4, b"\xff\xff\xff\xff\x10", b"\x80" * 5 + b"\x00"]
)
def test_a_number_that_is_cut_or_too_large(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_varint(data, 0, len(data))


def test_more_numbers_than_bytes_are_refused_before_any_is_read() -> None:
    with pytest.raises(Malformed):
        read_varints(bytes(10), 0, 10, 1 << 60)


def test_bits_of_the_largest() -> None:
    assert [largest_bits([value]) for value in (0, 1, 2, 255, 256, 2**32 - 1)] == [
        0,
        1,
        2,
        8,
        9,
        32,
    ]
