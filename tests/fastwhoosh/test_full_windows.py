"""A word of several fields scores rightly where every document of a window holds it."""

from pathlib import Path

import pytest
from whoosh import fields

from indexer.fastwhoosh import interpreted, plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in
from indexer.fastwhoosh.request import Request
from indexer.native import COMPILED

# More than the native scorer takes at a time.
DOCS = 4500


@pytest.mark.skipif(not COMPILED, reason="compares native code with the reading in Python")
def test_a_word_that_all_documents_hold_twice_scores_as_read_in_python(tmp_path: Path) -> None:
    schema = fields.Schema(title=fields.KEYWORD(scorable=True), text=fields.KEYWORD(scorable=True))
    index = create_in(tmp_path, schema)
    with index.writer() as writer:
        for number in range(DOCS):
            writer.add_document(title="de " * (1 + number % 5), text="de " * (1 + number % 7))
    parts = tuple(plan.Part(name, b"de", 1.0, 0.5, 3.0) for name in ("title", "text"))
    word = plan.Word((plan.Group(parts, 2.0, 1.2),))
    request = Request(plan.Any((word, plan.Range("none", 0, 1, 1.0))), 0, DOCS)
    with index.searcher() as searcher:
        executor = Executor(searcher)
        expected = interpreted.answer(executor.leaves, request, lambda _: ())
        assert executor.run(request).total == DOCS
        for (score, _), (right, _) in zip(executor.run(request).hits, expected.hits, strict=True):
            assert score == pytest.approx(right, abs=1e-9)
