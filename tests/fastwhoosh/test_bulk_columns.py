import random
from array import array
from itertools import pairwise
from typing import Any

import pytest
from whoosh import columns

from indexer.fastwhoosh import bulk_codes
from indexer.fastwhoosh.bulk_codes import coded, coded_in_python, codes_of, gathered
from indexer.fastwhoosh.bulk_columns import (
    CodesColumn,
    NumberColumn,
    RawColumn,
    StringsColumn,
    new_column,
)
from indexer.native import COMPILED


def written(column: Any, docs: int) -> tuple[dict[str, Any], list[bytes]]:
    parts: list[bytes] = []

    def put(data: bytes) -> list[int]:
        parts.append(data)
        return [len(parts) - 1]

    return column.write(docs, put), parts


def test_numbers_with_gaps() -> None:
    column = NumberColumn("i", -1)
    column.add(1, 7)
    column.add(3, 9)
    entry, parts = written(column, 5)
    assert entry == {"type": "number", "typecode": "i", "default": -1, "values": [0]}
    assert memoryview(parts[0]).cast("i").tolist() == [-1, 7, -1, 9, -1]


@pytest.mark.parametrize("new", [CodesColumn, StringsColumn])
@pytest.mark.parametrize(("distinct", "width"), [(1, 1), (200, 1), (300, 2), (70_000, 4)])
def test_codes_are_as_wide_as_they_need_be(
    distinct: int, width: int, new: type[CodesColumn | StringsColumn]
) -> None:
    rng = random.Random(distinct)
    values = [str(rng.randrange(10**9)).encode() for _ in range(distinct)]
    column, docs = new(), distinct * 2
    expected = [b""] * docs
    for document, value in zip(sorted(rng.sample(range(docs), distinct)), values, strict=True):
        expected[document] = value
        column.add(document, expected[document])
    entry, (blob, offsets, codes) = written(column, docs)
    ends = memoryview(offsets).cast("I").tolist()
    kept = [blob[a:b] for a, b in pairwise(ends)]
    assert kept == sorted(set(expected))
    assert entry["values"] == len(kept)
    assert entry["width"] == width
    places = array({1: "B", 2: "H", 4: "I"}[entry["width"]], codes)
    assert [kept[place] for place in places] == expected


@pytest.mark.parametrize("native", [coded, coded_in_python])
@pytest.mark.parametrize("seed", range(30))
def test_values_are_coded_by_their_order(seed: int, native: Any) -> None:
    rng = random.Random(seed)
    known = [rng.randbytes(rng.choice([0, 1, 7, 8, 9, 30])) for _ in range(rng.choice([1, 9, 300]))]
    known += [value + b"\0" for value in known]
    values = rng.choices(known, k=rng.choice([0, 1, 400]))
    distinct = sorted(set(values))
    count, width, blob, offsets, codes = native(values)
    ends = memoryview(offsets).cast("I").tolist()
    assert count == len(distinct)
    assert [blob[a:b] for a, b in pairwise(ends)] == distinct
    places = array({1: "B", 2: "H"}[width], codes)
    assert [distinct[place] for place in places] == values


@pytest.mark.parametrize("shared", [0, 5, 8, 23, 40, 70])
def test_values_that_begin_alike_are_coded_by_their_order(shared: int) -> None:
    """So many share their first bytes that the next ones tell them apart, zeros among them."""
    rng = random.Random(shared)
    begin = rng.randbytes(shared)
    ends = [b"".join(rng.choices([b"\0", b"a", b"\xff"], k=rng.randrange(20))) for _ in range(900)]
    values = [begin + end for end in ends] + ends
    assert coded(values) == coded_in_python(values)


def test_what_is_no_byte_string_is_not_coded() -> None:
    with pytest.raises(TypeError):
        coded([b"a", "b"])  # type: ignore[list-item]  # that is what is tested


@pytest.mark.parametrize("typecode", "bBhHiIqQfd")
def test_a_table_gives_what_codes_stand_for(typecode: str) -> None:
    table, codes = array(typecode, range(100)), array("I", [99, 0, 7, 7])
    assert gathered(table, codes) == array(typecode, [99, 0, 7, 7])
    assert gathered([*table], codes) == [99, 0, 7, 7]
    with pytest.raises(IndexError):
        gathered(table, array("I", [100]))
    with pytest.raises(IndexError):
        gathered([*table], array("I", [100]))


@pytest.mark.parametrize("column", [NumberColumn("i", 0), CodesColumn()])
def test_a_document_that_was_refused_leaves_no_value(column: Any) -> None:
    value: Any = b"a" if isinstance(column, CodesColumn) else 1
    other: Any = b"b" if isinstance(column, CodesColumn) else 2
    column.add(0, value)
    column.add(1, value)
    column.add(1, other)
    assert list(column.values if isinstance(column, NumberColumn) else column.codes) == [1, 2]


@pytest.mark.parametrize("new", [CodesColumn, StringsColumn])
def test_an_unused_string_is_not_written(new: type[CodesColumn | StringsColumn]) -> None:
    column = new()
    column.add(0, b"gone")
    column.add(0, b"here")
    entry, parts = written(column, 1)
    assert (entry["values"], parts[0]) == (1, b"here")


def test_each_class_of_whoosh_gets_its_form() -> None:
    assert isinstance(new_column(columns.NumericColumn("q")), NumberColumn)
    assert isinstance(new_column(columns.VarBytesColumn()), StringsColumn)
    assert isinstance(new_column(columns.RefBytesColumn()), CodesColumn)
    assert isinstance(new_column(columns.RefBytesColumn(default=b"x")), RawColumn)
    assert isinstance(new_column(columns.BitColumn()), RawColumn)
    assert isinstance(new_column(columns.NumericColumn("l")), RawColumn)


class Growing(dict[Any, int]):
    """Makes a code of what is missing, and changes the list that is read."""

    def __init__(self, read: list[Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, value: Any) -> int:
        self.read.clear()
        self[value] = len(self)
        return self[value]


@pytest.mark.parametrize("with_kernel", [True, False])
def test_codes_are_made_for_what_is_missing(
    with_kernel: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_kernel:
        monkeypatch.setattr(bulk_codes, "kernel", None)
    values = ["a", None, "b", 1, True, "a", 2.5, "b"]
    table = Growing([])
    assert codes_of(table, values) == array("I", [0, 1, 2, 3, 3, 0, 4, 2])
    assert codes_of(table, []) == array("I")
    for wrong, error in (
        ({"a": -1}, OverflowError),
        ({"a": 1 << 32}, OverflowError),
        ({}, KeyError),
    ):
        with pytest.raises(error):
            codes_of(wrong, ["a"])
    with pytest.raises(TypeError):
        codes_of(table, [["no key"]])


@pytest.mark.skipif(not COMPILED, reason="the extension is not compiled")
def test_values_that_change_while_they_are_coded_are_coded_as_they_were() -> None:
    values = [object() for _ in range(50)]
    assert codes_of(Growing(values), values) == array("I", range(50))
