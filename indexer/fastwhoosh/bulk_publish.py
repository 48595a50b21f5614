"""The commit point: one new table of contents, on the disk before anything old goes.

Whoosh's ``TOC.write`` writes beside and renames; what it leaves out is that the machine may stop.
Here segment files are on the disk before the table names them, the table before it gets its name,
and the name before the files of the generation before are removed.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from whoosh.index import TOC
from whoosh.util.filelock import try_for

from indexer.fastwhoosh.merging_fields import TEMPORARY
from indexer.fastwhoosh.segment import FastSegment
from indexer.fastwhoosh.segmentfile import EXTENSION

# How long removing old files waits for readers that are opening; the next commit removes the rest.
_READERS: Final = 2.0


class _Synced:
    """Whoosh's storage, except that a file is on the disk before it is renamed."""

    def __init__(self, storage: Any, folder: Path) -> None:
        self._storage = storage
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def rename_file(self, old: str, new: str, *, safe: bool = False) -> None:
        """Rename a file of the folder, durably."""
        sync_file(self._folder / old)
        self._storage.rename_file(old, new, safe=safe)
        sync_folder(self._folder)


def publish(index: Any, folder: Path, toc: TOC) -> None:
    """Make a table of contents the current one and remove what it does not name.

    The caller holds the write lock. Files that ``toc`` names are on the disk already.
    """
    sync_folder(folder)
    toc.write(_Synced(index.storage, folder), index.indexname)
    lock = index.lock("READLOCK")
    if try_for(lock.acquire, timeout=_READERS, delay=0.02):
        try:
            remove_others(folder, index.indexname, toc)
        finally:
            lock.release()


def remove_others(folder: Path, indexname: str, toc: TOC) -> None:
    """Remove the index's files of other generations, and what killed writers left."""
    keep = {f"_{indexname}_{toc.generation}.toc"}
    for segment in toc.segments:
        keep.update(named_files(segment, folder))
    ours = re.compile(rf"_?{re.escape(indexname)}_[0-9a-z]+\.|{re.escape(TEMPORARY)}")
    for path in folder.iterdir():
        if ours.match(path.name) and path.name not in keep:
            with suppress(OSError):  # open elsewhere, where the system minds: the next commit
                path.unlink()


def named_files(segment: Any, folder: Path) -> set[str]:
    """Return the names of the files that belong to a segment."""
    if isinstance(segment, FastSegment):
        deleted = {segment.deletions} if segment.deletions else set()
        return {segment.make_filename(EXTENSION)} | deleted
    prefix = f"{segment.segment_id()}."
    return {path.name for path in folder.iterdir() if path.name.startswith(prefix)}


def sync_file(path: Path) -> None:
    """Put a file's content on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
