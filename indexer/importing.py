"""From paths to the corpus: read everything, count what is bad, then publish or give up.

::

    report = import_paths([Path("Questions_gouvernement_XVI.json.zip")], Settings())
    print(report.added, report.bad_total)
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from indexer.corpus import Corpus
from indexer.errors import BadRecord, TooManyBadRecords
from indexer.interchange import clean_text
from indexer.question import Question
from indexer.settings import Settings
from indexer.sources import read
from indexer.sources.source import Actor, Ignored

# What a report shows; the rest is counted.
_SHOWN: Final = 100
# Among fewer records than this, a share says nothing.
_SHARE_COUNTS_FROM: Final = 50
# A bar that moves ten times a second needs no more.
_PROGRESS_EVERY: Final = 50


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is.

    ``done`` counts records while reading, when ``total`` is unknown, and questions in the corpus
    while writing.
    """

    stage: Literal["reading", "writing"]
    done: int
    total: int | None
    bad: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; questions are counted once each, whatever told of them."""

    added: int
    updated: int
    unchanged: int
    ignored: int
    bad: tuple[BadRecord, ...]
    bad_total: int
    actors: int
    seconds: float


@dataclass(slots=True)
class _Reading:
    """What was met so far on the way from the paths to the corpus."""

    settings: Settings
    progress: Callable[[ImportProgress], None] | None
    names: dict[str, str] = field(default_factory=dict)
    bad: list[BadRecord] = field(default_factory=list)
    bad_total: int = 0
    questions: int = 0
    actors: int = 0
    ignored: int = 0

    def questions_of(self, paths: Sequence[Path]) -> Iterator[Question]:
        """Yield the questions; raise once too much of it all is bad."""
        for path in paths:
            for item in read(path):
                if isinstance(item, Question):
                    self.questions += 1
                    yield item
                else:
                    self._note(item)
                self._tell()
        self._judge()

    def _note(self, item: Actor | BadRecord | Ignored) -> None:
        if isinstance(item, Actor):
            self.actors += 1
            self.names[clean_text(item.ref)] = " ".join(clean_text(item.name).split())
        elif isinstance(item, Ignored):
            self.ignored += 1
        else:
            self.bad_total += 1
            if len(self.bad) < _SHOWN:
                self.bad.append(item)
            if self.bad_total > self.settings.max_bad_records:
                raise self._refusal(
                    f"plus de {self.settings.max_bad_records} enregistrements inutilisables"
                )

    def _tell(self) -> None:
        done = self.questions + self.actors + self.bad_total
        if self.progress and done % _PROGRESS_EVERY == 0:
            self.progress(ImportProgress("reading", done, None, self.bad_total))

    def _judge(self) -> None:
        """Refuse the whole where its share of bad records says that it is something else."""
        good = self.questions + self.actors
        total = good + self.bad_total
        if not good:
            raise self._refusal("aucune question lisible")
        share = 100 * self.bad_total / total
        if total >= _SHARE_COUNTS_FROM and share > self.settings.max_bad_percent:
            raise self._refusal(
                f"{self.bad_total} enregistrements inutilisables sur {total}, "
                f"plus de {self.settings.max_bad_percent} %"
            )

    def _refusal(self, reason: str) -> TooManyBadRecords:
        examples = "".join(f"\n- {record}" for record in self.bad[:3])
        return TooManyBadRecords(
            f"Import refusé : {reason}. Le corpus reste tel qu'il était.{examples}"
        )


def import_paths(
    paths: Sequence[Path],
    settings: Settings,
    *,
    progress: Callable[[ImportProgress], None] | None = None,
) -> ImportReport:
    """Import files, archives and folders into the corpus of the settings.

    Raises:
        TooManyBadRecords: more is unusable than the settings allow, or all of it; the corpus keeps
            what it had.
        CorpusError: the corpus is damaged, locked, or cannot be written.
    """
    start = time.monotonic()
    corpus = Corpus(settings.corpus / "questions", lock_wait_seconds=settings.lock_wait_seconds)
    reading = _Reading(settings, progress)

    def written(done: int, total: int) -> None:
        if progress:
            progress(ImportProgress("writing", done, total, reading.bad_total))

    with corpus.locked():
        # Names of this import join those of earlier ones while its questions are being read.
        reading.names.update(corpus.actors())
        merged = corpus.merge(reading.questions_of(paths), written, reading.names)
        corpus.fill_actors(reading.names)
    return ImportReport(
        added=merged.added,
        updated=merged.updated,
        unchanged=merged.unchanged,
        ignored=reading.ignored,
        bad=tuple(reading.bad),
        bad_total=reading.bad_total,
        actors=reading.actors,
        seconds=time.monotonic() - start,
    )
