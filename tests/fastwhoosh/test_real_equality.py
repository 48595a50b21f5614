"""Real questions: what is typed, in both readings of plans; stock queries, in both codecs."""

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import pytest
from whoosh import index, query
from whoosh.query import Query

from indexer.corpus import Corpus
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in
from indexer.fastwhoosh.request import SCORE, OrderKey, Request
from indexer.native import COMPILED
from indexer.settings import Settings
from indexer.whoosh_engine.generations import current_name
from indexer.whoosh_engine.schema import schema
from indexer.whoosh_engine.snapshot import Snapshot
from indexer.whoosh_engine.translate import Translator
from tests.fastwhoosh.random_queries import without_quirks
from tests.fastwhoosh.rankings import Ranking, check_same
from tests.fastwhoosh.readings import check_readings
from tests.fastwhoosh.typed_queries import TypedQueries
from tests.plain_documents import document_of

pytestmark = pytest.mark.real_data

_TYPED: Final = 100
_STOCK_QUERIES: Final = 150
# What a stock writer takes a few seconds for.
_STOCK_DOCUMENTS: Final = 300
_ORDERS: Final = (
    (SCORE, OrderKey("asked")),
    (OrderKey("asked"), SCORE),
    (OrderKey("asked", descending=False, zero_as=99_999), SCORE),
    (OrderKey("delay"), OrderKey("asked")),
)


@pytest.fixture(scope="module")
def lines(real_settings: Settings) -> list[bytes]:
    return [line for _, line in Corpus(real_settings.corpus / "questions").lines()]


@pytest.fixture(scope="module")
def snapshot(real_settings: Settings) -> Iterator[Snapshot]:
    opened = Snapshot(real_settings.index, current_name(real_settings.index))
    yield opened
    opened.close()


def typed(lines: list[bytes], seed: int) -> TypedQueries:
    records = [json.loads(line) for line in random.Random(seed).sample(lines, 60)]
    return TypedQueries(random.Random(seed), [record["question_text"] for record in records])


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
def test_both_readings_of_what_is_typed_are_the_same(
    snapshot: Snapshot, lines: list[bytes]
) -> None:
    queries = typed(lines, 1)
    found = 0
    for place in range(_TYPED):
        translation = Translator(snapshot).translate(queries.draw())
        order = _ORDERS[place % len(_ORDERS)]
        plans = (translation.strict, translation.relaxed)[: 1 + (place % 8 == 0)]
        for node in plans:
            if node is not None:
                found += check_readings(snapshot.executor, Request(node, 0, 100, order)).total > 0
    assert found > _TYPED // 2


@pytest.fixture(scope="module")
def searchers(
    lines: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Any]]:
    """The first questions, in three segments of each codec."""
    folder = tmp_path_factory.mktemp("codecs")
    (folder / "stock").mkdir()
    stock = index.create_in(str(folder / "stock"), schema())
    fast = create_in(folder / "fast", schema())
    chosen = random.Random(5).sample(lines, _STOCK_DOCUMENTS)
    for target in (stock, fast):
        for start, end in ((0, 150), (150, 270), (270, _STOCK_DOCUMENTS)):
            writer = target.writer()
            for line in chosen[start:end]:
                writer.add_document(**document_of(line))
            writer.commit(merge=False)
    with ExitStack() as stack:
        yield stack.enter_context(stock.searcher()), stack.enter_context(fast.searcher())


def stock_query(queries: TypedQueries) -> Query:
    """Draw a stock query over words that stand in one text."""
    rng, words = queries.rng, queries._run(4)
    field = rng.choice(("question_exact", "question_exact", "answer_exact", "title_exact"))
    terms = [query.Term(field, word, boost=rng.choice((1.0, 2.0))) for word in words]
    year = query.NumericRange("asked", 38_000, rng.randrange(40_000, 44_500))
    shapes = (
        lambda: query.And(terms),
        lambda: query.Or(terms),
        lambda: query.Phrase(field, words[:3] * (len(words) > 1) or [words[0]] * 2),
        lambda: query.Phrase(field, [words[0], words[-1]], slop=rng.randint(1, 5)),
        lambda: query.And([query.Or(terms), year]),
        lambda: query.AndMaybe(terms[0], query.Or(terms)),
        lambda: query.AndNot(query.Or(terms), query.Prefix(field, words[-1][:3])),
        lambda: query.Or([query.FuzzyTerm(field, words[0], maxdist=2), *terms]),
        lambda: query.Or([query.Wildcard(field, f"{words[0][:2]}*?s"), terms[-1]]),
        lambda: query.Require(terms[0], query.Term("f_type", "QE")),
    )
    return rng.choice(shapes)()


def test_stock_queries_find_the_same_over_both_codecs(
    searchers: tuple[Any, Any], lines: list[bytes]
) -> None:
    stock, fast = searchers
    executor = Executor(fast)
    queries = typed(lines, 2)
    for _ in range(_STOCK_QUERIES):
        asked = stock_query(queries)
        raw = Ranking.of_results(stock.search(asked, limit=None))
        check_same(raw, Ranking.of_results(fast.search(asked, limit=None)))
        expected = Ranking.of_results(stock.search(without_quirks(asked), limit=None))
        check_same(expected, Ranking.of(executor.search(asked, limit=100)))
    assert not executor.fallbacks
