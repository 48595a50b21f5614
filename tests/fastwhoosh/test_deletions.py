"""The bits of deleted documents, in memory and in their file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.fastwhoosh import deletions
from indexer.fastwhoosh.errors import DamagedSegment


@given(st.sets(st.integers(0, 70)), st.sets(st.integers(0, 70)))
def test_bits_are_a_set(deleted: set[int], restored: set[int]) -> None:
    bits = deletions.none_deleted(71)
    for doc in deleted:
        deletions.put(bits, doc, deleted=True)
    for doc in restored:
        deletions.put(bits, doc, deleted=False)
    left = deleted - restored
    assert list(deletions.places(bits)) == sorted(left)
    assert deletions.count(bits) == len(left)
    assert [doc for doc in range(71) if deletions.get(bits, doc)] == sorted(left)


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "a.1.del"
    deletions.write(path, bytes([0b101, 0b1]), 9)
    assert path.read_bytes()[:12] == b"fwdelete\x09\x00\x00\x00"
    assert deletions.read(path, 9) == bytearray([0b101, 0b1])
    deletions.write(path, b"", 0)
    assert deletions.read(path, 0) == bytearray()
    with pytest.raises(ValueError, match="bytes of bits"):
        deletions.write(path, b"\0", 9)


def test_every_damage_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.1.del"
    deletions.write(path, bytes([0b101, 0b1]), 9)
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 4
        path.write_bytes(changed)
        with pytest.raises(DamagedSegment, match=r"a\.1\.del"):
            deletions.read(path, 9)
        path.write_bytes(whole[:place])
        with pytest.raises(DamagedSegment):
            deletions.read(path, 9)
    path.write_bytes(whole + b"\0")
    with pytest.raises(DamagedSegment):
        deletions.read(path, 9)


def test_documents_beyond_the_last_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.1.del"
    deletions.write(path, bytes([0, 2]), 9)
    with pytest.raises(DamagedSegment, match="au delà"):
        deletions.read(path, 9)
