"""bm25s, which scores whole arrays: no counts, no filters, no phrases, no positions.

It holds all postings in memory as it builds, so it is given a bounded number of documents.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import bm25s

from tests.bench import model
from tests.bench.model import Answer, Document, Query, Search


class Bm25s:
    """bm25s over one folder."""

    name: ClassVar[str] = "bm25s"
    most_documents: ClassVar[int | None] = 50_000
    most_procs: ClassVar[int] = 1
    shapes: ClassVar[frozenset[str]] = frozenset({model.RARE, model.COMMON, model.OR5})
    exact: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, corpus: Iterable[Document], procs: int) -> None:
        del procs  # it indexes in one
        index = bm25s.BM25()
        index.index([document.stems.split(" ") for document in corpus], show_progress=False)
        index.save(str(self._folder))

    def open(self) -> None:
        self._index = bm25s.BM25.load(str(self._folder), mmap=True)

    def segments(self) -> int:
        return 1

    def append(self, documents: Iterable[Document]) -> None:
        raise NotImplementedError("bm25s cannot add to an index")

    def prepare(self, query: Query) -> Search:
        words = [list(query.words)]
        retrieve = self._index.retrieve

        def run() -> Answer:
            found, scores = retrieve(words, k=model.LIMIT, show_progress=False, n_threads=0)
            return Answer(
                model.UNCOUNTED, list(zip(scores[0].tolist(), found[0].tolist(), strict=True))
            )

        return run
