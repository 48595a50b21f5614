"""Hits of one code collapse into the best: on every page, in every order, both readings."""

import random
from array import array
from collections.abc import Iterator
from typing import Any

import pytest
from whoosh import fields

from indexer.fastwhoosh import interpreted, plan
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in
from indexer.fastwhoosh.request import Answer, CollapseCodes, OrderKey, Request
from indexer.native import kernel

SIZES = (400, 230, 1)
LOUP = plan.Word((plan.Group((plan.Part("text", b"loup", 1.0, 0.5, 4.0),), 2.0, 1.2),))
BY_DAY = (OrderKey("day"),)


@pytest.fixture(scope="module")
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    day = fields.NUMERIC(int, sortable=True, signed=False)
    index = create_in(
        tmp_path_factory.mktemp("index"), fields.Schema(text=fields.TEXT(phrase=False), day=day)
    )
    rng = random.Random(1)
    for size in SIZES:
        with index.writer() as writer:
            writer.merge = False
            for _ in range(size):
                text = " ".join(rng.choices(("loup", "brebis", "berger"), k=rng.randint(1, 9)))
                writer.add_document(text=text, day=rng.randrange(40))
    with index.searcher() as searcher:
        yield Executor(searcher)


def codes(seed: int, size: int, share: float) -> CollapseCodes:
    rng = random.Random(seed)
    tables = (
        array("I", (rng.randrange(1, size) if rng.random() < share else 0 for _ in range(docs)))
        for docs in SIZES
    )
    return CollapseCodes(tuple(table.tobytes() for table in tables), size)


def code_of(collapse: CollapseCodes, number: int) -> int:
    return memoryview(b"".join(collapse.codes)).cast("I")[number]


def both(executor: Executor, request: Request) -> Answer:
    """Run a request; the readings agree but for the last digits of scores."""
    found = executor.run(request)
    read = interpreted.answer(executor.leaves, request, lambda _: ())
    assert [number for _, number in found.hits] == [number for _, number in read.hits]
    assert found._replace(hits=[]) == read._replace(hits=[])
    return found


@pytest.mark.parametrize(
    "order", [(OrderKey(None),), BY_DAY, (OrderKey("day", False), OrderKey(None))]
)
@pytest.mark.parametrize(("size", "share"), [(2, 1.0), (6, 0.5), (200, 0.9), (200, 0.02)])
def test_pages_together_hold_the_best_of_each_code_once(
    executor: Executor, order: tuple[OrderKey, ...], size: int, share: float
) -> None:
    collapse = codes(size, size, share)
    whole = both(executor, Request(LOUP, limit=1000, order=order))
    seen: set[int] = set()
    expected = []
    for hit in whole.hits:  # the obvious: the first of each code, in order
        code = code_of(collapse, hit[1])
        if code not in seen:
            expected.append(hit)
        if code:
            seen.add(code)
    pages: list[Any] = []
    for first in range(0, len(expected) + 20, 20):
        page = both(executor, Request(LOUP, first, 20, order, collapse=collapse))
        assert (page.total, page.groups) == (whole.total, len(expected))
        pages += page.hits
    assert pages == expected
    # A limit above which hits are kept in another way gives the same.
    for limit in (128, 129, 300, 1000):
        found = both(executor, Request(LOUP, 0, limit, order, collapse=collapse))
        assert found.hits == expected[:limit]


def test_others_count_what_is_found_and_not_shown(executor: Executor) -> None:
    collapse = codes(3, 9, 0.8)
    whole = both(executor, Request(LOUP, limit=1000))
    shown = both(executor, Request(LOUP, limit=5, collapse=collapse))
    for (_, number), others in zip(shown.hits, shown.others, strict=True):
        code = code_of(collapse, number)
        same = [n for _, n in whole.hits if code and code_of(collapse, n) == code and n != number]
        assert others == len(same)
    assert whole.others == []
    assert whole.groups == whole.total


def test_codes_beyond_their_number_are_those_of_no_group(executor: Executor) -> None:
    one = array("I", [7] * sum(SIZES)).tobytes()
    cut = (one[:1600], one[1600:2520], one[2520:])
    assert both(executor, Request(LOUP, collapse=CollapseCodes(cut, 8))).groups == 1
    found = both(executor, Request(LOUP, collapse=CollapseCodes(cut, 7)))
    assert found.groups == found.total


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
@pytest.mark.parametrize(
    "collapse", [((b"", b"", b""), 1), ((b"",), 1), (7, 1), "no", ((), 1), (("", "", ""), 1)]
)
def test_codes_that_do_not_fit_the_segments_are_refused(executor: Executor, collapse: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        executor.run(Request(LOUP, collapse=collapse))


def test_nothing_found_is_no_group(executor: Executor) -> None:
    nothing = both(executor, Request(plan.NOTHING, collapse=codes(1, 5, 1.0)))
    assert (nothing.total, nothing.groups, nothing.hits, nothing.others) == (0, 0, [], [])
