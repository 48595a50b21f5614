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
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from indexer.errors import IndexDamaged, IndexingError
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.french.specification import specification
from indexer.interchange import combined_digest, digest
from indexer.question import Question
from indexer.settings import Settings
from indexer.whoosh_engine import generations
from indexer.whoosh_engine.generations import Manifest
from indexer.whoosh_engine.schema import SCHEMA_VERSION, document_of, schema
from indexer.whoosh_engine.snapshot import Snapshot

if TYPE_CHECKING:
    # For its name only: it brings in the parsers of all sources, which a search never needs and
    # which would cost every start of the command line 0.1 s.
    from indexer.corpus import Corpus

# Memory that the writer may hold before it writes a segment, in MB.
_WRITER_MEMORY: Final = 256
_PROGRESS_EVERY: Final = 50
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


@dataclass
class _Facts:
    """What the manifest says of the questions, gathered while they pass."""

    questions: int = 0
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        self.counts: Counter[tuple[str, int, str]] = Counter()

    def see(self, question: Question) -> None:
        self.questions += 1
        self.counts[question.chamber, question.legislature, question.kind] += 1
        day = question.date_question or question.date_answer
        if day:
            self.first = min(self.first or day, day)
            self.last = max(self.last or day, day)


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
        wanted = dict(corpus.digests())
        known = None if full else _known(folder)
        if known is not None and known.digests == wanted and known.is_sample == is_sample:
            return _report(known.name, started, unchanged=len(wanted), is_new=False)
        changed = _changed(known.digests if known else {}, wanted)
        if known and len(changed) <= _MAX_CHANGED_SHARE * max(1, len(wanted)):
            name = _update(folder, known, corpus, changed, progress)
        else:
            known = None
            name = _rebuild(folder, len(wanted), corpus, progress)
        _finish(folder, name, corpus, wanted, is_sample=is_sample)
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
        if (manifest.schema_version, manifest.analysis_digest) != _versions():
            return None
        return _Known(name, _digests(snapshot), manifest.is_sample)
    except (OSError, ValueError, KeyError):
        return None
    finally:
        snapshot.close()


def _versions() -> tuple[int, str]:
    return SCHEMA_VERSION, specification().digest


def _digests(snapshot: Snapshot) -> dict[str, str]:
    return {uid: digest for uid, digest, _ in snapshot.indexed_digests()}


def _changed(known: Mapping[str, str], wanted: Mapping[str, str]) -> set[str]:
    """Return the identifiers that were added, changed or removed."""
    return {uid for uid in {*known, *wanted} if known.get(uid) != wanted.get(uid)}


def _rebuild(folder: Path, total: int, corpus: "Corpus", progress: Progress | None) -> str:
    name = generations.new_name()
    (folder / name).mkdir()
    index = create_in(folder / name, schema())
    _write(index, corpus.questions(), total, progress)
    index.close()
    return name


def _update(
    folder: Path, known: _Known, corpus: "Corpus", changed: set[str], progress: Progress | None
) -> str:
    name = generations.new_name()
    _link(folder / known.name, folder / name)
    index = open_dir(folder / name)
    stale = changed & set(known.digests)
    fresh = (question for question in corpus.questions() if question.uid in changed)
    _write(index, fresh, len(changed), progress, stale=stale)
    index.close()
    return name


def _link(source: Path, target: Path) -> None:
    """Give the target folder its own names for the source's files, without copying them."""
    target.mkdir()
    for path in source.iterdir():
        if path.name != "manifest.json" and not path.name.endswith("LOCK"):
            os.link(path, target / path.name)


def _write(
    index: Any,
    questions: Iterator[Question],
    total: int,
    progress: Progress | None,
    stale: set[str] | None = None,
) -> None:
    writer = index.writer(limitmb=_WRITER_MEMORY)
    try:
        for uid in stale or ():
            writer.delete_by_term("uid", uid)
        for done, question in enumerate(questions, 1):
            writer.add_document(**document_of(question))
            if progress and done % _PROGRESS_EVERY == 0:
                progress(done, total)
        writer.commit()
    except BaseException:
        with suppress(Exception):  # the first error is the one to tell
            writer.cancel()
        raise
    if progress:
        progress(total, total)


def _finish(
    folder: Path, name: str, corpus: "Corpus", wanted: Mapping[str, str], *, is_sample: bool
) -> None:
    """Verify a generation against the corpus, then publish it."""
    facts = _Facts()
    for question in corpus.questions():
        facts.see(question)
    manifest = Manifest(
        generation=name,
        schema_version=SCHEMA_VERSION,
        analysis_digest=specification().digest,
        corpus_digest=combined_digest(iter(wanted.items())),
        questions=facts.questions,
        built_at=datetime.now(UTC).isoformat(timespec="seconds"),
        is_sample=is_sample,
        counts=[(*key, count) for key, count in sorted(facts.counts.items())],
        first_date=facts.first.isoformat() if facts.first else None,
        last_date=facts.last.isoformat() if facts.last else None,
    )
    generations.write_manifest(folder, manifest)
    snapshot = Snapshot(folder, name)
    try:
        if _digests(snapshot) != wanted:
            raise IndexDamaged(
                f"L'index construit ({snapshot.reader.doc_count()} questions) ne contient pas "
                f"le corpus ({len(wanted)} questions) ; l'ancien reste en service."
            )
    finally:
        snapshot.close()
    generations.publish(folder, manifest)


def check(corpus: "Corpus", settings: Settings) -> tuple[str, ...]:
    """Compare the index with the corpus, record by record.

    Returns:
        One French sentence for each problem; nothing where all is right.
    """
    try:
        snapshot = Snapshot(settings.index, generations.current_name(settings.index))
    except IndexingError as error:
        return (str(error),)
    problems = []
    if (snapshot.manifest.schema_version, snapshot.manifest.analysis_digest) != _versions():
        problems.append("L'index est d'une autre version du logiciel : « questions index ».")
    indexed = list(snapshot.indexed_digests())
    known = {uid: digest for uid, digest, _ in indexed}
    wanted = dict(corpus.digests())
    gone, lacking = sorted(known.keys() - wanted.keys()), sorted(wanted.keys() - known.keys())
    problems += [f"{uid} est dans l'index et n'est plus dans le corpus." for uid in gone]
    problems += [f"{uid} est dans le corpus et pas dans l'index." for uid in lacking]
    for uid, _, number in indexed:
        try:
            stored = digest(snapshot.record(number))
        except IndexingError as error:
            problems.append(f"{uid} : {error}")
            continue
        if stored != known[uid]:
            problems.append(f"{uid} est abîmée dans l'index.")
        elif wanted.get(uid, stored) != stored:
            problems.append(f"{uid} a changé dans le corpus depuis l'indexation.")
    snapshot.close()
    return tuple(problems)
