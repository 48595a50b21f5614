"""Spreads by hand-made examples: which numbers are counted in which rows, and which are picked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields, query
from whoosh import index as whoosh_index

from indexer.fastwhoosh import plan
from indexer.fastwhoosh.executor import Executor, filter_codes
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.fastwhoosh.request import Request, Spread, SpreadCounts
from indexer.fastwhoosh.spreads import rows_of_codes
from indexer.native import COMPILED, kernel

SCHEMA = fields.Schema(
    text=fields.TEXT,
    animal=fields.ID(sortable=True),
    days=fields.NUMERIC(int, signed=False, sortable=True, default=0),
)
ANIMALS = ("loup", "ours", "", "loup", "loup", "ours", "loup")
DAYS = (5, 1, 8, 9, 0, 7, 2**32 - 1)


def fill(index: Any) -> None:
    documents = list(zip(ANIMALS, DAYS, strict=True))
    for part in (documents[:4], documents[4:]):  # two segments
        with index.writer() as writer:
            writer.merge = False
            for animal, days in part:
                named = {"animal": animal} if animal else {}
                writer.add_document(text="mot", days=days, **named)


@pytest.fixture(params=["fast", "stock"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Executor]:
    if request.param == "fast":
        fill(create_in(tmp_path, SCHEMA))
        index = open_dir(tmp_path)
    else:
        fill(whoosh_index.create_in(str(tmp_path), SCHEMA))
        index = whoosh_index.open_dir(str(tmp_path))
    with index.searcher() as searcher:
        yield Executor(searcher)


def read(found: tuple[bytes, bytes, bytes], ranks: int) -> list[tuple[int, int, list[int]]]:
    counts, sums, picks = found
    picked = list(memoryview(picks).cast("I"))
    rows = enumerate(zip(memoryview(counts).cast("I"), memoryview(sums).cast("Q"), strict=True))
    return [(n, total, picked[ranks * row : ranks * (row + 1)]) for row, (n, total) in rows]


def spread(executor: Executor, rows: dict[str, tuple[int, ...]], size: int) -> Spread:
    table = executor.table("animal")
    tables = tuple(
        rows_of_codes([rows[table.names[place]] for place in memoryview(mapped).cast("I")])
        for mapped in table.maps
    )
    return Spread("animal", tables, size, "days", (0, 50, 100))


def test_a_document_counts_in_every_row_of_its_code(executor: Executor) -> None:
    asked = spread(executor, {"": (), "loup": (0,), "ours": (0, 2)}, 3)
    answer = executor.run(Request(plan.Every(), limit=0, spreads=(asked,)))
    assert read(answer.spreads[0], 3) == [
        (5, 5 + 1 + 9 + 7 + 2**32 - 1, [1, 7, 2**32 - 1]),
        (0, 0, [0, 0, 0]),
        (2, 8, [1, 1, 7]),
    ]


def test_rows_beyond_the_last_and_unknown_numbers_are_not_counted(executor: Executor) -> None:
    asked = spread(executor, {"": (0,), "loup": (9,), "ours": ()}, 1)
    missing = Spread("animal", asked.rows, 1, "nowhere", (50,))
    answer = executor.run(Request(plan.Every(), limit=0, spreads=(asked, missing)))
    assert read(answer.spreads[0], 3) == [(1, 8, [8, 8, 8])]
    assert read(answer.spreads[1], 1) == [(0, 0, [0])]


def test_filters_and_deletions_are_obeyed(executor: Executor) -> None:
    segments = len(executor.leaves)
    whole = Spread("", (rows_of_codes([(0,)]),) * segments, 1, "days", (100,))
    kept = filter_codes(executor.table("animal"), "animal", [b"ours"])
    answer = executor.run(Request(plan.Every(), limit=0, filters=(kept,), spreads=(whole,)))
    assert read(answer.spreads[0], 1) == [(2, 8, [7])]
    nothing = executor.run(Request(plan.NOTHING, limit=0, spreads=(whole,)))
    assert read(nothing.spreads[0], 1) == [(0, 0, [0])]


def test_deleted_documents_are_in_no_row(tmp_path: Path) -> None:
    index = create_in(tmp_path, SCHEMA)
    fill(index)
    with index.writer() as writer:
        writer.merge = False
        writer.delete_by_query(query.Term("animal", "loup"))
    with open_dir(tmp_path).searcher() as searcher:
        executor = Executor(searcher)
        one_row = (rows_of_codes([(0,)]),) * len(executor.leaves)
        asked = Spread("", one_row, 1, "days", (50,))
        answer = executor.run(Request(plan.Every(), limit=0, spreads=(asked,)))
    assert read(answer.spreads[0], 1) == [(3, 16, [7])]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8, 100, 101])
def test_a_rank_is_the_least_number_that_so_many_do_not_exceed(tmp_path: Path, count: int) -> None:
    index = create_in(tmp_path, SCHEMA)
    numbers = [(7 * place) % 50 + 1 for place in range(count)]
    with index.writer() as writer:
        for number in numbers:
            writer.add_document(days=number)
    ranks = (0, 1, 25, 50, 75, 99, 100)
    with open_dir(tmp_path).searcher() as searcher:
        asked = Spread("", (rows_of_codes([(0,)]),), 1, "days", ranks)
        answer = Executor(searcher).run(Request(plan.Every(), limit=0, spreads=(asked,)))
    found = list(memoryview(SpreadCounts(*answer.spreads[0]).picks).cast("I"))
    ordered = sorted(numbers)
    for rank, pick in zip(ranks, found, strict=True):
        enough = [n for n in ordered if 100 * sum(each <= n for each in ordered) >= rank * count]
        assert pick == enough[0]


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
@pytest.mark.parametrize(
    "wrong",
    [
        [()],
        (None,),
        (("a", (), 1, "b", ()),),
        (("a", (b"",), 1, "b", ()),),
        (("a", (b"\0\0\0\0",), 1, "b", ()),),
        (("a", (b"\2\0\0\0\1\0\0\0",), 1, "b", ()),),
        (("a", (b"\2\0\0\0\11\0\0\0",), 1, "b", ()),),
        (("a", (b"\xff\xff\xff\xff",), 1, "b", ()),),
        (("a", (b"\1\0\0\0",), 1, "b", 5),),
        (("a", (b"\1\0\0\0",), 1, "b", (101,)),),
        (("a", (b"\1\0\0\0",), 1, "b", (0,) * 9),),
        (("a", (b"\1\0\0\0",), 1, "b", ()),) * 5,
    ],
)
def test_tables_that_are_wrong_are_refused(wrong: Any) -> None:
    assert kernel is not None
    segment = kernel.Segment(b"", "none", 0, [], [], None, [1.0] * 256)
    every = (0.0, 6)
    with pytest.raises((TypeError, ValueError)):
        kernel.search((segment,), every, 0, 10, ((None, True, None),), (), (), wrong)
