"""Answers queries over an index: in one native call for all segments where that can be.

>>> from whoosh import fields, query
>>> from whoosh.filedb.filestore import RamStorage
>>> index = RamStorage().create_index(fields.Schema(text=fields.TEXT))
>>> with index.writer() as writer:
...     writer.add_document(text="loup gris")
>>> with index.searcher() as searcher:
...     Executor(searcher).search(query.Term("text", "loup")).total
1
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from whoosh import query, scoring, sorting
from whoosh.reading import IndexReader

from indexer.fastwhoosh import interpreted
from indexer.fastwhoosh.bm25 import Statistics
from indexer.fastwhoosh.code_table import (
    CodeTable,
    SegmentCodes,
    codes_of_file,
    codes_of_values,
    table_of,
)
from indexer.fastwhoosh.compiler import compile_query
from indexer.fastwhoosh.counting import named_counts
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.interpreted import numbers_of
from indexer.fastwhoosh.native_segment import file_of, native_segments
from indexer.fastwhoosh.perdoc import FastPerDocReader
from indexer.fastwhoosh.plan import Expansion
from indexer.fastwhoosh.request import BY_SCORE, Answer, FacetCodes, FilterCodes, OrderKey, Request
from indexer.native import kernel

_Found = tuple[int, int, list[tuple[float, int]], tuple[bytes, ...], int, list[int]]
_NO_FACETS: Final[Mapping[str, Mapping[str, int]]] = {}


class Hits(NamedTuple):
    """What :meth:`Executor.search` finds: how many, and (score, document number) in order.

    In an order of a column, scores are 0.0: they are not computed.
    ``facets`` maps a column to the number of hits of each of its values that has any.
    """

    total: int
    top: list[tuple[float, int]]
    facets: Mapping[str, Mapping[str, int]] = _NO_FACETS


class Executor:
    """Runs queries on the reader of a Whoosh searcher, and counts those that it cannot run.

    Safe to share between threads where :attr:`is_native`; the others share Whoosh's cursors.
    ``fallbacks`` counts by query type what a stock searcher ran instead.

    Args:
        searcher: an open ``whoosh.searching.Searcher``; it must stay open.
    """

    def __init__(self, searcher: Any) -> None:
        self.searcher = searcher
        self.leaves: list[tuple[IndexReader, int]] = list(searcher.reader().leaf_readers())
        self._bases = [base for _, base in self.leaves]
        self._files = [file_of(reader) for reader, _ in self.leaves]
        self._segments = native_segments(self.leaves, self._files)
        self._tables: dict[str, CodeTable] = {}
        self.fallbacks: Counter[str] = Counter()
        weighting = searcher.weighting
        self._has_formula = type(weighting) is scoring.BM25F
        self._statistics = Statistics(searcher, self.document_frequency)

    @property
    def is_native(self) -> bool:
        """Whether plans run in the compiled extension."""
        return self._segments is not None

    def document_frequency(self, field: str, term: bytes) -> int:
        """Return how many documents hold a term, deleted ones included.

        Raises:
            DamagedSegment: a file is not what was written.
        """
        return self.document_frequencies((field,), (term,))[0]

    def document_frequencies(
        self, fields: tuple[str, ...], terms: tuple[bytes, ...]
    ) -> Sequence[int]:
        """Return what :meth:`document_frequency` does for some terms, in one call.

        Each is counted in the one of some fields where most documents have it.

        Raises:
            DamagedSegment: a file is not what was written.
        """
        if self._segments is None or kernel is None:
            frequency = self.searcher.reader().doc_frequency
            return [max(int(frequency(field, term)) for field in fields) for term in terms]
        try:
            found: Sequence[int] = kernel.doc_frequencies(self._segments, fields, terms)
        except kernel.Damaged as error:
            raise _damage(error) from error
        return found

    def mean_length(self, field: str) -> float:
        """Return the mean number of words of a field over the documents that have one."""
        total = sum(int(reader.field_length(field)) for reader, _ in self.leaves)
        return total / max(1, sum(_documents_with(reader, field) for reader, _ in self.leaves))

    def table(self, column: str) -> CodeTable:
        """Return the values of a column over all segments; made once."""
        if column not in self._tables:
            self._tables[column] = table_of(
                [self._codes(at, column) for at in range(len(self.leaves))]
            )
        return self._tables[column]

    def _counted(self, column: str) -> tuple[SegmentCodes, ...]:
        """Return what filters and facets look at in each segment: codes, or numbers themselves."""
        schema = self.searcher.schema
        if column not in schema or getattr(schema[column], "numtype", None) is not int:
            return self.table(column).segments
        readers = [reader for reader, _ in self.leaves]
        return tuple(SegmentCodes((), numbers_of(reader, column)) for reader in readers)

    def _codes(self, place: int, column: str) -> SegmentCodes:
        file = self._files[place]
        if file is not None:
            return codes_of_file(file, column)
        reader, _ = self.leaves[place]
        if column not in reader.schema or not reader.has_column(column):
            return codes_of_values([b""] * reader.doc_count_all())
        values = reader.column_reader(column, translate=False)
        return codes_of_values([values[number] for number in range(reader.doc_count_all())])

    def stored_fields(self, number: int) -> dict[str, Any]:
        """Return what is stored of a document; nothing of the index's schema is asked.

        Raises:
            DamagedSegment: the bytes are not what was written.
            IndexError: there is no such document.
        """
        place = bisect_right(self._bases, number) - 1
        if place < 0:
            raise IndexError(f"no document {number}")
        reader, base = self.leaves[place]
        stored: dict[str, Any] = reader._perdoc.stored_fields(number - base)  # noqa: SLF001  # Whoosh filters by schema, slowly
        return stored

    def words(
        self, fields: tuple[str, ...], asked: Expansion, folds: bytes | None
    ) -> dict[str, int]:
        """Return the words that an expansion means, in some fields taken as one vocabulary.

        Args:
            fields: where to look; the expansion's own field is not read.
            asked: its pattern.
            folds: two letters for each character below U+0250 that it stands for in the words,
                zeros for none; None leaves the words as they are.

        Returns:
            word → documents that hold it, summed over fields and segments.
        """
        assert kernel is not None
        assert self._segments is not None
        try:
            found: dict[str, int] = kernel.words(self._segments, fields, asked, folds)
        except kernel.Damaged as error:
            raise _damage(error) from error
        return found

    def run(self, request: Request) -> Answer:
        """Answer a request.

        Raises:
            DamagedSegment: a file is not what was written.
        """
        return self._run(self._segments, request)

    def holding(self) -> Callable[[Request], Answer]:
        """Return what answers the requests of one search as :meth:`run` does, in one thread.

        What their plans have in common, as the same objects, is found once.
        """
        if self._segments is None or kernel is None:
            return self.run
        return partial(self._run, kernel.Held(self._segments))

    def _run(self, held: Any, request: Request) -> Answer:
        return Answer(*self._answer(held, *request))

    def _answer(self, held: Any, *asked: Any) -> tuple[Any, ...]:
        """Answer the fields of a request; a search of a few microseconds has no time for more."""
        if held is None or kernel is None:
            return interpreted.answer(self.leaves, Request(*asked), self._counted)
        try:
            found: tuple[Any, ...] = kernel.search(held, *asked)
        except kernel.Damaged as error:
            raise _damage(error) from error
        return found

    def search(
        self,
        asked: query.Query,
        *,
        limit: int = 10,
        offset: int = 0,
        sortedby: tuple[str, bool] | None = None,
        facets: Sequence[str] = (),
    ) -> Hits:
        """Run a Whoosh query.

        Args:
            asked: any Whoosh query; what has no plan is run by a stock searcher and counted.
            limit: hits wanted, from ``offset`` on.
            offset: hits left out before them.
            sortedby: a numeric column and whether it descends; by score where None. Has no plan
                where a segment is without it.
            facets: columns whose values are counted over all hits.
        """
        node = compile_query(self._statistics, asked) if self._has_formula else None
        if node is None or (sortedby and not self._orders_by(sortedby[0])):
            self.fallbacks[type(asked).__name__] += 1
            return self._fall_back(asked, offset + limit, offset, sortedby, facets)
        order = (OrderKey(*sortedby),) if sortedby else BY_SCORE
        if not facets:
            _, total, hits, *_ = self._answer(
                self._segments, node, offset, limit, order, (), (), (), None
            )
            return Hits(total, hits)
        tables = [self.table(name) for name in facets]
        counted = tuple(
            FacetCodes(name, table.maps, len(table.values))
            for name, table in zip(facets, tables, strict=True)
        )
        _, total, hits, counts, *_ = self._answer(
            self._segments, node, offset, limit, order, (), counted, (), None
        )
        named = zip(facets, tables, counts, strict=True)
        return Hits(total, hits, {name: named_counts(table, each) for name, table, each in named})

    def _orders_by(self, column: str) -> bool:
        is_whole = getattr(self.searcher.schema[column], "numtype", None) is int
        return is_whole and all(reader.has_column(column) for reader, _ in self.leaves)

    def _fall_back(
        self,
        asked: query.Query,
        limit: int,
        offset: int,
        sortedby: tuple[str, bool] | None,
        facets: Sequence[str],
    ) -> Hits:
        order = sorting.FieldFacet(sortedby[0], reverse=sortedby[1]) if sortedby else None
        groups = {name: sorting.FieldFacet(name) for name in facets}
        # Without its optimisations: with them, Whoosh counts some segments and not others.
        found = self.searcher.search(
            asked, limit=limit, sortedby=order, groupedby=groups or None, optimize=False
        )
        top = [(0.0 if order else float(key), number) for key, number in found.top_n[offset:]]
        counts = {
            name: {str(value): len(numbers) for value, numbers in found.groups(name).items()}
            for name in facets
        }
        return Hits(len(found), top, counts)


def _damage(error: Exception) -> DamagedSegment:
    """Return what names the damaged file as everybody else does."""
    path, _, reason = str(error).partition(": ")
    return DamagedSegment(path, f"contenu abîmé ({reason})")


def filter_codes(table: CodeTable, column: str, values: Sequence[bytes]) -> FilterCodes:
    """Return the filter that keeps the documents which have one of some values."""
    places = frozenset(place for value in values if (place := table.place(value)) is not None)
    return FilterCodes(column, table.allowed(places))


def _documents_with(reader: IndexReader, field: str) -> int:
    per_document = getattr(reader, "_perdoc", None)
    if isinstance(per_document, FastPerDocReader):
        return per_document.documents_with(field)
    documents = range(reader.doc_count_all())
    return sum(1 for number in documents if reader.doc_field_length(number, field))
