"""A check sum for Whoosh's table of contents, which has none of its own.

The table is pickled: where a bit of it turns, Whoosh raises anything or, worse, reads another
schema and finds other documents. What it reads ends with the pickle, so a seal can stand behind
it that Whoosh never sees: 8 bytes ``fwcontnt``, u32 crc32 of all before the seal, 8 bytes
``tntnocwf``. A table without seal, written by a stock writer, is believed.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder, "_MAIN_1.toc")
...     _ = path.write_bytes(b"table")
...     seal(path)
...     verify(path)
...     _ = path.write_bytes(path.read_bytes().replace(b"b", b"c"))
...     try:
...         verify(path)
...     except DamagedSegment as error:
...         error.reason
'table des matières : somme de contrôle fausse'
"""

import struct
import zlib
from pathlib import Path
from typing import Any, Final

from whoosh.index import TOC

from indexer.fastwhoosh.errors import DamagedSegment

_SEAL: Final = struct.Struct("<8sI8s")
_BEGIN: Final = b"fwcontnt"
_END: Final = b"tntnocwf"


def seal(path: Path) -> None:
    """Put the check sum behind a table that was just written."""
    with path.open("r+b") as stream:
        crc = zlib.crc32(stream.read())
        stream.write(_SEAL.pack(_BEGIN, crc, _END))


def verify(path: Path) -> None:
    """Check a table that has a seal.

    Raises:
        DamagedSegment: its bytes are not what was written.
        OSError: it is not there.
    """
    data = path.read_bytes()
    if len(data) < _SEAL.size:
        return
    begin, crc, end = _SEAL.unpack_from(data, len(data) - _SEAL.size)
    # One of the two marks is enough to know that there was a seal.
    if begin != _BEGIN and end != _END:
        return
    if (begin, end) != (_BEGIN, _END) or zlib.crc32(data[: -_SEAL.size]) != crc:
        raise DamagedSegment(path, "table des matières : somme de contrôle fausse")


def verify_latest(storage: Any, indexname: str) -> None:
    """Check the current table of an index on a folder; nothing where there is none.

    Raises:
        DamagedSegment: its bytes are not what was written.
        OSError: it was removed meanwhile.
    """
    folder = getattr(storage, "folder", None)
    generation = TOC._latest_generation(storage, indexname)  # noqa: SLF001 - Whoosh has no other way
    if folder is not None and generation >= 0:
        verify(Path(folder, TOC._filename(indexname, generation)))  # noqa: SLF001  # Whoosh's own name
