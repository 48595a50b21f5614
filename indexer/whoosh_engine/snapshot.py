"""One open generation: its reader, statistics, and columns as plain lists.

A snapshot is immutable; the engine swaps it for another when a new generation is published.
Columns are read once, when first asked for. One thread at a time may use it.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from whoosh import index as whoosh_index
from whoosh.reading import IndexReader

from indexer.errors import IndexDamaged
from indexer.french.analysis import fold
from indexer.question import Key, Question, Reference, parse_reference, uid_of
from indexer.search import ranking
from indexer.whoosh_engine.generations import Manifest, read_manifest
from indexer.whoosh_engine.queries import Terms
from indexer.whoosh_engine.schema import PARTS, field_of, record_of

_NO_VALUE: Final = 0


@dataclass(frozen=True, slots=True)
class FilterColumn:
    """The values of a filter: ``codes[document]`` is a place in ``values``; 0 is no value."""

    codes: Sequence[int]
    values: Sequence[str]


class Snapshot:
    """A published generation, open for reading.

    Raises:
        IndexDamaged: its files cannot be opened as what they should be.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.manifest: Manifest = read_manifest(folder, name)
        self.path = folder / name
        self._columns: dict[str, FilterColumn] = {}
        try:
            self.reader: IndexReader = whoosh_index.open_dir(str(self.path)).reader()
        except Exception as error:  # Whoosh raises many kinds for damaged files
            raise IndexDamaged(
                f"L'index « {name} » est abîmé ({type(error).__name__} : {error}). "
                "Lancez « questions index --full »."
            ) from error
        self.leaves: list[tuple[IndexReader, int]] = list(self.reader.leaf_readers())
        self.documents = int(self.reader.doc_count_all())

    def close(self) -> None:
        """Release the files."""
        self.reader.close()

    @cached_property
    def averages(self) -> Mapping[str, float]:
        """Mean length in words of each text field over all questions."""
        count = max(1, self.documents)
        names = [field_of(part, form) for part in PARTS for form in ("exact", "stem")]
        return {name: self.reader.field_length(name) / count for name in names}

    def terms(self, words: tuple[str, ...], form: str, parts: Sequence[str]) -> Terms:
        """Return words that count as one, with the statistics of the whole index."""
        fields = {part: field_of(part, form) for part in parts}
        frequency = sum(
            max(self.reader.doc_frequency(field_of(part, form), word) for part in PARTS)
            for word in words
        )
        averages = {part: self.averages[name] for part, name in fields.items()}
        return Terms(words, fields, averages, ranking.idf(frequency, max(1, self.documents)))

    def column(self, name: str) -> list[Any]:
        """Return the values of a column for every document number, deleted ones included."""
        values: list[Any] = []
        for reader, _ in self.leaves:
            count = reader.doc_count_all()
            if reader.has_column(name):
                column = reader.column_reader(name)
                values.extend(column[number] for number in range(count))
            else:
                values.extend([None] * count)
        return values

    @cached_property
    def asked(self) -> list[int]:
        """Day each question was asked, 0 if unknown."""
        return [value or 0 for value in self.column("asked")]

    @cached_property
    def answered(self) -> list[int]:
        """Day each question was answered, 0 if unknown."""
        return [value or 0 for value in self.column("answered")]

    @cached_property
    def delays(self) -> list[int]:
        """Days from question to answer, -1 if unknown."""
        return [-1 if value is None else value for value in self.column("delay")]

    @cached_property
    def uids(self) -> list[str]:
        """Identifier of each document."""
        return [_decoded(value) for value in self.column("uid")]

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """Document number of each live identifier."""
        live = self.reader.all_doc_ids()
        return {self.uids[number]: number for number in live}

    def filter_column(self, name: str) -> FilterColumn:
        """Return the values of a filter of ``request.FILTERS``."""
        if name not in self._columns:
            places: dict[str, int] = {"": _NO_VALUE}
            codes = [
                places.setdefault(_decoded(value), len(places))
                for value in self.column(f"f_{name}")
            ]
            self._columns[name] = FilterColumn(codes, list(places))
        return self._columns[name]

    def values_like(self, name: str, asked: str) -> tuple[str, ...]:
        """Return the values of a filter that a typed value means.

        The same value, whatever its case and accents; failing that, every value that holds all
        its words, the last of which may be begun only.
        """
        values = self.filter_column(name).values[1:]
        wanted = _words(asked)
        same = tuple(value for value in values if _words(value) == wanted)
        if same or not wanted:
            return same
        return tuple(value for value in values if _holds(_words(value), wanted))

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Every exact form of the corpus with the number of texts that hold it."""
        counts: Counter[str] = Counter()
        for part in PARTS:
            name = field_of(part, "exact")
            if name in self.reader.indexed_field_names():
                for word, info in self.reader.iter_field(name):
                    counts[word.decode("utf-8")] += int(info.doc_frequency())
        return counts

    def words_like(self, pattern: str) -> tuple[str, ...]:
        """Return the commonest words that a pattern of ``*`` and ``?`` means.

        A pattern without accents finds words with and without them.
        """
        expression = "".join(
            ".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern
        )
        matches = re.compile(expression).fullmatch
        bare = fold(pattern) == pattern
        found = [word for word in self.vocabulary if matches(fold(word) if bare else word)]
        return self._commonest(found)

    def words_near(self, word: str, distance: int) -> tuple[str, ...]:
        """Return the commonest words at most some typing errors away from a word."""
        found: set[str] = set()
        for part in PARTS:
            name = field_of(part, "exact")
            if name in self.reader.indexed_field_names():
                found.update(self.reader.terms_within(name, word, distance))
        return self._commonest(found)

    def _commonest(self, words: Any) -> tuple[str, ...]:
        ranked = sorted(words, key=lambda word: (-self.vocabulary.get(word, 0), word))
        return tuple(ranked[: ranking.MAX_EXPANSIONS])

    def record(self, number: int) -> Question:
        """Return the whole question of a document.

        Raises:
            IndexDamaged: what is stored is no question.
        """
        try:
            return record_of(self.reader.stored_fields(number)["record"])
        except Exception as error:  # any damage of the file ends here
            raise IndexDamaged(f"Question illisible dans l'index « {self.path.name} ».") from error

    def find(self, reference: Reference) -> tuple[Key, ...]:
        """Return the keys that a reference fits, newest legislature first."""
        if reference.chamber and reference.legislature and reference.kind:
            key = Key(reference.chamber, reference.legislature, reference.kind, reference.number)
            return (key,) if uid_of(key) in self.number_of else ()
        keys = (_key(uid) for uid in self.number_of if uid.endswith(str(reference.number)))
        fitting = [key for key in keys if key and reference.fits(key)]
        return tuple(sorted(fitting, key=lambda key: (-key.legislature, key)))


def _key(uid: str) -> Key | None:
    found = parse_reference(uid)
    if found and found.chamber and found.legislature and found.kind:
        return Key(found.chamber, found.legislature, found.kind, found.number)
    return None


def _decoded(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else (value or "")


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", fold(text)))


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    *whole, last = wanted
    return all(word in words for word in whole) and any(word.startswith(last) for word in words)
