"""The file that a download keeps up to date, and what survives when one is killed.

Four files in one folder, for a file called NAME::

    NAME             the last version that came whole and was found right
    NAME.json        where it is from: url, etag, last_modified, size, sha256, fetched_at
    NAME.part        the first bytes of a newer version
    NAME.part.json   where those are from: url, etag, last_modified

The order of the writes makes a kill harmless at any moment. ``NAME.part`` is emptied before
``NAME.part.json`` names another version and filled after, so bytes never pass for those of another
one. ``NAME.json`` announces the new version before ``NAME.part`` becomes ``NAME``, so a kill
between the two leaves a promise that :meth:`LocalCopy.finish` keeps. Nothing here connects to a
server.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from indexer.sources.http_headers import Validators


@dataclass(frozen=True, slots=True)
class Record:
    """A version that came whole; ``size`` in bytes, ``fetched_at`` in UTC (ISO 8601)."""

    url: str
    etag: str | None
    last_modified: str | None
    size: int
    sha256: str
    fetched_at: str

    @property
    def validators(self) -> Validators:
        """The server's names of the version."""
        return Validators(self.etag, self.last_modified)


@dataclass(frozen=True, slots=True)
class Partial:
    """The first ``size`` bytes of a version."""

    size: int
    validators: Validators


class LocalCopy:
    """What a folder holds of one file. One process at a time; every method may raise OSError."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.path = folder / name
        self.part = folder / f"{name}.part"
        self._record = folder / f"{name}.json"
        self._part_record = folder / f"{name}.part.json"

    def finish(self, url: str) -> bool:
        """Finish a publication that was killed half-way, and tell whether there was one."""
        record = _read_record(self._record)
        if record is None or record.url != url or not _holds(self.part, record):
            return False
        self._become_current()
        return True

    def intact(self, url: str) -> Record | None:
        """Return the record of the file if it is from this address and as it came, byte by byte."""
        record = _read_record(self._record)
        if record is None or record.url != url or not _holds(self.path, record):
            return None
        return record

    def partial(self, url: str) -> Partial | None:
        """Return what there is of a newer version, None if it cannot be resumed safely."""
        record = _read_json(self._part_record)
        size = self.part.stat().st_size if self.part.is_file() else 0
        validators = Validators.of_record(record)
        if not size or record.get("url") != url or not validators.if_range:
            return None
        return Partial(size, validators)

    def start(self, url: str, validators: Validators) -> None:
        """Begin an empty part, forgetting any other."""
        self.part.write_bytes(b"")
        _write_json(self._part_record, {"url": url, **asdict(validators)})

    def open_part(self) -> BinaryIO:
        """Open the part for adding bytes at its end."""
        return self.part.open("ab")

    def drop_part(self) -> None:
        """Forget the part."""
        self._part_record.unlink(missing_ok=True)
        self.part.unlink(missing_ok=True)

    def publish(self, url: str, validators: Validators) -> Record:
        """Make the part, whole and right, the file."""
        record = Record(
            url=url,
            etag=validators.etag,
            last_modified=validators.last_modified,
            size=self.part.stat().st_size,
            sha256=_sha256(self.part),
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with self.part.open("rb+") as stream:
            os.fsync(stream.fileno())
        _write_json(self._record, asdict(record))
        self._become_current()
        return record

    def _become_current(self) -> None:
        self.part.replace(self.path)
        _sync_folder(self.folder)
        self._part_record.unlink(missing_ok=True)


def _holds(path: Path, record: Record) -> bool:
    return path.is_file() and path.stat().st_size == record.size and _sha256(path) == record.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_record(path: Path) -> Record | None:
    stored = _read_json(path)
    validators = Validators.of_record(stored)
    url, size, sha256 = stored.get("url"), stored.get("size"), stored.get("sha256")
    if not (isinstance(url, str) and isinstance(size, int) and isinstance(sha256, str)):
        return None
    fetched_at = str(stored.get("fetched_at"))
    return Record(url, validators.etag, validators.last_modified, size, sha256, fetched_at)


def _read_json(path: Path) -> dict[str, Any]:
    """Read a stored object; a damaged or missing one is an empty one."""
    try:
        stored = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as stream:
        json.dump(content, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folders
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
