"""The corpus: every question once, on disk, merged from all sources. The source of truth.

A folder of JSON Lines files (``indexer.interchange``), one per chamber, legislature and kind
(``AN-15-QE.jsonl``), each in order of number. Reading streams; merging rewrites only the files
that change, each in one atomic step: a reader, or a run killed at any moment, finds every file old
or new. It knows neither the formats of sources nor an index.

::

    corpus = Corpus(settings.corpus / "questions")
    corpus.merge(questions)
    for question in corpus.questions():
        print(question.uid)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from indexer.actors import load_actors, save_actors
from indexer.digests import CombinedDigest, line_digest, line_digests
from indexer.durable import Unchanged, remove_leftovers, replaced, temporary
from indexer.errors import CorpusError
from indexer.interchange import to_line
from indexer.partitions import (
    Block,
    Line,
    blocks,
    filled_line,
    lines_about,
    merged_lines,
    ordered_lines,
    partition_name,
    read_lines,
)
from indexer.question import Key, Question, uid_of
from indexer.settings import Settings
from indexer.spool import Partition, Spool

if TYPE_CHECKING:
    from filelock import FileLock

_SUFFIX: Final = ".jsonl"
_LOCK_WAIT_SECONDS: Final = Settings().lock_wait_seconds
_OUTCOMES: Final = ("added", "updated", "unchanged")
# Questions that are completed on reading and held at a time.
_COMPLETED: Final = 200


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What became of the questions that were merged, each counted once."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


class Corpus:
    """The questions of a folder.

    Args:
        folder: need not exist before the first merge.
        lock_wait_seconds: how long a merge waits for another process's one.
        complete: what is done to each question on reading.
    """

    def __init__(
        self,
        folder: Path,
        *,
        lock_wait_seconds: float = _LOCK_WAIT_SECONDS,
        complete: Callable[[Question], Question] | None = None,
    ) -> None:
        self.folder = folder
        self._actors_table = folder.parent / "acteurs.tsv"
        self._lock_wait_seconds = lock_wait_seconds
        self._complete = complete

    @cached_property
    def _lock(self) -> "FileLock":
        # Not at the head: who reads locks nothing, and it loads asyncio.
        from filelock import FileLock  # noqa: PLC0415  # start-up cost

        return FileLock(self.folder / ".verrou", timeout=self._lock_wait_seconds)

    def questions(self) -> Iterator[Question]:
        """Yield every question, file by file.

        Raises:
            CorpusError: a line is damaged; the message names file and line.
        """
        for path in self._paths():
            for line in read_lines(path):
                yield self._question(line)

    def blocks(self) -> Iterator[Block]:
        """Yield every question, some hundred at a time, unread: for those who read them elsewhere.

        Raises:
            CorpusError: a line names no question; the message names file and line.
        """
        for path in self._paths():
            if self._complete is None:
                yield from blocks(path)
                continue
            for partition, group in groupby(read_lines(path), key=lambda line: line.key[:3]):
                while some := [self._question(line) for line in islice(group, _COMPLETED)]:
                    lines = [to_line(each).encode("utf-8", "surrogatepass") for each in some]
                    yield Block(partition, [each.number for each in some], lines)

    def lines(self) -> Iterator[tuple[Key, bytes]]:
        """Yield key and record of every question, as :meth:`blocks` does, one by one."""
        for block in self.blocks():
            yield from zip(block.keys(), block.lines, strict=True)

    def lines_about(self) -> int:
        """Return about how many lines there are, blank ones too; exactly, if they are not many."""
        return sum(map(lines_about, self._paths()))

    def digests(self) -> Iterator[tuple[str, str]]:
        """Yield identifier and content digest of every question."""
        for key, line in self.lines():
            yield uid_of(key), line_digest(line)

    def digest(self) -> str:
        """Return the digest of the whole."""
        combined = CombinedDigest()
        for block in self.blocks():
            combined.add("".join(line_digests(block.lines)))
        return str(combined)

    def get(self, key: Key) -> Question | None:
        """Return one question, None if there is none; reads the one file that may hold it."""
        own = self._path(key[:3])
        for path in [own] if own.is_file() else self._paths():
            for line in read_lines(path):
                if line.key == key:
                    return self._question(line)
        return None

    def is_empty(self) -> bool:
        """Tell whether there is no question."""
        return not any(True for path in self._paths() for _ in read_lines(path))

    def counts(self) -> dict[str, int]:
        """Return how many questions there are of each chamber, legislature and kind."""
        keys = (line.key for path in self._paths() for line in read_lines(path))
        return dict(sorted(Counter(partition_name(key[:3]) for key in keys).items()))

    def actors(self) -> dict[str, str]:
        """Return the names of members by reference, as earlier imports kept them."""
        return load_actors(self._actors_table)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer; may be nested.

        Raises:
            CorpusError: another process writes for too long, or the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except TimeoutError as error:
            raise CorpusError(
                f"{self.folder} : une autre commande écrit dans le corpus. "
                "Attendez qu'elle finisse, puis recommencez."
            ) from error
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        try:
            if self._lock.lock_counter == 1:
                remove_leftovers(self.folder)
                remove_leftovers(self._actors_table.parent)
            yield
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        finally:
            self._lock.release()

    def merge(
        self,
        items: Iterable[Question],
        on_progress: Callable[[int, int], None] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> MergeReport:
        """Merge questions into the corpus, in any order, several of one key too.

        Nothing changes before the last one was taken: an error that ``items`` raises leaves the
        corpus as it was.

        Args:
            items: the questions; each is forgotten as soon as it is on the disk.
            on_progress: told, file by file, how many questions of how many records are written.
            names: members' names by reference, read once the items are at their end.

        Raises:
            CorpusError: a file of the corpus is damaged, locked, or cannot be written.
        """
        with self.locked(), temporary(self.folder) as (file, _):
            spool = Spool(file)
            for question in items:
                spool.add(question)
            tally: Counter[str] = Counter()
            for partition in spool.partitions():
                tally.update(self._publish(partition, spool, names or {}))
                if on_progress:
                    on_progress(sum(tally[outcome] for outcome in _OUTCOMES), len(spool))
            return MergeReport(**{outcome: tally[outcome] for outcome in _OUTCOMES})

    def fill_actors(self, names: Mapping[str, str]) -> int:
        """Give authors to the questions that have only a reference; return how many.

        The names are kept for later imports, once every file was gone through.
        """
        with self.locked():
            known = self.actors()
            if all(known.get(ref) == name for ref, name in names.items()):
                return 0
            named = {**known, **names}
            filled = sum(self._fill(path, named) for path in self._paths())
            save_actors(self._actors_table, named)
            return filled

    def _publish(
        self, partition: Partition, spool: Spool, names: Mapping[str, str]
    ) -> Counter[str]:
        """Write one file anew with what came for it; leave it alone if it would be the same."""
        path = self._path(partition)
        tally: Counter[str] = Counter()
        with replaced(path) as stream:
            for outcome, data in merged_lines(
                ordered_lines(path, partition), spool.partition(partition), names
            ):
                tally[outcome] += 1
                stream.write(data)
            if not (tally["added"] or tally["updated"]):
                raise Unchanged
        return tally

    def _fill(self, path: Path, names: Mapping[str, str]) -> int:
        filled = 0
        with replaced(path) as stream:
            for line in read_lines(path):
                data = filled_line(line, names)
                filled += data != line.data
                stream.write(data)
            if not filled:
                raise Unchanged
        return filled

    def _question(self, line: Line) -> Question:
        question = line.question()
        return self._complete(question) if self._complete else question

    def _path(self, partition: Partition) -> Path:
        return self.folder / f"{partition_name(partition)}{_SUFFIX}"

    def _paths(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.glob(f"*{_SUFFIX}") if path.name[0] != ".")


def sample_corpus() -> Corpus:
    """Return the questions written for the project, which ship with it."""
    # Not at the head: it brings in the readers of all sources, which the corpus has no use for.
    from indexer.sources.interchange_lines import with_turns  # noqa: PLC0415  # start-up cost

    checkout = Path(__file__).resolve().parents[1] / "corpus" / "sample"
    try:
        # The folder of an installed package, which has no module to ask for.
        folder = Path(str(files("indexer.sample").joinpath("README.md"))).parent
    except ModuleNotFoundError:
        folder = checkout
    return Corpus(folder, complete=with_turns)


def _unwritable(folder: Path, error: OSError) -> CorpusError:
    return CorpusError(f"{folder} : écriture impossible ({error.strerror or error})")
