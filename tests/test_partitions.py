"""Lines of the corpus read by blocks, against those that are read one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import partitions
from indexer.digests import CombinedDigest, line_digest, line_digests
from indexer.errors import CorpusError
from indexer.partitions import (
    blocks,
    lines_about,
    numbers_after,
    numbers_after_in_python,
    read_lines,
)
from indexer.question import Key

# Lines of ours and of other hands, blank ones, and what is no record.
HEADS = st.sampled_from(
    [b'{"uid":"QANR5L15QE', b'{"uid":"QANR5L15QG', b' { "uid" : "QSENR5L16QE', b'{"uid":"QANR5L1']
)
RECORDS = st.builds(
    lambda head, number, rest: head + str(number).encode() + b'"' + rest,
    HEADS,
    st.integers(0, 99_999_999),
    st.sampled_from([b"}", b',"title":"' + b"x" * 40 + b'"}', b"", b"\r", b" "]),
)
LINES = st.lists(RECORDS | st.sampled_from([b"", b" \t", b"\r", b"{}", b'{"uid":"QANR5L15QE"}']))


def one_by_one(path: Path) -> list[tuple[Key, bytes]]:
    return [(line.key, line.data.removesuffix(b"\n")) for line in read_lines(path)]


def by_blocks(path: Path) -> list[tuple[Key, bytes]]:
    return [pair for block in blocks(path) for pair in zip(block.keys(), block.lines, strict=True)]


def told(read: Callable[[Path], object], path: Path) -> object:
    try:
        return read(path)
    except CorpusError as error:
        return str(error)


@given(LINES, st.booleans(), st.integers(1, 100))
def test_blocks_are_the_lines_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], is_ended: bool, size: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "lignes.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n" * is_ended)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "_BLOCK_BYTES", size)
        assert told(by_blocks, path) == told(one_by_one, path)
    assert lines_about(path) == path.read_bytes().count(b"\n")


@given(LINES, HEADS)
def test_numbers_are_read_natively_as_in_python(lines: list[bytes], head: bytes) -> None:
    alike = [head + b'7"', head + b'1234567"', *lines, head + b"12345678", head, head + b"1"]
    for start in range(len(alike)):
        told = numbers_after(head, alike[start:])
        assert told == numbers_after_in_python(head, alike[start:])


def test_lines_of_a_large_file_are_estimated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lignes.jsonl"
    path.write_bytes(b"".join(b"x" * (50 + number % 60) + b"\n" for number in range(50_000)))
    assert lines_about(path) == 50_000
    monkeypatch.setattr(partitions, "_BLOCK_BYTES", 4096)
    assert lines_about(path) == pytest.approx(50_000, rel=0.02)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    for read in (by_blocks, lines_about):
        with pytest.raises(CorpusError, match="lecture impossible"):
            read(tmp_path)


@given(st.lists(st.binary(max_size=9), max_size=20))
def test_a_combined_digest_is_the_sum_of_its_members(lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    digests = list(map(line_digest, lines))
    assert digests == line_digests(lines)
    one_by_one, together = CombinedDigest(), CombinedDigest()
    for digest in digests:
        one_by_one.add(digest)
    together.add("".join(digests))
    assert str(one_by_one) == str(together)
    assert int(str(together), 16) == sum(int(digest, 16) for digest in digests) % 2**128
    assert one_by_one.count == together.count == len(digests)


@pytest.mark.parametrize("digits", ["0" * 31, "0" * 33, "x" * 32, " " * 32, "0 " * 16 + "0" * 16])
def test_what_is_no_digest_is_refused(digits: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # in whose words does not matter
        CombinedDigest().add(digits)
