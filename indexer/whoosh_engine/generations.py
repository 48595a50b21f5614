"""Immutable generations of the index, and which one is current.

``index/<name>/`` holds one whole Whoosh index and its ``manifest.json``; ``index/current`` is a
small file with the name of the one that is served, replaced by one atomic rename. What is half
built has no name in ``current`` and is swept away by the next build.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexer.durable import remove_leftovers, replaced, sync_folder
from indexer.errors import IndexDamaged, IndexingError, IndexMissing
from indexer.question import Chamber

_NAME = re.compile(r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{6}")
_CURRENT = "current"
_MANIFEST = "manifest.json"
_RETRY_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a generation is made of; ``counts`` are [chamber, legislature, kind, questions]."""

    generation: str
    schema_version: int
    analysis_digest: str
    corpus_digest: str
    questions: int
    built_at: str
    is_sample: bool
    counts: list[tuple[Chamber, int, str, int]]
    first_date: str | None
    last_date: str | None


def new_name() -> str:
    """Return a name that sorts by time: ``20240131T235959000000Z-1a2b3c``."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(3)}"


def current_name(folder: Path) -> str:
    """Return the name of the generation that is served.

    Raises:
        IndexMissing: nothing was published.
        IndexDamaged: ``current`` holds no name of a generation.
    """
    try:
        # Every search asks: this is half the time of read_text.
        with (folder / _CURRENT).open("rb", buffering=0) as file:
            name = file.read().decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(
            f"Aucun index dans « {folder} ». Lancez d'abord « questions index »."
        ) from error
    if not _NAME.fullmatch(name):
        raise IndexDamaged(f"{folder / _CURRENT} est abîmé. Lancez « questions index --full ».")
    return name


def read_manifest(folder: Path, name: str) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        IndexDamaged: it is missing or unreadable.
    """
    path = folder / name / _MANIFEST
    try:
        content = json.loads(path.read_text("utf-8"))
        content["counts"] = [tuple(count) for count in content["counts"]]
        return Manifest(**content)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexDamaged(
            f"{path} est illisible ({error}). Lancez « questions index --full »."
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a generation that is complete."""
    path = folder / manifest.generation / _MANIFEST
    _write(path, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


def publish(folder: Path, manifest: Manifest) -> None:
    """Make a finished generation durable, then the current one, in this order."""
    target = folder / manifest.generation
    for path in target.iterdir():
        _sync(path)
    sync_folder(target)
    _write(folder / _CURRENT, manifest.generation + "\n")


def prune(folder: Path, keep: int) -> None:
    """Delete old generations but the ``keep`` newest before the current one, and half-built ones.

    Only the holder of the build lock may call it.
    """
    current = current_name(folder)
    finished = sorted(
        path for path in _generations(folder) if (path / _MANIFEST).exists() and path.name < current
    )
    kept = {current, *(path.name for path in finished[max(0, len(finished) - keep) :])}
    for path in _generations(folder):
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Delete what a killed build left behind. Only the holder of the build lock may call it."""
    remove_leftovers(folder)
    try:
        current = current_name(folder)
    except IndexingError:
        current = ""
    for path in _generations(folder):
        newer = path.name > current  # verified or not, it was never published
        if path.name != current and (newer or not (path / _MANIFEST).exists()):
            shutil.rmtree(path, ignore_errors=True)


def _generations(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_dir()]


@contextmanager
def build_lock(folder: Path, wait_seconds: int) -> Iterator[None]:
    """Hold the lock that lets one build run at a time.

    Raises:
        IndexingError: another build did not end in time.
    """
    # Not at the head: who searches locks nothing. The lock is of Whoosh, whose writers use it, too.
    from whoosh.util.filelock import FileLock, try_for  # noqa: PLC0415  # start-up cost

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(folder / ".lock"))
    if not try_for(lock.acquire, timeout=wait_seconds, delay=_RETRY_SECONDS):
        raise IndexingError(
            f"Une autre indexation travaille dans « {folder} » depuis {wait_seconds} s. "
            "Attendez qu'elle finisse."
        )
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, text: str) -> None:
    with replaced(path) as stream:
        stream.write(text.encode("utf-8"))


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
