"""JSON lines in zstd: how the benchmark keeps what is slow to make.

A file is written beside its name and renamed when whole, so that a run cut short leaves none.
"""

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import zstandard

_LEVEL: Final = 3


def write_lines(path: Path, lines: Iterable[Any]) -> None:
    """Write one JSON value a line; tuples become lists."""
    partial = path.with_name(path.name + ".partial")
    compressor = zstandard.ZstdCompressor(level=_LEVEL, threads=-1)
    with partial.open("wb") as file, compressor.stream_writer(file) as stream:
        for line in lines:
            stream.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
    partial.replace(path)


def read_lines(path: Path) -> Iterator[Any]:
    """Yield the value of each line."""
    with path.open("rb") as file:
        stream = zstandard.ZstdDecompressor().stream_reader(file)
        yield from map(json.loads, io.BufferedReader(_Raw(stream), 1 << 20))


class _Raw(io.RawIOBase):
    """A zstd stream as the raw side of a buffered reader."""

    def __init__(self, stream: zstandard.ZstdDecompressionReader) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._stream.readinto(buffer)
