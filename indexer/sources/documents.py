"""Every file that an import is pointed at, opened safely, one :class:`Document` at a time.

A folder is walked, a zip is read member by member without unpacking to disk, a ``.gz`` is
decompressed on the way. All of it is hostile: sizes and compression ratios are bounded while
reading, member names are never used as paths, links are not followed. A member of a zip can be
opened only while :func:`documents` is being iterated: the archive is closed behind the last one.

>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     _ = pathlib.Path(folder, "a.txt").write_text("bonjour")
...     [document.read() for document in documents(pathlib.Path(folder))]
[b'bonjour']
"""

import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from indexer.errors import BadRecord, UnsafeArchive

# The largest official file (all written questions of a legislature in one XML) is about 700 MB.
MAX_DOCUMENT_BYTES: Final = 4 * 2**30
MAX_ARCHIVE_BYTES: Final = 16 * 2**30
MAX_MEMBERS: Final = 1_000_000
# Official archives compress 4 to 20 times; a deflate bomb reaches 1,000.
MAX_RATIO: Final = 200
_RATIO_FREE_BYTES: Final = 2**20
# One record: the longest question with its answer known is under 1 MB.
MAX_RECORD_BYTES: Final = 32 * 2**20
HEAD_BYTES: Final = 16_384
_GZIP_MAGIC: Final = b"\x1f\x8b"
_ZIP_MAGIC: Final = b"PK\x03\x04"
_EMPTY_ZIP_MAGIC: Final = b"PK\x05\x06"
# All that the standard library raises on damaged, encrypted or exotic archives and on bad disks.
_UNREADABLE: Final = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
# What a download leaves beside its file: the piece so far, and the notes on both.
_PARTIAL_SUFFIXES: Final = (".part", ".part.json")


class _BoundedReader(io.RawIOBase):
    """A byte stream that refuses to give more than it should."""

    def __init__(self, raw: IO[bytes], name: str, compressed: int | None) -> None:
        super().__init__()
        self._raw = raw
        self._name = name
        self._limit = MAX_DOCUMENT_BYTES
        if compressed is not None:
            self._limit = min(self._limit, _RATIO_FREE_BYTES + compressed * MAX_RATIO)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer is 3.12+
        try:
            data = self._raw.read(len(buffer))
        except _UNREADABLE as error:
            raise _damaged(self._name, error) from error
        self._given += len(data)
        if self._given > self._limit:
            raise UnsafeArchive(f"{self._name} : contenu décompressé démesuré, lecture arrêtée")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _damaged(name: str, error: Exception) -> BadRecord:
    return BadRecord(name, f"contenu illisible ou endommagé ({printable(str(error))})")


@dataclass(frozen=True)
class Document:
    """One file or one member of an archive.

    ``name`` is for messages (``Questions.zip › json/QANR5L16QG3.json``), ``basename`` for
    recognition. ``opener`` starts reading anew. ``archive`` is the file that it is a member of.
    """

    name: str
    basename: str
    opener: Callable[[], IO[bytes]]
    compressed: int | None = None
    archive: str | None = None

    def open(self) -> BinaryIO:
        """Open the bytes for streaming; sizes are bounded while they are read.

        Raises:
            BadRecord: here or while reading: the bytes cannot be had.
            UnsafeArchive: while reading: they are more than they should be.
        """
        try:
            raw = self.opener()
        except _UNREADABLE as error:
            raise _damaged(self.name, error) from error
        return io.BufferedReader(_BoundedReader(raw, self.name, self.compressed))

    @cached_property
    def head(self) -> bytes:
        """The first 16 kB, for recognition."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    def read(self) -> bytes:
        """Read the whole document, which must be one record or page.

        Raises:
            BadRecord: it is larger than a record can be.
        """
        with self.open() as stream:
            data = stream.read(MAX_RECORD_BYTES + 1)
        if len(data) > MAX_RECORD_BYTES:
            raise BadRecord(self.name, f"plus de {MAX_RECORD_BYTES // 2**20} Mo pour une question")
        return data

    @property
    def suffix(self) -> str:
        """The last suffix, lower case; ``.jsonl`` for ``x.jsonl.gz``."""
        return Path(self.basename.lower().removesuffix(".gz")).suffix


def documents(path: Path) -> Iterator[Document | BadRecord]:
    """Yield what a path holds: itself, the members of an archive, or a folder's files in order.

    Hidden files, links, unfinished downloads and the notes beside downloads are left out of
    folders. What cannot be opened comes as a BadRecord. Use each document before asking for the
    next one.
    """
    try:
        if path.is_dir():
            for child in _files(path):
                yield from [child] if isinstance(child, BadRecord) else _of_file(child)
        else:
            yield from _of_file(path)
    except OSError as error:
        yield _unreadable(path, error)


def _files(folder: Path) -> Iterator[Path | BadRecord]:
    """Walk a folder in order, without recursion: nesting is as deep as its author wants."""
    pending = [folder]
    while pending:
        path = pending.pop()
        if path.is_file():
            yield path
            continue
        try:
            children = sorted(path.iterdir(), reverse=True)
            pending += [child for child in children if _is_data(child)]
        except OSError as error:
            yield _unreadable(path, error)


def _is_data(path: Path) -> bool:
    if path.name.startswith(".") or path.is_symlink() or path.name.endswith(_PARTIAL_SUFFIXES):
        return False
    is_note = path.suffix == ".json" and path.with_suffix("").is_file()
    return not is_note and (path.is_file() or path.is_dir())


def _unreadable(path: Path, error: OSError) -> BadRecord:
    return BadRecord(printable(str(path)), f"fichier illisible ({error.strerror})")


def _of_file(path: Path) -> Iterator[Document | BadRecord]:
    if not path.is_file():
        yield BadRecord(printable(str(path)), "fichier introuvable")
        return
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        yield _unreadable(path, error)
        return
    if magic in (_ZIP_MAGIC, _EMPTY_ZIP_MAGIC):
        yield from _members(path)
    elif magic.startswith(_GZIP_MAGIC):
        yield _gzipped(path)
    else:
        yield Document(printable(str(path)), path.name, lambda: path.open("rb"))


def printable(name: str) -> str:
    """Return a file's name as one harmless line for messages."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", name)[:300]


def _gzipped(path: Path) -> Document:
    return Document(
        printable(str(path)),
        path.name,
        lambda: cast("IO[bytes]", gzip.open(path, "rb")),
        compressed=path.stat().st_size,
    )


def _members(path: Path) -> Iterator[Document | BadRecord]:
    archive_name = printable(str(path))
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE as error:
        yield BadRecord(archive_name, f"archive zip illisible ({printable(str(error))})")
        return
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        total = sum(info.file_size for info in infos)
        if len(infos) > MAX_MEMBERS or total > MAX_ARCHIVE_BYTES:
            reason = f"{len(infos)} fichiers, {total // 2**20} Mo décompressés"
            yield BadRecord(archive_name, f"archive démesurée ({reason})")
            return
        for info in infos:
            yield _member(archive, archive_name, info)


def _member(
    archive: zipfile.ZipFile, archive_name: str, info: zipfile.ZipInfo
) -> Document | BadRecord:
    name = f"{archive_name} › {printable(info.filename)}"
    if info.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", info.filename):
        return BadRecord(name, "nom de fichier refusé : il sort de l'archive")
    if info.flag_bits & 0x1:
        return BadRecord(name, "fichier chiffré")
    return Document(
        name,
        re.split(r"[/\\]", info.filename)[-1],
        lambda: archive.open(info),
        compressed=info.compress_size,
        archive=archive_name,
    )
