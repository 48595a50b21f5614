"""The bytes that the format prescribes, worked out by hand, and what is refused."""

import struct

import pytest

from indexer.fastwhoosh.encoding import FieldEncoder, encode_field


def test_a_short_record_with_positions() -> None:
    terms = [(b"ab", [0, 5], [1, 3], [7, 2, 2, 300]), (b"abc", [5], [1], [0])]
    sections = encode_field("positions", terms, bytes(6))
    assert sections.terms == 2
    assert bytes(sections.blob) == b"ababc"
    assert bytes(sections.offsets) == struct.pack("<3I", 0, 2, 5)
    # (0 - -1 - 1) * 2 + 1; (5 - 0 - 1) * 2, 3; then 7 | 2, 0, 298.
    first = bytes([1, 8, 3, 7, 2, 0, 0b10101010, 0b10])
    assert bytes(sections.postings) == first + bytes([11, 0])
    assert bytes(sections.infos) == struct.pack("<QIIQII", 0, 2, 4, len(first), 1, 1)
    assert bytes(sections.positions) == b""


def test_a_long_record_and_its_tail() -> None:
    docs = [*range(0, 256, 2), 300]
    tfs = [1] * 127 + [2, 9]
    norms = bytes([5]) * 301
    sections = encode_field("frequencies", [(b"x", docs, tfs, None)], norms)
    gaps = [0] + [1] * 127
    lanes = bytearray(16)
    for i, gap in enumerate(gaps):
        lanes[i % 4 * 4 + i // 4 // 8] |= gap << i // 4 % 8
    tf_lanes = bytearray(16)
    tf_lanes[15] = 1 << 7
    block = bytes([1, 1]) + lanes + tf_lanes
    tail = bytes([(300 - 254 - 1) * 2, 9])
    header = struct.pack("<QII", 0, len(block) + len(tail), 0)
    skips = struct.pack("<III8B", 254, 0, 0, *[2, 5] * 4)
    skips += struct.pack("<III8B", 300, len(block), 0, *[9, 5] * 4)
    assert bytes(sections.postings) == header + skips + block + tail


def test_the_positions_of_a_long_record() -> None:
    docs = list(range(128))
    tfs = [1] * 127 + [2]
    terms = [(b"a", docs, tfs, [3] * 129), (b"b", docs, tfs, [0] * 128 + [1])]
    sections = encode_field("positions", terms, None)
    # The last posting: 3, then a difference of 0; the fifth group holds that 0 alone.
    assert bytes(sections.positions)[:5] == bytes([2, 2, 2, 2, 0])
    second = bytes([0, 0, 0, 0, 1, 1])
    assert bytes(sections.positions).endswith(second)
    assert len(sections.positions) == 5 + 4 * 8 + len(second)
    (offset,) = struct.unpack_from("<Q", sections.infos, 16)
    assert struct.unpack_from("<Q", sections.postings, offset) == (37,)


def test_an_exact_multiple_of_blocks_has_no_tail() -> None:
    sections = encode_field("existence", [(b"a", list(range(256)), [1] * 256, None)], None)
    assert len(sections.postings) == 16 + 2 * 20 + 2 * 2


def test_a_frequency_too_large_for_the_table_is_cut() -> None:
    sections = encode_field("frequencies", [(b"a", [0, 1], [2**32 - 1, 9], None)], None)
    assert struct.unpack("<QII", sections.infos) == (0, 2, 2**32 - 1)


@pytest.mark.parametrize(
    ("kind", "docs", "tfs", "positions"),
    [
        ("frequencies", [], [], None),
        ("frequencies", [1], [1, 1], None),
        ("frequencies", [2, 2], [1, 1], None),
        ("frequencies", [3, 2], [1, 1], None),
        ("frequencies", [-1], [1], None),
        ("frequencies", [2**24], [1], None),
        ("frequencies", [1], [0], None),
        ("frequencies", [1], [2**32], None),
        ("existence", [1], [2], None),
        ("frequencies", [1], [1], [1]),
        ("positions", [1], [1], None),
        ("positions", [1], [2], [1]),
        ("positions", [1], [2], [2, 1]),
        ("positions", [1], [1], [2**32]),
        ("positions", [1], [1], [-1]),
    ],
)
def test_what_the_format_cannot_hold_is_refused(
    kind: str, docs: list[int], tfs: list[int], positions: list[int] | None
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        encode_field(kind, [(b"a", docs, tfs, positions)], None)


def test_terms_ascend() -> None:
    encoder = FieldEncoder("existence", None)
    encoder.add(b"b", [0], [1])
    for term in (b"b", b"a", b""):
        with pytest.raises(ValueError, match="comes after"):
            encoder.add(term, [0], [1])
