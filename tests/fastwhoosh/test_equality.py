"""Stock Whoosh, its matchers over the fast codec, and the executor find the same, in one order.

Queries of all shapes that have a plan, on random documents, in one segment and in many, with
deletions, replacements and merges. The stock searcher is asked without Whoosh's own quirks, which
``indexer.fastwhoosh.compiler`` lists.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from whoosh import query, sorting
from whoosh.query import Query

from indexer.fastwhoosh import interpreted
from indexer.fastwhoosh.compiler import compile_query
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.request import OrderKey, Request
from tests.fastwhoosh.random_indexes import EXACT_LENGTHS, Pair, Shape, Words, build_pair
from tests.fastwhoosh.random_queries import Generator, without_quirks
from tests.fastwhoosh.rankings import Ranking, check_same

_SHORT: Final = (0, 1, 2, 3, 5, 8, 12)
_MIXED: Final = (0, 1, 3, 8, 20, 40, 90, 200)
# Every term of the vocabulary is dense, or some are; blocks are many; windows are several.
SHAPES: Final = {
    "one": Shape((300,), 60, _MIXED),
    "tiny": Shape((1, 0, 2), 12, _SHORT),
    "segments": Shape((90, 200, 40, 7), 80, _MIXED, share=0.3),
    "merged": Shape((150, 120, 60), 50, EXACT_LENGTHS, share=0.3, optimise=frozenset({1})),
    "blocks": Shape((1400, 300), 150, _SHORT, share=0.1, rich=False),
    "windows": Shape((4700,), 400, (1, 2, 4, 7), rich=False),
}
_QUERIES: Final = 48
_ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Engines:
    """The searchers of two indexes of the same documents, and queries for them."""

    stock: Any
    fast: Any
    executor: Executor
    words: Words
    queries: list[Query]

    def expected(self, asked: Query, **options: Any) -> Ranking:
        """Return what a stock searcher without quirks gives."""
        found = self.stock.search(without_quirks(asked), limit=None, **options)
        return Ranking.of_results(found)


def engines_of(pair: Pair, seed: int, count: int, stack: ExitStack) -> Engines:
    """Open both indexes and draw queries."""
    stock, fast = stack.enter_context(pair.searchers())
    generator = Generator(random.Random(seed), pair.words)
    return Engines(
        stock, fast, Executor(fast), pair.words, [generator.query() for _ in range(count)]
    )


@pytest.fixture(scope="module", params=SHAPES)
def engines(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    seed = list(SHAPES).index(request.param)
    pair = build_pair(tmp_path_factory.mktemp(request.param), seed, SHAPES[request.param])
    with ExitStack() as stack:
        yield engines_of(pair, seed, _QUERIES, stack)


def test_matchers_over_the_fast_codec_find_what_stock_ones_find(engines: Engines) -> None:
    compared = 0
    for asked in engines.queries:
        try:
            expected = engines.stock.search(asked, limit=None)
        except IndexError:  # some of its matchers read beyond their ends
            continue
        found = engines.fast.search(asked, limit=None)
        check_same(Ranking.of_results(expected), Ranking.of_results(found))
        compared += 1
    assert compared > len(engines.queries) // 2


def test_an_executor_finds_what_a_stock_searcher_finds(engines: Engines) -> None:
    for asked in engines.queries:
        found = Ranking.of(engines.executor.search(asked, limit=_ALL))
        check_same(engines.expected(asked), found)
    assert not engines.executor.fallbacks


def test_the_best_are_the_first_of_all(engines: Engines) -> None:
    for asked in engines.queries:
        whole = Ranking.of(engines.executor.search(asked, limit=_ALL))
        for first, limit in ((0, 1), (0, 10), (0, 100), (7, 10), (95, 20), (whole.total, 10)):
            page = engines.executor.search(asked, limit=limit, offset=first)
            check_same(whole, Ranking.of(page), first)
            assert len(page.top) == min(limit, max(0, whole.total - first))
    assert not engines.executor.fallbacks


def test_both_readings_of_a_plan_find_the_same(engines: Engines) -> None:
    executor = engines.executor
    for asked in engines.queries[::7]:
        node = compile_query(executor._statistics, asked)
        assert node is not None
        request = Request(node, limit=_ALL)
        plain = interpreted.answer(executor.leaves, request, lambda _: ())
        check_same(Ranking.of(plain), Ranking.of(executor.run(request)))


def orderable(engines: Engines) -> list[str]:
    """The columns of numbers that every segment has: others are left to Whoosh."""
    readers = [reader for reader, _ in engines.executor.leaves]
    names = ("count", "small", "day", "wide")
    return [name for name in names if all(reader.has_column(name) for reader in readers)]


@pytest.mark.parametrize("descending", [False, True])
def test_orders_by_a_column_are_those_of_whoosh(engines: Engines, descending: bool) -> None:
    for column in orderable(engines):
        facet = sorting.FieldFacet(column, reverse=descending)
        for asked in engines.queries[::6]:
            expected = engines.expected(asked, sortedby=facet)
            for first, limit in ((0, 10), (0, _ALL), (20, 30)):
                found = engines.executor.search(
                    asked, limit=limit, offset=first, sortedby=(column, descending)
                )
                assert found.total == expected.total
                assert Ranking.of(found).numbers == expected.page(first, limit).numbers
    assert not engines.executor.fallbacks


def test_orders_by_a_column_are_the_same_in_both_readings(engines: Engines) -> None:
    executor = engines.executor
    for asked in engines.queries[::15]:
        node = compile_query(executor._statistics, asked)
        assert node is not None
        for column in orderable(engines):
            order = (OrderKey(column, descending=False, zero_as=1000), OrderKey("small"))
            request = Request(node, 0, 50, order)
            plain = interpreted.answer(executor.leaves, request, lambda _: ())
            assert executor.run(request) == plain


def test_an_order_by_a_column_that_a_segment_lacks_is_that_of_whoosh(tmp_path: Path) -> None:
    pair = build_pair(tmp_path, 1, Shape((9, 8), 9, _SHORT, rich=False))
    for target in (pair.stock, pair.fast):
        with target.writer() as writer:
            writer.add_document(uid="last", wide=7)
            writer.merge = False
    facet = sorting.FieldFacet("wide")
    with pair.searchers() as (stock, fast):
        executor = Executor(fast)
        expected = Ranking.of_results(stock.search(query.Every(), limit=None, sortedby=facet))
        found = executor.search(query.Every(), limit=30, sortedby=("wide", False))
    assert Ranking.of(found).numbers == expected.numbers
    assert expected.numbers[0] == 17
    assert executor.fallbacks == {"Every": 1}


def test_facets_count_what_whoosh_groups(engines: Engines) -> None:
    for asked in engines.queries[::3]:
        groups = {"group": sorting.FieldFacet("group")}
        found = engines.stock.search(without_quirks(asked), limit=None, groupedby=groups)
        expected = {value: len(numbers) for value, numbers in found.groups("group").items()}
        counted = engines.executor.search(asked, facets=("group",)).facets
        assert counted == {"group": expected}


def test_what_has_no_plan_is_run_by_a_stock_searcher(engines: Engines) -> None:
    executor = Executor(engines.fast)
    asked = query.Regex("text", "l.*")
    found = Ranking.of(executor.search(asked, limit=20))
    check_same(Ranking.of_results(engines.stock.search(asked, limit=None)), found)
    assert executor.fallbacks == {"Regex": 1}


def test_a_stock_searcher_counts_all_that_it_finds(engines: Engines) -> None:
    executor = Executor(engines.fast)
    asked = query.Or([query.Prefix("text", "l"), query.Regex("body", "l.*")])
    found = executor.search(asked, limit=3)
    expected = Ranking.of_results(engines.stock.search(asked, limit=None))
    check_same(expected, Ranking.of(found))
    assert executor.fallbacks == {"Or": 1}


def test_best_hits_are_found_through_the_quality_of_blocks(engines: Engines) -> None:
    generator = Generator(random.Random(3), engines.words)
    for size in (1, 2, 2, 3, 5) * 6:
        asked = query.Or([generator.term() for _ in range(size)])
        whole = Ranking.of_results(engines.stock.search(asked, limit=None))
        found = Ranking.of_results(engines.fast.search(asked, limit=10))
        # Whoosh does not count what it leaves out by its quality.
        check_same(whole, Ranking(whole.total, found.top))


def test_quality_may_be_asked_for_behind_the_last_block(engines: Engines) -> None:
    for searcher, _ in engines.fast.leaf_searchers():
        terms = [term for field, term in searcher.reader().all_terms() if field == "text"]
        for term in terms[:5]:
            matcher = searcher.postings("text", term)
            assert matcher.block_quality() > 0
            while matcher.is_active():
                matcher.next()
            assert matcher.block_quality() == 0
