"""Files that are replaced whole or not at all, whenever the machine or the process stops.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     target = Path(folder, "a.txt")
...     with replaced(target) as stream:
...         _ = stream.write(b"bonjour")
...     target.read_bytes()
b'bonjour'
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

# Names that no reader takes for data: they begin with a dot.
_PREFIX: Final = ".nouveau-"


class Unchanged(Exception):
    """Raised inside :func:`replaced` to keep the old file."""


@contextmanager
def replaced(target: Path) -> Iterator[BinaryIO]:
    """Give a new file that takes the place of ``target`` once written and on the disk.

    Any exception leaves the old file; :class:`Unchanged` does so silently.
    """
    with temporary(target.parent) as (stream, path):
        try:
            yield stream
        except Unchanged:
            return
        stream.flush()
        # Temporary files are the owner's alone; what stays is as readable as any new file.
        path.chmod(0o666 & ~_umask())
        os.fsync(stream.fileno())
        path.replace(target)
    sync_folder(target.parent)


@contextmanager
def temporary(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a new file of the folder, for writing and reading, that is gone at the end."""
    handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream, path
    finally:
        path.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed runs left; the caller makes sure that no other run is at work."""
    for path in folder.glob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
