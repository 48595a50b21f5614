"""Whoosh as it comes, with its own codec, over the project's analysis of the text.

It indexes about a hundred documents a second, so it is given a bounded number of them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, Final

from whoosh import index, sorting

from tests.bench import model
from tests.bench.engines.whoosh_forms import fields_of, query_of, schema
from tests.bench.model import Answer, Document, Query, Search

_LIMIT_MB: Final = 256
_DEEP: Final = model.DEEP_OFFSET + model.LIMIT
_GROUPED: Final = {
    name: sorting.FieldFacet(name, maptype=sorting.Count) for name in ("group", "author")
}


class Stock:
    """Whoosh over one folder."""

    name: ClassVar[str] = "whoosh"
    most_documents: ClassVar[int | None] = 5_000
    most_procs: ClassVar[int] = 1
    shapes: ClassVar[frozenset[str]] = frozenset(model.SHAPES) - {model.RANKING}
    exact: ClassVar[frozenset[str]] = shapes

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        del procs  # several would not bring it near the others
        writer = index.create_in(str(self._folder), schema()).writer(limitmb=_LIMIT_MB)
        for document in corpus:
            writer.add_document(**fields_of(document))
        writer.commit()

    def open(self) -> None:
        self._searcher = index.open_dir(str(self._folder)).searcher()

    def segments(self) -> int:
        return len(self._searcher.leaf_searchers())

    def append(self, documents: Iterable[Document]) -> None:
        writer = index.open_dir(str(self._folder)).writer()
        for document in documents:
            writer.add_document(**fields_of(document))
        writer.commit()
        self._searcher = self._searcher.refresh()

    def prepare(self, query: Query) -> Search:
        made = query_of(query)
        if query.shape == model.SNIPPETS:
            return self._with_snippets(made)
        if query.shape == model.FACETS:
            return self._with_facets(made)
        if query.shape == model.BY_DATE:
            return self._plain(made, limit=model.LIMIT, sortedby="day", reverse=True)
        if query.shape == model.PAGE100:
            return self._plain(made, limit=_DEEP, offset=model.DEEP_OFFSET)
        return self._plain(made, limit=model.LIMIT)

    def _plain(self, query: Any, *, offset: int = 0, **options: Any) -> Search:
        search = self._searcher.search

        def run() -> Answer:
            found = search(query, **options)
            return Answer(len(found), _hits(found)[offset:])

        return run

    def _with_facets(self, query: Any) -> Search:
        search = self._searcher.search

        def run() -> Answer:
            found = search(query, limit=model.LIMIT, groupedby=_GROUPED)
            facets = (found.groups("group"), found.groups("author"))
            return Answer(len(found), _hits(found)[: model.LIMIT], facets)

        return run

    def _with_snippets(self, query: Any) -> Search:
        search = self._searcher.search

        def run() -> Answer:
            found = search(query, limit=model.LIMIT)
            snippets = [hit.highlights("stem", text=hit["text"]) for hit in found]
            return Answer(len(found), _hits(found), None, snippets)

        return run


def _hits(found: Any) -> list[tuple[float, object]]:
    return [(score, number) for number, score in found.items()]
