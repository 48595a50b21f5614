"""A long record whose parts contradict each other is malformed."""

import struct
from dataclasses import replace

import pytest

from indexer.fastwhoosh.decoding import FieldReader
from indexer.fastwhoosh.encoding import FieldSections, encode_field
from indexer.fastwhoosh.errors import Malformed

DOCS = list(range(0, 600, 2))


def long_record(kind: str = "positions") -> FieldSections:
    positions = [1] * len(DOCS) if kind == "positions" else None
    return encode_field(kind, [(b"a", DOCS, [1] * len(DOCS), positions)], None)


def patched(sections: FieldSections, at: int, data: bytes) -> FieldSections:
    postings = bytearray(sections.postings)
    postings[at : at + len(data)] = data
    return replace(sections, postings=postings)


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (0, struct.pack("<Q", 2**63), "positions hors"),
        (8, struct.pack("<I", 2**31), "blocs hors"),
        (12, struct.pack("<I", 2**31), "positions hors"),
        (16, struct.pack("<I", 255), "contredit"),
        (16 + 4, struct.pack("<I", 2**30), "désordonnée"),
        (16 + 20 + 4, struct.pack("<I", 0), "bloc coupé"),
        (16 + 3 * 20, b"\x19", "trop large"),
        (16 + 3 * 20 + 1, b"\x21", "trop large"),
    ],
)
def test_contradictions(at: int, value: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        FieldReader(patched(long_record(), at, value), 600).postings(0)


def test_there_is_no_block_after_the_last() -> None:
    record = FieldReader(long_record(), 600).record(0)
    assert record.blocks == 3
    with pytest.raises(Malformed):
        record.last(3)
    with pytest.raises(Malformed):
        record.load(-1)


def test_documents_beyond_the_last_are_malformed() -> None:
    FieldReader(long_record(), 599).postings(0)
    with pytest.raises(Malformed, match="au delà"):
        FieldReader(long_record(), 598).postings(0)


def test_existence_has_no_frequencies() -> None:
    sections = replace(
        encode_field("frequencies", [(b"a", [0], [2], None)], None), kind="existence"
    )
    with pytest.raises(Malformed, match="fréquence"):
        FieldReader(sections, 1).postings(0)


def test_a_position_beyond_32_bits_is_malformed() -> None:
    sections = encode_field("positions", [(b"a", [0], [2], [2**32 - 1, 2**32 - 1])], None)
    sections = replace(sections, postings=bytes(sections.postings)[:-1] + b"\x01")
    with pytest.raises(Malformed, match="position trop grande"):
        FieldReader(sections, 1).positions(0)
