"""Files that are put on the disk while they are written."""

import errno
import os
import threading
from pathlib import Path

import pytest

from indexer.fastwhoosh.segmentfile import SegmentFile, SegmentFileWriter
from indexer.fastwhoosh.write_back import WriteBack

DIRECTORY = {
    "docs": 0,
    "fields": {},
    "columns": {},
    "stored": {"data": [16, 0, 0], "index": [16, 8, 0], "dict": [24, 0, 0]},
}


class Disk:
    """Tells which threads asked it, and may refuse one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refuses: int | None = None) -> None:
        self.asked: list[str] = []
        self._refuses = refuses
        self._real = os.fsync
        monkeypatch.setattr(os, "fsync", self._sync)

    def _sync(self, handle: int) -> None:
        self.asked.append(threading.current_thread().name)
        if len(self.asked) - 1 == self._refuses:
            raise OSError(errno.EIO, "refused")
        self._real(handle)


def test_the_disk_is_asked_beside_the_caller_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, here = Disk(monkeypatch), threading.current_thread().name
    with (tmp_path / "a").open("wb", buffering=0) as stream:
        ahead = WriteBack(stream.fileno(), piece=10)
        for _ in range(100):
            ahead.wrote(stream.write(b"123"))
        ahead.finish()
    assert disk.asked[-1] == here
    assert 1 <= len(disk.asked[:-1]) <= 30
    assert here not in disk.asked[:-1]


@pytest.mark.parametrize("refused", [0, 1])
def test_what_the_disk_refuses_is_raised_though_it_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    Disk(monkeypatch, refuses=refused)
    before = threading.active_count()
    with (tmp_path / "a").open("wb") as stream:
        ahead = WriteBack(stream.fileno(), piece=10)
        ahead.wrote(10)
        with pytest.raises(OSError, match="refused"):
            ahead.finish()
    assert threading.active_count() == before


def test_a_little_file_needs_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    with (tmp_path / "a").open("wb") as stream:
        ahead = WriteBack(stream.fileno())
        ahead.wrote(1000)
        assert threading.active_count() == before
        ahead.finish()


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_segment_leaves_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_whole: bool
) -> None:
    disk, before = Disk(monkeypatch), threading.active_count()
    path = tmp_path / "a.fws"
    with SegmentFileWriter(path) as file:
        stored = {name: file.section(bytes(5 << 20)) for name in ("data", "index", "dict")}
        if is_whole:
            file.finish({"docs": 655359, "fields": {}, "columns": {}, "stored": stored})
    assert threading.active_count() == before
    assert path.exists() == is_whole
    assert len(disk.asked) >= 1 + is_whole
    if is_whole:
        with SegmentFile(path) as read:
            assert read.docs == 655359
