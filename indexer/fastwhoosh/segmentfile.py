"""The file of a segment: sections of bytes, a directory of them, and check sums over everything.

It knows where sections lie, not what they hold. A file is written once, front to back, and is
whole only when its footer is there; readers map it and hand out views without copying.

>>> import tempfile
>>> stored = {"dict": [16, 0, 0], "index": [16, 0, 0], "data": [16, 0, 0]}
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder, "a.fws")
...     with SegmentFileWriter(path) as writer:
...         place = writer.section(b"bonjour")
...         writer.finish({"docs": 0, "fields": {}, "columns": {}, "stored": stored})
...     with SegmentFile(path) as file:
...         bytes(file.section(place))
b'bonjour'
"""

import json
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

from indexer.fastwhoosh import directory as directories
from indexer.fastwhoosh.checksums import crc32
from indexer.fastwhoosh.directory import Directory, Section
from indexer.fastwhoosh.errors import DamagedSegment, Malformed, NewerFormat, naming
from indexer.fastwhoosh.write_back import WriteBack

EXTENSION: Final = ".fws"
VERSION: Final = 1
KNOWN_VERSIONS: Final = (1,)
_MAGIC: Final = b"fwhoosh1"
_END_MAGIC: Final = b"1hsoohwf"
_HEADER: Final = struct.Struct("<8sII")
_FOOTER: Final = struct.Struct("<QQII8s")
_ALIGNMENT: Final = 8
# Check sums are made a piece at a time, so that other threads get their turn.
_PIECE: Final = 1 << 20

Buffer = bytes | bytearray | memoryview


