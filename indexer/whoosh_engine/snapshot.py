"""One open generation: its executor, statistics, and the values of its filters.

A snapshot is immutable; the engine swaps it for another when a new generation is published. What
takes time is made when first asked for. Where the extension is compiled, threads may share it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from indexer.errors import IndexDamaged
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import open_dir
from indexer.fastwhoosh.interpreted import numbers_of
from indexer.fastwhoosh.plan import Terms
from indexer.fastwhoosh.request import CollapseCodes, FilterCodes, Request
from indexer.fastwhoosh.segmentfile import EXTENSION
from indexer.native import why_not
from indexer.question import Key, Question, Reference, uid_of
from indexer.search import ranking
from indexer.search.request import FILTERS
from indexer.stored_lines import question_of_line, shown_question
from indexer.whoosh_engine.acronyms import Acronyms
from indexer.whoosh_engine.column_values import column_numbers, live_numbers
from indexer.whoosh_engine.damage import DAMAGE, MENDING, said
from indexer.whoosh_engine.families import Families, read_families
from indexer.whoosh_engine.filter_values import FilterValues, filter_values
from indexer.whoosh_engine.generations import Manifest, read_manifest
from indexer.whoosh_engine.schema import PARTS, day_of, field_of
from indexer.whoosh_engine.vocabulary import Vocabulary
from indexer.whoosh_engine.weighing import FIELDS, Weighing
from indexer.whoosh_engine.word_counts import WordCounts

if TYPE_CHECKING:
    from indexer.search.results import SegmentInfo

# Questions that are remembered: feedback reads those of a page before they are shown.
_MOST_SHOWN: Final = 64


class Snapshot:
    """A published generation, open for reading.

    Raises:
        IndexDamaged: its files cannot be opened as what they should be.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.manifest: Manifest = read_manifest(folder, name)
        self.path = folder / name
        self._filters: dict[str, FilterValues] = {}
        self._shown: dict[int, Question] = {}
        try:
            self._searcher: Any = open_dir(self.path).searcher()
            self.executor = Executor(self._searcher)
        except Exception as error:  # Whoosh raises many kinds for damaged files
            reason = (
                str(error) if isinstance(error, DAMAGE) else f"{type(error).__name__} : {error}"
            )
            raise IndexDamaged(
                f"L'index « {name} » est abîmé ({reason.removesuffix('.')}). {MENDING}"
            ) from error
        self.reader = self._searcher.reader()
        self.documents = int(self.reader.doc_count_all())
        executor, documents = self.executor, self.documents
        self.words = {f: WordCounts(executor, names, documents) for f, names in FIELDS.items()}
        self.weighing = Weighing(executor, self.words)

    def close(self) -> None:
        """Release the files."""
        self._searcher.close()

    def documents_with(self, word: str, form: str) -> int:
        """Return in how many questions a word stands, taken from the part where most have it."""
        return self.words[form].documents_with(word)

    def information(self, word: str, form: str) -> float:
        """Return how much a word says, over all parts."""
        return self.words[form].information(word)

    def filter_values(self, name: str) -> FilterValues:
        """Return the values of a filter of ``request.FILTERS``; made once."""
        if name not in self._filters:
            table = self.executor.table(f"f_{name}")
            self._filters[name] = filter_values(table, multivalued=FILTERS[name].multivalued)
        return self._filters[name]

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded words of the names of authors."""
        return frozenset(word for words in self.filter_values("auteur").words for word in words)

    def filter_codes(self, name: str, values: Sequence[str]) -> FilterCodes:
        """Return the filter that keeps what has one of some typed values."""
        known = self.filter_values(name)
        allowed = known.table.allowed(known.codes_of(self.chosen_places(name, values)))
        return FilterCodes(f"f_{name}", allowed)

    def chosen_places(self, name: str, values: Sequence[str]) -> frozenset[int]:
        """Return the places of the values that typed ones mean."""
        known = self.filter_values(name)
        return frozenset(place for value in values for place in known.like(value))

    def terms_like(self, name: str, asked: str) -> tuple[str, ...]:
        """Return the terms of a filter's field that have a value which a typed one means."""
        known = self.filter_values(name)
        codes = known.codes_of(frozenset(known.like(asked)))
        return tuple(known.table.names[code] for code in sorted(codes))

    @cached_property
    def acronyms(self) -> Acronyms:
        """The acronyms that its questions define."""
        return Acronyms(self.executor, PARTS)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The exact forms of all texts."""
        return Vocabulary(self.executor, tuple(field_of(part, "exact") for part in PARTS))

    def words_like(self, pattern: str) -> tuple[str, ...]:
        """Return the commonest words that a pattern of ``*`` and ``?`` means.

        A pattern without accents finds words with and without them.
        """
        return self.vocabulary.like(pattern, ranking.MAX_EXPANSIONS)

    def words_near(self, word: str, distance: int) -> tuple[str, ...]:
        """Return the commonest words at most some typing errors away from a word."""
        return self.vocabulary.near(word, distance, ranking.MAX_EXPANSIONS)

    @cached_property
    def families(self) -> Families:
        """Which questions are nearly the same, and which share an answer."""
        return read_families(self.path, self.documents)

    @cached_property
    def collapse(self) -> CollapseCodes | None:
        """The codes under which hits of one family collapse, None where there is no family."""
        return self.families.collapse(self.executor)

    def day_asked(self, number: int) -> int:
        """Return the day number on which a question was asked, 0 where it is not known."""
        reader, base = next(leaf for leaf in reversed(self.executor.leaves) if leaf[1] <= number)
        return int(numbers_of(reader, "asked")[number - base])

    def family_uids(self, uid: str) -> tuple[str, ...]:
        """Return the identifiers of a question's family, its own among them."""
        number = self.number(uid)
        if number is None:
            return ()
        return tuple(self.shown(member).uid for member in self.families.near.members(number))

    def number(self, uid: str) -> int | None:
        """Return the document number of a live question, None where there is none."""
        found = self.executor.run(Request(Terms("uid", (uid.encode(),)), limit=1)).hits
        return found[0][1] if found else None

    def record(self, number: int) -> Question:
        """Return the whole question of a document.

        Raises:
            IndexDamaged: what is stored is no question.
        """
        return self._read(number, question_of_line)

    def shown(self, number: int) -> Question:
        """Return what :meth:`record` does, to be read only: it may stand in for a Question.

        Raises:
            IndexDamaged: what is stored is no question.
        """
        known = self._shown.get(number)
        if known is None:
            known = self._read(number, shown_question)
            if len(self._shown) >= _MOST_SHOWN:
                self._shown.clear()
            self._shown[number] = known
        return known

    def _read(self, number: int, question_of: Callable[[bytes], Question]) -> Question:
        try:
            return question_of(self.line(number))
        except IndexDamaged:
            raise
        except Exception as error:  # any damage of the file ends here
            raise IndexDamaged(
                f"Question illisible dans l'index « {self.path} ». {MENDING}"
            ) from error

    def line(self, number: int) -> bytes:
        """Return the record of a document as it stands in the corpus.

        Raises:
            IndexDamaged: the bytes are not what was written.
        """
        try:
            line: bytes | None = self.executor.stored_fields(number).get("record")
            if line is not None:
                return line
            raise DamagedSegment(self._file_of(number), f"document {number} : question absente")
        except DAMAGE as error:
            raise said(error) from error

    def _file_of(self, number: int) -> Path:
        reader = next(reader for reader, base in reversed(self.executor.leaves) if base <= number)
        return self.path / str(reader.segment().make_filename(EXTENSION))

    def why_not_native(self) -> str | None:
        """Return why searches run in plain Python, None where they run in the extension."""
        if self.executor.is_native:
            return None
        return why_not or "l'index n'est pas au format rapide"

    def segments(self) -> "tuple[SegmentInfo, ...]":
        """Describe the segments in the order of their documents."""
        # Not at the head: a build has no use for what a search returns.
        from indexer.search.results import SegmentInfo  # noqa: PLC0415  # start-up cost

        found = (reader.segment() for reader, _ in self.executor.leaves)
        return tuple(
            SegmentInfo(
                str(segment.segment_id()),
                type(segment.codec()).__name__,
                int(segment.doc_count_all()),
                int(segment.deleted_count()),
            )
            for segment in found
        )

    def period(self) -> tuple[date | None, date | None]:
        """Return the first and the last day of the questions: asked, or else answered."""
        first = last = 0
        for reader, _ in self.executor.leaves:
            asked, answered = (column_numbers(reader, name) for name in ("asked", "answered"))
            days = {asked[number] or answered[number] for number in live_numbers(reader)} - {0}
            first = min(days | ({first} - {0}), default=0)
            last = max(days | {last})
        return day_of(first), day_of(last)

    def find(self, reference: Reference) -> tuple[Key, ...]:
        """Return the keys that a reference fits, newest legislature first."""
        keys = (
            Key(chamber, legislature, kind, reference.number)
            for chamber, legislature, kind, _ in self.manifest.counts
        )
        fitting = [
            key for key in keys if reference.fits(key) and self.number(uid_of(key)) is not None
        ]
        return tuple(sorted(fitting, key=lambda key: (-key.legislature, key)))
