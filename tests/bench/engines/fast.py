"""The engine of this project, over the project's analysis of the text."""

from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Final

from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.search.passages import Marker, passages
from tests.bench import model
from tests.bench.engines.ranking_shape import Ranking
from tests.bench.engines.whoosh_forms import query_of, schema, table_of
from tests.bench.model import Answer, Document, Query, Search

_LIMIT_MB: Final = 512
# Documents that are added at a time.
_BATCH: Final = 256
_FACETS: Final = ("group", "author")


class Fast:
    """fastwhoosh over one folder."""

    name: ClassVar[str] = "fastwhoosh"
    most_documents: ClassVar[int | None] = None
    most_procs: ClassVar[int] = 2
    shapes: ClassVar[frozenset[str]] = frozenset(model.SHAPES)
    exact: ClassVar[frozenset[str]] = shapes

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        writer = create_in(str(self._folder), schema()).writer(procs=procs, limitmb=_LIMIT_MB)
        _write(writer, corpus)

    def open(self) -> None:
        self._index = open_dir(str(self._folder))
        self._open_searcher()

    def _open_searcher(self) -> None:
        self._searcher = self._index.searcher()
        self._executor = Executor(self._searcher)
        self._ranking = Ranking(self._executor, self._searcher.doc_count_all())

    def segments(self) -> int:
        return len(self._searcher.leaf_searchers())

    def fallbacks(self) -> int:
        """Return how many searches the executor left to Whoosh's matchers."""
        return sum(self._executor.fallbacks.values())

    def append(self, documents: Iterable[Document]) -> None:
        _write(self._index.writer(), documents)
        self._index = self._index.refresh()
        self._open_searcher()

    def prepare(self, query: Query) -> Search:
        if query.shape == model.RANKING:
            return partial(self._ranking.answer, query)
        made = query_of(query)
        if query.shape == model.SNIPPETS:
            return self._with_snippets(made, Marker(stems=frozenset(query.words)))
        if query.shape == model.FACETS:
            return self._with_facets(made)
        if query.shape == model.BY_DATE:
            return self._plain(made, sortedby=("day", True))
        if query.shape == model.PAGE100:
            return self._plain(made, offset=model.DEEP_OFFSET)
        return self._plain(made)

    def _plain(self, query: Any, **options: Any) -> Search:
        search = self._executor.search

        def run() -> Answer:
            found = search(query, limit=model.LIMIT, **options)
            return Answer(found.total, found.top)

        return run

    def _with_facets(self, query: Any) -> Search:
        search = self._executor.search

        def run() -> Answer:
            found = search(query, limit=model.LIMIT, facets=_FACETS)
            facets = (found.facets["group"], found.facets["author"])
            return Answer(found.total, found.top, facets)

        return run

    def _with_snippets(self, query: Any, marker: Marker) -> Search:
        search, stored = self._executor.search, self._executor.stored_fields

        def run() -> Answer:
            found = search(query, limit=model.LIMIT)
            texts = [stored(number)["text"] for _, number in found.top]
            return Answer(found.total, found.top, None, [_snippet(text, marker) for text in texts])

        return run


def _snippet(text: str, marker: Marker) -> str:
    """Return the extracts of a text, matches between asterisks."""
    pieces = (piece for extract in passages(text, (), marker) for piece in extract.pieces)
    return "".join(f"*{piece.text}*" if piece.is_match else piece.text for piece in pieces)


def _write(writer: Any, documents: Iterable[Document]) -> None:
    waiting = iter(documents)
    while batch := list(islice(waiting, _BATCH)):
        writer.add_table(table_of(batch))
    writer.commit()
