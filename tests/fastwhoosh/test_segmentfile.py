"""A segment's file is whole or refused, and closing it never fails."""

import errno
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from indexer.fastwhoosh.errors import DamagedSegment, NewerFormat
from indexer.fastwhoosh.segmentfile import SegmentFile, SegmentFileWriter

NOTHING = [16, 0, 0]
EMPTY: dict[str, Any] = {
    "docs": 0,
    "fields": {},
    "columns": {},
    "stored": {"dict": NOTHING, "index": NOTHING, "data": NOTHING},
}


def written(path: Path, data: bytes = b"bonjour") -> Path:
    with SegmentFileWriter(path) as writer:
        place = writer.section(data)
        writer.begin()
        writer.append(b"en deux ")
        writer.append(memoryview(b"morceaux"))
        pieces = writer.end()
        column = {"type": "raw", "data": pieces}
        stored = EMPTY["stored"] | {"data": place}
        writer.finish(EMPTY | {"columns": {"c": column}, "stored": stored})
    return path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    with SegmentFile(written(tmp_path / "a.fws")) as file:
        assert bytes(file.section(file.directory["stored"]["data"])) == b"bonjour"
        assert bytes(file.section(file.directory["columns"]["c"]["data"])) == b"en deux morceaux"
        assert file.directory["columns"]["c"]["data"][0] % 8 == 0
        assert file.docs == 0
        file.verify()


def test_a_file_that_is_not_finished_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.fws"
    with pytest.raises(TypeError), SegmentFileWriter(path) as writer:
        writer.section("no bytes")  # type: ignore[arg-type]  # what is refused
    assert not path.exists()
    with SegmentFileWriter(path) as writer:
        writer.section(b"abc")
    assert not path.exists()


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.fws"
    writer = SegmentFileWriter(path)
    stream = writer._stream

    class Full:
        def write(self, _: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            stream.close()
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writer, "_stream", Full())
    with pytest.raises(OSError, match="No space"), writer:
        writer.section(b"abc")
    assert not path.exists()


def test_views_outlive_the_file(tmp_path: Path) -> None:
    file = SegmentFile(written(tmp_path / "a.fws"))
    view = file.section(file.directory["stored"]["data"])
    file.close()
    file.close()
    assert bytes(view) == b"bonjour"
    assert file.map is None
    with pytest.raises(ValueError, match="released"):
        file.section(file.directory["stored"]["data"])


def test_sections_are_opened_and_ended_in_turn(tmp_path: Path) -> None:
    with SegmentFileWriter(tmp_path / "a.fws") as writer:
        with pytest.raises(RuntimeError):
            writer.append(b"")
        with pytest.raises(RuntimeError):
            writer.end()
        writer.begin()
        with pytest.raises(RuntimeError):
            writer.begin()


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.fws").read_bytes()
    short = tmp_path / "b.fws"
    for length in range(len(whole)):
        short.write_bytes(whole[:length])
        with pytest.raises(DamagedSegment, match=r"b\.fws"):
            SegmentFile(short)


def test_every_flip_is_refused_or_seen_by_verify(tmp_path: Path) -> None:
    whole = written(tmp_path / "a.fws").read_bytes()
    padding = set(range(16 + 7, 24))
    flipped = tmp_path / "b.fws"
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        flipped.write_bytes(changed)
        if place in padding:
            continue
        with pytest.raises((DamagedSegment, NewerFormat)), SegmentFile(flipped) as file:
            file.verify()


def with_directory(path: Path, directory: bytes, version: int = 1) -> Path:
    header = struct.pack("<8sII", b"fwhoosh1", version, 0)
    footer = struct.pack("<QQII", 16, len(directory), zlib.crc32(directory), version)
    path.write_bytes(header + directory + footer + b"1hsoohwf")
    return path


def test_a_newer_version_says_what_is_known(tmp_path: Path) -> None:
    path = with_directory(tmp_path / "a.fws", b"{}", version=2)
    with pytest.raises(NewerFormat, match="format 2 inconnu de ce programme, qui lit : 1"):
        SegmentFile(path)


FIELD = {
    "kind": "positions",
    **dict.fromkeys(("terms", "length", "min_length", "max_length"), 0),
    **dict.fromkeys(("blob", "offsets", "infos", "postings", "positions"), NOTHING),
}
WRONG = [
    [],
    {},
    EMPTY | {"docs": -1},
    EMPTY | {"docs": 2**24 + 1},
    EMPTY | {"docs": True},
    EMPTY | {"fields": []},
    EMPTY | {"fields": {"f": 1}},
    EMPTY | {"fields": {"f": FIELD | {"kind": "vectors"}}},
    EMPTY | {"fields": {"f": FIELD | {"kind": ["positions"]}}},
    EMPTY | {"fields": {"f": FIELD | {"terms": "0"}}},
    EMPTY | {"fields": {"f": FIELD | {"length": 2**57}}},
    EMPTY | {"fields": {"f": FIELD | {"blob": [16, 1, 0]}}},
    EMPTY | {"fields": {"f": FIELD | {"blob": [8, 0, 0]}}},
    EMPTY | {"fields": {"f": FIELD | {"blob": [17, 0, 0]}}},
    EMPTY | {"fields": {"f": FIELD | {"blob": [16, 0]}}},
    EMPTY | {"fields": {"f": FIELD | {"norms": None}}},
    EMPTY | {"columns": {"c": {"type": "number", "typecode": "x", "default": 0}}},
    EMPTY | {"columns": {"c": {"type": "other"}}},
    EMPTY | {"columns": {"c": {"type": {}}}},
    EMPTY | {"columns": {"c": {"type": "number", "typecode": ["q"], "values": NOTHING}}},
    EMPTY | {"columns": {"c": {"type": "raw"}}},
    EMPTY | {"stored": {"dict": NOTHING, "index": NOTHING}},
]


@pytest.mark.parametrize("directory", WRONG, ids=str)
def test_a_directory_of_another_shape_is_refused(tmp_path: Path, directory: object) -> None:
    path = with_directory(tmp_path / "a.fws", json.dumps(directory).encode())
    with pytest.raises(DamagedSegment, match="répertoire"):
        SegmentFile(path)


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b"\xff", b"1" * 10_000])
def test_a_directory_that_is_no_json_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(DamagedSegment):
        SegmentFile(with_directory(tmp_path / "a.fws", text))


def test_pages_that_are_given_back_are_read_again(tmp_path: Path) -> None:
    data = bytes(range(256)) * 40_000
    with SegmentFile(written(tmp_path / "a.fws", data)) as file:
        view = file.section(file.directory["stored"]["data"])
        assert bytes(view) == data
        before = _resident(file.path)
        file.forget_pages()
        if before is not None:
            assert before > 9_000
            assert _resident(file.path) == 0
        assert bytes(view) == data
    file.forget_pages()


def _resident(path: Path) -> int | None:
    """Kilobytes of a mapped file in the memory of this process, None where it is not told."""
    smaps = Path("/proc/self/smaps")
    if not smaps.is_file():
        return None
    lines = iter(smaps.read_text("utf-8").splitlines())
    sizes = (
        int(next(line for line in lines if line.startswith("Rss:")).split()[1])
        for line in lines
        if line.endswith(str(path))
    )
    return sum(sizes)
