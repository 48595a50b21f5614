"""Making a generation: whole, or as the difference from the current one.

A full build writes every question; an update links the files of the current generation (they are
never changed in place), deletes what left the corpus or changed in it, and adds what is new. Both
end in the same verification and publication, so that readers never see half of anything.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from indexer.digests import combined_digest, line_digest
from indexer.errors import IndexDamaged, IndexingError
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.french.specification import specification
from indexer.question import uid_of
from indexer.settings import Settings
from indexer.spool import Partition
from indexer.whoosh_engine import generations
from indexer.whoosh_engine.damage import DAMAGE, damage_said
from indexer.whoosh_engine.families import FILE, families_of, write_families
from indexer.whoosh_engine.generations import Manifest
from indexer.whoosh_engine.schema import SCHEMA_VERSION, document_of, schema
from indexer.whoosh_engine.snapshot import Snapshot

if TYPE_CHECKING:
    # For its name only: it brings in the parsers of all sources, which a search never needs and
    # which would cost every start of the command line 0.1 s.
    from indexer.corpus import Corpus

# Memory that the writer may hold before it writes a segment, in MB.
_WRITER_MEMORY: Final = 256
# Records given to the writer at a time, and told of.
_BATCH: Final = 200
# Fewer questions than this are written sooner than other processes start.
_WORTH_PROCESSES: Final = 4_000
# A difference larger than this share of the corpus is built anew: deletions cost every search.
_MAX_CHANGED_SHARE: Final = 0.3

Progress = Callable[[int, int | None], None]


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
    """How much is to be written, by how many processes, and whom to tell."""

    total: int
    processes: int
    progress: Progress | None

    def show(self, done: int) -> None:
        if self.progress:
            self.progress(done, self.total)


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
        progress: called with (questions done, questions in all).

    Raises:
        IndexingError: the index cannot be written, or is not what was asked for; the current one
            goes on serving.
    """
    started = time.perf_counter()
    folder = settings.index
    with generations.build_lock(folder, settings.lock_wait_seconds):
        generations.sweep(folder)
        wanted, counts = _wanted(corpus)
        known = None if full else _known(folder)
        if known is not None and known.digests == wanted and known.is_sample == is_sample:
            return _report(known.name, started, unchanged=len(wanted), is_new=False)
        changed = _changed(known.digests if known else {}, wanted)
        if known and len(changed) > _MAX_CHANGED_SHARE * max(1, len(wanted)):
            known = None
        work = _Work(len(changed), settings.index_processes, progress)
        name = _update(folder, known, corpus, changed, work) if known else None
        if name is None:
            known, changed = None, set(wanted)
            name = _rebuild(folder, corpus, replace(work, total=len(wanted)))
        _finish(folder, name, counts, wanted, is_sample=is_sample)
        generations.prune(folder, settings.keep_generations)
    before = known.digests if known else {}
    return BuildReport(
        name,
        added=sum(uid not in before for uid in wanted),
        updated=sum(uid in before for uid in changed if uid in wanted),
        removed=sum(uid not in wanted for uid in before),
        unchanged=len(wanted) - sum(uid in wanted for uid in changed),
        total=len(wanted),
        seconds=time.perf_counter() - started,
        is_new=True,
    )


def _wanted(corpus: "Corpus") -> tuple[dict[str, str], Counter[Partition]]:
    """Return the digest of each question, and how many there are of each kind."""
    wanted: dict[str, str] = {}
    counts: Counter[Partition] = Counter()
    for key, line in corpus.lines():
        wanted[uid_of(key)] = line_digest(line)
        counts[key[:3]] += 1
    return wanted, counts


def _report(name: str, started: float, *, unchanged: int, is_new: bool) -> BuildReport:
    seconds = time.perf_counter() - started
    return BuildReport(name, 0, 0, 0, unchanged, unchanged, seconds, is_new)


@dataclass(frozen=True)
class _Known:
    name: str
    digests: Mapping[str, str]
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
        return _Known(name, _digests(snapshot), manifest.is_sample)
    except (OSError, ValueError, KeyError):  # damage that opening did not find
        return None
    finally:
        snapshot.close()


def versions() -> tuple[int, str]:
    """Return what an index must agree with: its schema and its analysis."""
    return SCHEMA_VERSION, specification().digest


def _digests(snapshot: Snapshot) -> dict[str, str]:
    return {uid: digest for uid, digest, _ in snapshot.indexed_digests()}


def _changed(known: Mapping[str, str], wanted: Mapping[str, str]) -> set[str]:
    """Return the identifiers that were added, changed or removed."""
    return {uid for uid in {*known, *wanted} if known.get(uid) != wanted.get(uid)}


def _rebuild(folder: Path, corpus: "Corpus", work: _Work) -> str:
    name = generations.new_name()
    (folder / name).mkdir()
    index = create_in(folder / name, schema())
    _write(index, (line for _, line in corpus.lines()), work)
    index.close()
    return name


def _update(
    folder: Path, known: _Known, corpus: "Corpus", changed: set[str], work: _Work
) -> str | None:
    """Return the name of the updated generation, None where damage of the known one shows."""
    name = generations.new_name()
    _link(folder / known.name, folder / name)
    index = open_dir(folder / name)
    lines = (line for key, line in corpus.lines() if uid_of(key) in changed)
    try:
        _write(index, lines, work, stale=changed & known.digests.keys())
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


def _write(index: Any, lines: Iterator[bytes], work: _Work, stale: set[str] | None = None) -> None:
    """Delete what is stale, add what is new, and commit."""
    processes = work.processes if work.total >= _WORTH_PROCESSES else 1
    writer = index.writer(procs=processes, limitmb=_WRITER_MEMORY, make=document_of)
    try:
        for uid in stale or ():
            writer.delete_by_term("uid", uid)
        done = 0
        for batch in _batched(lines):
            writer.add_raw(batch)
            done += len(batch)
            work.show(done)
        writer.commit()
    except BaseException:
        if not writer.is_closed:
            with suppress(Exception):  # the first error is the one to tell
                writer.cancel()
        raise
    work.show(work.total)


def _batched(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(lines, _BATCH)):
        yield batch


def _finish(
    folder: Path, name: str, counts: Counter[Partition], wanted: Mapping[str, str],
    *, is_sample: bool,
) -> None:  # fmt: skip
    """Verify a generation against the corpus, then publish it."""
    manifest = Manifest(
        generation=name,
        schema_version=SCHEMA_VERSION,
        analysis_digest=specification().digest,
        corpus_digest=combined_digest(iter(wanted.items())),
        questions=len(wanted),
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        is_sample=is_sample,
        counts=[(*key, count) for key, count in sorted(counts.items())],
        first_date=None,
        last_date=None,
    )
    generations.write_manifest(folder, manifest)
    snapshot = Snapshot(folder, name)
    try:
        _verify(snapshot, wanted)
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


def _verify(snapshot: Snapshot, wanted: Mapping[str, str]) -> None:
    """Compare the digests of what was written with those of the corpus, one by one."""
    seen = sum(wanted.get(uid) == digest for uid, digest, _ in snapshot.indexed_digests())
    live = int(snapshot.reader.doc_count())
    if not seen == live == len(wanted):
        raise IndexDamaged(
            f"L'index construit ({live} questions, dont {seen} justes) ne contient pas "
            f"le corpus ({len(wanted)} questions) ; l'ancien reste en service."
        )