class SegmentFileWriter:
    """Writes the sections of a new file one after the other, then the directory.

    As a context manager it removes the file unless :meth:`finish` was reached.

    Args:
        path: the file; one of that name is replaced.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._stream = self.path.open("wb")
        self._disk = WriteBack(self._stream.fileno())
        self._finished = False
        self._place = 0
        self._start: int | None = None
        self._crc = 0
        self._write(_HEADER.pack(_MAGIC, VERSION, 0))

    def section(self, data: Buffer) -> Section:
        """Write a section at once: its ``[offset, length, crc32]`` for the directory."""
        self.begin()
        self.append(data)
        return self.end()

    def begin(self) -> None:
        """Begin a section that comes piecewise.

        Raises:
            RuntimeError: the section before is not ended.
        """
        if self._start is not None:
            raise RuntimeError("a section is open already")
        self._pad()
        self._start, self._crc = self._place, 0

    def append(self, data: Buffer) -> None:
        """Add bytes to the section that is open.

        Raises:
            RuntimeError: none is open.
        """
        if self._start is None:
            raise RuntimeError("no section is open")
        self._crc = crc32(data, self._crc)
        self._write(data)

    def end(self) -> Section:
        """End the section: its ``[offset, length, crc32]``.

        Raises:
            RuntimeError: none is open.
        """
        if self._start is None:
            raise RuntimeError("no section is open")
        place = [self._start, self._place - self._start, self._crc]
        self._start = None
        return place

    def finish(self, directory: Directory) -> None:
        """Write directory and footer, put the file on the disk and close it.

        Raises:
            ValueError: the directory has not the shape that readers demand.
        """
        self._pad()
        directories.check(directory, self._place)
        text = json.dumps(directory, ensure_ascii=False, separators=(",", ":")).encode()
        footer = _FOOTER.pack(self._place, len(text), crc32(text), VERSION, _END_MAGIC)
        self._write(text + footer)
        self._stream.flush()
        self._disk.finish()
        self._stream.close()
        self._finished = True

    def abandon(self) -> None:
        """Close and remove the file, unless it is finished."""
        if not self._finished:
            self._disk.close()
            with suppress(OSError):  # a full disk: what could not be written is not wanted
                self._stream.close()
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    def _write(self, data: Buffer) -> None:
        count = self._stream.write(data)
        self._place += count
        self._disk.wrote(count)

    def _pad(self) -> None:
        self._write(bytes(-self._place % _ALIGNMENT))


# Not every system can be told.
_FORGET: Final[int | None] = getattr(mmap, "MADV_DONTNEED", None)


class SegmentFile:
    """A finished file, mapped read only.

    Views that were handed out may outlive :meth:`close`: the memory stays mapped until the last of
    them is gone, and closing never fails because of them.

    Args:
        path: the file.

    Attributes:
        path: the file.
        map: the whole file, or None once closed.
        directory: the parsed directory, of a shape that was checked.
        users: how many readers share the mapping, for those who share it to count.

    Raises:
        DamagedSegment: header, footer or directory are not right, or a section lies outside.
        NewerFormat: another version wrote it.
        OSError: the file is not there or cannot be mapped.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.users = 0
        self.map: mmap.mmap | None = _mapped(self.path)
        self._view = memoryview(self.map)
        try:
            with naming(self.path):
                self.directory: Directory = _directory(self.path, self._view)
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._view.nbytes

    @property
    def docs(self) -> int:
        """Number of documents, deleted ones counted."""
        docs: int = self.directory["docs"]
        return docs

    def section(self, section: Section) -> memoryview:
        """Return the bytes of a section, without reading or checking them.

        Raises:
            DamagedSegment: it does not lie inside the file.
            ValueError: the file is closed.
        """
        offset, length = section[0], section[1]
        if not 0 <= offset <= offset + length <= self.size:
            raise DamagedSegment(self.path, "section hors du fichier")
        return self._view[offset : offset + length]

    def whole_section(self, section: Section) -> memoryview:
        """Return the bytes of a section after reading them all.

        Raises:
            DamagedSegment: the check sum is wrong.
        """
        view = self.section(section)
        if _crc(view) != section[2]:
            raise DamagedSegment(self.path, "somme de contrôle fausse")
        return view

    def broken_sections(self) -> Iterator[str]:
        """Read everything and give the name of each section whose check sum is wrong."""
        for name, section in directories.sections(self.directory):
            if _crc(self.section(section)) != section[2]:
                yield name

    def verify(self) -> None:
        """Read everything.

        Raises:
            DamagedSegment: a check sum is wrong; the message names the first such section.
        """
        for name in self.broken_sections():
            raise DamagedSegment(self.path, f"{name} : somme de contrôle fausse")

    def forget_pages(self) -> None:
        """Give back the memory of what was read; it is read again where it is asked for again."""
        if self.map is not None and _FORGET is not None:
            self.map.madvise(_FORGET)

    def close(self) -> None:
        """Let go of the file; views that were handed out stay readable. Twice is once."""
        self._view.release()
        if self.map is not None:
            mapped, self.map = self.map, None
            try:
                mapped.close()
            except BufferError:  # a view is still in use: the last one to go unmaps the file
                del mapped

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size < _HEADER.size + _FOOTER.size:
            raise DamagedSegment(path, "fichier trop court pour être un segment")
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _directory(path: Path, view: memoryview) -> Directory:
    magic, version, zero = _HEADER.unpack_from(view)
    if magic != _MAGIC:
        raise Malformed("ce n’est pas un segment")
    start = view.nbytes - _FOOTER.size
    offset, length, crc, end_version, end_magic = _FOOTER.unpack_from(view, start)
    if end_magic != _END_MAGIC:
        raise Malformed("fichier incomplet, sans sa fin")
    if version != end_version or zero:
        raise Malformed("en-tête et fin se contredisent")
    if version not in KNOWN_VERSIONS:
        raise NewerFormat(path, version, KNOWN_VERSIONS)
    if offset < _HEADER.size or offset + length != start:
        raise Malformed("répertoire hors du fichier")
    text = bytes(view[offset:start])
    if crc32(text) != crc:
        raise Malformed("répertoire : somme de contrôle fausse")
    directory: Directory = _parsed(text)
    directories.check(directory, offset)
    return directory


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("répertoire illisible") from error


def _crc(view: memoryview) -> int:
    crc = 0
    for start in range(0, view.nbytes, _PIECE):
        crc = crc32(view[start : start + _PIECE], crc)
    return crc
