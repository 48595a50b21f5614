"""Making a generation: whole, or as the difference from the current one.

A full build writes every question; an update links the files of the current generation (they are
never changed in place), deletes what left the corpus or changed in it, and adds what is new. Both
end in the same verification and publication, so that readers never see half of anything.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from indexer.digests import line_digest
from indexer.errors import IndexDamaged, IndexingError
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.french.specification import specification
from indexer.garbage import without_collector
from indexer.question import uid_of
from indexer.settings import Settings
from indexer.whoosh_engine import generations
from indexer.whoosh_engine.contents import Contents
from indexer.whoosh_engine.damage import DAMAGE, damage_said
from indexer.whoosh_engine.documents import Stamped, documents_of
from indexer.whoosh_engine.families import FILE, families_of, write_families
from indexer.whoosh_engine.generations import Manifest
from indexer.whoosh_engine.indexed import indexed_digest, indexed_digests
from indexer.whoosh_engine.schema import SCHEMA_VERSION, schema
from indexer.whoosh_engine.snapshot import Snapshot

if TYPE_CHECKING:
    from indexer.corpus import Corpus

# Memory that the writer may hold before it writes a segment, in MB.
_WRITER_MEMORY: Final = 384
# Records of an update that are given to the writer at a time, and told of.
_BATCH: Final = 200
# Fewer questions than this are written sooner than other processes start.
_WORTH_PROCESSES: Final = 4_000
# A difference larger than this share of the corpus is built anew: deletions cost every search.
_MAX_CHANGED_SHARE: Final = 0.3

Progress = Callable[[int, int | None], None]
Batches = Iterator[Sequence[Stamped]]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did; ``is_new`` is False where the index was up to date already."""

    generation: str
    added: int
    updated: int
    removed: int
    unchanged: int
    total: int
    seconds: float
    is_new: bool


@dataclass(frozen=True)
class _Work:
    """About how much is to be written, by how many processes, and whom to tell."""

    total: int
    processes: int
    progress: Progress | None

    def show(self, done: int, *, is_all: bool = False) -> None:
        if self.progress:
            self.progress(done, done if is_all else max(done, self.total))


