"""What belongs to terms: a reader that finds them and opens their postings, and a cursor."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from whoosh.codec import base
from whoosh.reading import TermNotFound

from indexer.fastwhoosh.decoding import FieldReader, TermEntry, field_sections
from indexer.fastwhoosh.errors import naming
from indexer.fastwhoosh.postings import FastLeafMatcher, FastTermInfo, Postings
from indexer.fastwhoosh.segment import detach
from indexer.fastwhoosh.segmentfile import SegmentFile

Term = tuple[str, bytes]


class FastTermsReader(base.TermsReader):  # type: ignore[misc]  # Whoosh has no types
    """Finds terms and opens their postings.

    Args:
        file: the segment's file, given back when this is closed.
    """

    def __init__(self, file: SegmentFile) -> None:
        self.file = file
        self._names: list[str] = sorted(file.directory["fields"])
        self._fields: dict[str, FieldReader] = {}
        # Whoosh asks four times for a term before it reads a posting of it.
        self._last_found: tuple[str, bytes, int | None] | None = None
        self._last_opened: tuple[int, Postings] | None = None

    def close(self) -> None:
        """Give the file back."""
        self._fields, self._last_opened = {}, None
        detach(self.file)

    def field(self, name: str) -> FieldReader | None:
        """Return the reader of a field, None where the segment has not got it.

        Raises:
            DamagedSegment: its sections have not the sizes that they should.
        """
        if name not in self._fields and name in self.file.directory["fields"]:
            with self.naming(name):
                self._fields[name] = FieldReader(field_sections(self.file, name), self.file.docs)
        return self._fields.get(name)

    def field_of(self, name: str) -> FieldReader:
        """Return the reader of a field that the segment has."""
        reader = self.field(name)
        assert reader is not None, "callers know the field"
        return reader

    def naming(self, name: str) -> AbstractContextManager[None]:
        """Name the file and the field in what goes wrong."""
        return naming(self.file.path, f"champ « {name} »")

    def indexed_field_names(self) -> list[str]:
        """Return the names of the fields that have terms or lengths."""
        return self._names

    def __contains__(self, term: Term) -> bool:
        return self._entry(*term) is not None

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        """Return a cursor over the terms of a field, at the first."""
        reader = self.field(fieldname)
        return base.EmptyCursor() if reader is None else FastCursor(self, fieldname, fieldobj)

    def terms(self) -> Iterator[Term]:
        """Give all terms, by field and bytes."""
        return (term for name in self._names for term, _ in self._places(name))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """Give the terms of a field from some bytes on, then those of the fields after it."""
        return (term for term, _ in self._places_from(fieldname, prefix))

    def items(self) -> Iterator[tuple[Term, FastTermInfo]]:
        """Give all terms with their statistics."""
        for name in self._names:
            for term, place in self._places(name):
                yield term, self.info_at(name, place)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, FastTermInfo]]:
        """Give what :meth:`terms_from` gives, with statistics."""
        for term, place in self._places_from(fieldname, prefix):
            yield term, self.info_at(term[0], place)

    def term_info(self, fieldname: str, text: bytes) -> FastTermInfo:
        """Return the statistics of a term.

        Raises:
            TermNotFound: there is no such term.
        """
        return self.info_at(fieldname, self._place(fieldname, text))

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term occurs.

        Raises:
            KeyError: there is no such term.
        """
        return float(self._known_entry(fieldname, text).cf)

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents have a term.

        Raises:
            KeyError: there is no such term.
        """
        return self._known_entry(fieldname, text).df

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> FastLeafMatcher:
        """Return a matcher over the postings of a term.

        Raises:
            TermNotFound: there is no such term.
            DamagedSegment: the postings are not what was written.
        """
        postings = self.postings_at(fieldname, self._place(fieldname, text))
        return FastLeafMatcher(postings, format_, (fieldname, text), scorer)

    def postings_at(self, fieldname: str, place: int) -> Postings:
        """Open the postings of the term of a place of a field that the segment has."""
        last = self._last_opened
        if last is not None and last[0] == place and last[1].field == fieldname:
            return last[1]
        reader = self.field_of(fieldname)
        with self.naming(fieldname):
            postings = Postings(self.file.path, fieldname, reader, reader.record(place))
        self._last_opened = (place, postings)
        return postings

    def info_at(self, fieldname: str, place: int) -> FastTermInfo:
        """Return the statistics of the term of a place of a field that the segment has."""
        reader = self.field_of(fieldname)
        entry = reader.entry(place)
        return FastTermInfo(entry.df, entry.cf, lambda: self.postings_at(fieldname, place))

    def _place(self, name: str, text: bytes) -> int:
        place = self._find(name, text)
        if place is None:
            raise TermNotFound(f"No term {name}:{text!r}")
        return place

    def _find(self, name: str, text: bytes) -> int | None:
        last = self._last_found
        if last is not None and last[1] == text and last[0] == name:
            return last[2]
        reader = self.field(name)
        if reader is None:
            return None
        with self.naming(name):
            place = reader.find(text)
        self._last_found = (name, text, place)
        return place

    def _entry(self, name: str, text: bytes) -> TermEntry | None:
        place = self._find(name, text)
        return None if place is None else self._fields[name].entry(place)

    def _known_entry(self, name: str, text: bytes) -> TermEntry:
        entry = self._entry(name, text)
        if entry is None:
            raise KeyError((name, text))
        return entry

    def _places(self, name: str, start: bytes = b"") -> Iterator[tuple[Term, int]]:
        reader = self.field_of(name)
        with self.naming(name):
            for place in range(reader.lower_bound(start), reader.terms):
                yield (name, reader.term(place)), place

    def _places_from(self, name: str, start: bytes) -> Iterator[tuple[Term, int]]:
        if name not in self.file.directory["fields"]:
            return
        yield from self._places(name, start)
        for later in self._names[bisect_left(self._names, name) + 1 :]:
            yield from self._places(later)


class FastCursor(base.FieldCursor):  # type: ignore[misc]  # Whoosh has no types
    """Walks over the terms of a field.

    Args:
        terms: the reader.
        fieldname: a field that the segment has.
        fieldobj: the field of the schema, which makes text of bytes.
    """

    def __init__(self, terms: FastTermsReader, fieldname: str, fieldobj: Any) -> None:
        self._terms = terms
        self._name = fieldname
        self._fieldobj = fieldobj
        self._place = 0
        self._count = terms.field_of(fieldname).terms

    def first(self) -> Any:
        """Go to the first term; return its text, None where the field has no terms."""
        self._place = 0
        return self.text()

    def find(self, term: bytes | str) -> Any:
        """Go to the first term that is not below; return its text, None where there is none."""
        key = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        with self._terms.naming(self._name):
            self._place = self._terms.field_of(self._name).lower_bound(key)
        return self.text()

    def next(self) -> Any:
        """Go to the next term; return its text, None where there is none."""
        self._place = min(self._place + 1, self._count)
        return self.text()

    def text(self) -> Any:
        """Return the term here as the field reads it, None after the last."""
        if not self.is_valid():
            return None
        with self._terms.naming(self._name):
            term = self._terms.field_of(self._name).term(self._place)
        return self._fieldobj.from_bytes(term)

    term = text

    def term_info(self) -> FastTermInfo | None:
        """Return the statistics of the term here, None after the last."""
        return self._terms.info_at(self._name, self._place) if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._place < self._count