@damage_said()
def build(
    corpus: "Corpus",
    settings: Settings,
    *,
    full: bool = False,
    is_sample: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring the index up to date with a corpus, and publish it.

    Args:
        corpus: the questions.
        settings: where the index is, how long to wait for another build, what to keep.
        full: build anew even where a difference would do.
        is_sample: recorded in the manifest: the questions are fictional examples.
        progress: called with (questions done, about how many in all).

    Raises:
        IndexingError: the index cannot be written, or is not what was asked for; the current one
            goes on serving.
    """
    started = time.perf_counter()
    folder = settings.index
    with generations.build_lock(folder, settings.lock_wait_seconds):
        generations.sweep(folder)
        work = _Work(corpus.lines_about(), settings.index_processes, progress)
        known = None if full else _known(folder)
        written = _brought_up_to_date(folder, known, corpus, work, is_sample) if known else None
        written = written or _rebuild(folder, corpus, work)
        if written.is_new:
            _finish(folder, written, is_sample=is_sample)
            generations.prune(folder, settings.keep_generations)
    total = written.contents.total
    return BuildReport(
        written.name,
        added=written.added,
        updated=written.updated,
        removed=written.removed,
        unchanged=total - written.added - written.updated,
        total=total,
        seconds=time.perf_counter() - started,
        is_new=written.is_new,
    )


@dataclass(frozen=True)
class _Written:
    """A generation on the disk, and how it differs from the one before."""

    name: str
    contents: Contents
    added: int = 0
    updated: int = 0
    removed: int = 0
    is_new: bool = True


@dataclass(frozen=True)
class _Known:
    """The current generation; ``digests`` is a dictionary of its own, which may be used up."""

    name: str
    digests: dict[str, str]
    is_sample: bool


def _known(folder: Path) -> _Known | None:
    """Return what the current generation holds, None where it cannot be updated."""
    try:
        name = generations.current_name(folder)
        snapshot = Snapshot(folder, name)
    except IndexingError:
        return None
    try:
        manifest = snapshot.manifest
        if (manifest.schema_version, manifest.analysis_digest) != versions():
            return None
        digests = {uid: digest for uid, digest, _ in indexed_digests(snapshot.executor)}
        return _Known(name, digests, manifest.is_sample)
    except (OSError, ValueError, KeyError):  # damage that opening did not find
        return None
    finally:
        snapshot.close()


def versions() -> tuple[int, str]:
    """Return what an index must agree with: its schema and its analysis."""
    return SCHEMA_VERSION, specification().digest


def _rebuild(folder: Path, corpus: "Corpus", work: _Work) -> _Written:
    name = generations.new_name()
    (folder / name).mkdir()
    index = create_in(folder / name, schema())
    contents = Contents()
    passing = contents.passing(corpus)
    _write(
        index, (list(zip(block.lines, digests, strict=True)) for block, digests in passing), work
    )
    index.close()
    return _Written(name, contents, added=contents.total)


def _brought_up_to_date(
    folder: Path, known: _Known, corpus: "Corpus", work: _Work, is_sample: bool  # noqa: FBT001  # as build has it
) -> _Written | None:  # fmt: skip
    """Write how the corpus differs from the current generation.

    Returns:
        None where all is to be written anew: the difference is large, or the current generation
        shows damage.
    """
    contents = Contents()
    added, updated = set[str](), set[str]()
    removed = known.digests
    for block, digests in contents.passing(corpus):
        for key, digest in zip(block.keys(), digests, strict=True):
            uid = uid_of(key)
            before = removed.pop(uid, None)
            if before != digest:
                (updated if before else added).add(uid)
    changed = len(added) + len(updated) + len(removed)
    if not changed and known.is_sample == is_sample:
        return _Written(known.name, contents, is_new=False)
    if changed > _MAX_CHANGED_SHARE * max(1, contents.total):
        return None
    wanted = added | updated
    lines = ((line, line_digest(line)) for key, line in corpus.lines() if uid_of(key) in wanted)
    batches = iter(lambda: list(islice(lines, _BATCH)), [])
    name = _update(folder, known.name, batches, replace(work, total=changed), {*updated, *removed})
    return _Written(name, contents, len(added), len(updated), len(removed)) if name else None


def _update(folder: Path, known: str, batches: Batches, work: _Work, stale: set[str]) -> str | None:
    """Return the name of the updated generation, None where damage of the known one shows."""
    name = generations.new_name()
    _link(folder / known, folder / name)
    index = open_dir(folder / name)
    try:
        _write(index, batches, work, stale=stale)
    except DAMAGE:
        return None
    index.close()
    return name


def _link(source: Path, target: Path) -> None:
    """Give the target folder its own names for the source's files, without copying them."""
    target.mkdir()
    for path in source.iterdir():
        if path.name not in ("manifest.json", FILE) and not path.name.endswith("LOCK"):
            os.link(path, target / path.name)


def _write(index: Any, batches: Batches, work: _Work, stale: set[str] | None = None) -> None:
    """Delete what is stale, add what is new, and commit."""
    processes = work.processes if work.total >= _WORTH_PROCESSES else 1
    writer = index.writer(procs=processes, limitmb=_WRITER_MEMORY, make=documents_of)
    try:
        for uid in stale or ():
            writer.delete_by_term("uid", uid)
        done = 0
        with without_collector():
            for batch in batches:
                writer.add_raw(batch)
                done += len(batch)
                work.show(done)
            writer.commit()
    except BaseException:
        if not writer.is_closed:
            with suppress(Exception):  # the first error is the one to tell
                writer.cancel()
        raise
    work.show(done if stale is None else work.total, is_all=True)


def _finish(folder: Path, written: _Written, *, is_sample: bool) -> None:
    """Verify a generation against the corpus, then publish it."""
    contents = written.contents
    manifest = Manifest(
        generation=written.name,
        schema_version=SCHEMA_VERSION,
        analysis_digest=specification().digest,
        corpus_digest=str(contents.digest),
        questions=contents.total,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        is_sample=is_sample,
        counts=[(*key, count) for key, count in sorted(contents.counts.items())],
        first_date=None,
        last_date=None,
    )
    generations.write_manifest(folder, manifest)
    snapshot = Snapshot(folder, written.name)
    try:
        _verify(snapshot, manifest)
        write_families(snapshot.path, families_of(snapshot.executor, snapshot.documents))
        first, last = snapshot.period()
    finally:
        snapshot.close()
    manifest = replace(
        manifest,
        first_date=first.isoformat() if first else None,
        last_date=last.isoformat() if last else None,
    )
    generations.write_manifest(folder, manifest)
    generations.publish(folder, manifest)


def _verify(snapshot: Snapshot, manifest: Manifest) -> None:
    """Compare what was written with the corpus by the digest of all its records."""
    live = int(snapshot.reader.doc_count())
    try:
        indexed = indexed_digest(snapshot.executor)
    except ValueError:  # what stands there is no digest
        indexed = ""
    if live != manifest.questions or indexed != manifest.corpus_digest:
        raise IndexDamaged(
            f"L'index construit ({live} questions) n'est pas le corpus "
            f"({manifest.questions} questions) ; l'ancien reste en service."
        )
