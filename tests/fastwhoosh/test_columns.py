"""Columns against Whoosh's own, value by value."""

import random
from array import array
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from whoosh import columns
from whoosh.filedb.structfile import BufferFile, StructFile

from indexer.fastwhoosh.building import write_stored
from indexer.fastwhoosh.columns import (
    NOWHERE,
    CodesReader,
    NumberReader,
    column_builder,
    column_reader,
)
from indexer.fastwhoosh.errors import DamagedSegment
from indexer.fastwhoosh.segmentfile import SegmentFile, SegmentFileWriter
from indexer.fastwhoosh.stored import encode

DOCS = 700
Make = Callable[[random.Random], Any]


def texts(distinct: int) -> Make:
    return lambda rng: b"valeur %d" % rng.randrange(distinct)


CASES: dict[str, tuple[Any, Make]] = {
    "signed": (columns.NumericColumn("i", default=-7), lambda rng: rng.randrange(-(2**31), 2**31)),
    "bytes": (columns.NumericColumn("B"), lambda rng: rng.randrange(256)),
    "large": (columns.NumericColumn("Q", default=2**64 - 1), lambda rng: rng.randrange(2**64)),
    "floats": (columns.NumericColumn("d", default=0.5), lambda rng: rng.random()),
    "var": (columns.VarBytesColumn(), texts(DOCS)),
    "var few": (columns.VarBytesColumn(), texts(3)),
    "ref": (columns.RefBytesColumn(), texts(40)),
    "ref fixed": (columns.RefBytesColumn(2, b"zz"), lambda rng: rng.choice([b"ab", b"cd"])),
    "bits": (columns.BitColumn(), lambda rng: rng.random() < 0.5),
    "pickles": (columns.PickleColumn(columns.VarBytesColumn()), lambda rng: {"a": rng.random()}),
    "compressed": (columns.CompressedBytesColumn(), texts(DOCS)),
    "lists": (columns.VarBytesListColumn(), lambda rng: [b"a"] * rng.randrange(1, 4)),
}


def written(path: Path, column: Any, values: dict[int, Any], docs: int = DOCS) -> SegmentFile:
    builder = column_builder(column)
    for doc, value in values.items():
        builder.add(doc, value)
    with SegmentFileWriter(path) as writer:
        entry = builder.write(writer, docs)
        stored = write_stored(writer, encode([None] * docs))
        directory = {"docs": docs, "fields": {}, "columns": {"c": entry}, "stored": stored}
        writer.finish(directory)
    return SegmentFile(path)


def stock(column: Any, values: dict[int, Any]) -> Any:
    stream = BytesIO()
    writer = column.writer(StructFile(stream))
    for doc, value in values.items():
        writer.add(doc, value)
    writer.finish(DOCS)
    data = stream.getvalue()
    return column.reader(BufferFile(data), 0, len(data), DOCS)


@pytest.mark.parametrize("name", CASES)
def test_as_whoosh(tmp_path: Path, name: str) -> None:
    column, make = CASES[name]
    rng = random.Random(name)
    values = {doc: make(rng) for doc in range(DOCS - 5) if rng.random() < 0.8}
    reader = column_reader(written(tmp_path / "a.fws", column, values), "c", column)
    wanted = stock(column, values)
    assert len(reader) == DOCS
    assert [reader[doc] for doc in range(DOCS)] == [wanted[doc] for doc in range(DOCS)]
    if name not in {"compressed", "bits"}:  # Whoosh's own iteration over these is wrong
        assert list(reader) == [wanted[doc] for doc in range(DOCS)]
        assert list(reader.load()) == list(reader)
    if name not in {"lists", "pickles"}:
        assert [reader.sort_key(doc) for doc in range(DOCS)] == [
            wanted.sort_key(doc) for doc in range(DOCS)
        ]
    if column.reversible:
        reader.set_reverse()
        wanted.set_reverse()
        assert [reader.sort_key(doc) for doc in range(DOCS)] == [
            wanted.sort_key(doc) for doc in range(DOCS)
        ]
    elif isinstance(reader, CodesReader):
        with pytest.raises(NotImplementedError):
            reader.set_reverse()


@pytest.mark.parametrize(("distinct", "width"), [(256, 1), (257, 2), (65536, 2), (65537, 4)])
def test_codes_are_as_wide_as_they_need(tmp_path: Path, distinct: int, width: int) -> None:
    builder = column_builder(columns.VarBytesColumn())
    for doc in range(distinct):
        builder.add(doc, b"%06d" % doc)
    with SegmentFileWriter(tmp_path / "a.fws") as writer:
        entry = builder.write(writer, distinct)
    assert (entry["values"], entry["width"]) == (distinct, width)
    assert entry["codes"][1] == distinct * width


def test_documents_out_of_range(tmp_path: Path) -> None:
    for number, column in enumerate((columns.NumericColumn("i"), columns.VarBytesColumn())):
        reader = column_reader(written(tmp_path / f"{number}.fws", column, {}), "c", column)
        for doc in (-1, DOCS):
            with pytest.raises(IndexError):
                reader[doc]


def test_damage_names_the_file(tmp_path: Path) -> None:
    numbers = written(tmp_path / "n.fws", columns.NumericColumn("i"), {0: 1})
    numbers.directory["columns"]["c"]["values"][1] -= 4
    with pytest.raises(DamagedSegment, match=r"n\.fws : colonne « c »"):
        column_reader(numbers, "c", columns.NumericColumn("i"))
    codes = written(tmp_path / "c.fws", columns.VarBytesColumn(), {0: b"a"})
    entry = codes.directory["columns"]["c"]
    for key in ("codes", "offsets"):
        entry[key][1] -= 1
        with pytest.raises(DamagedSegment):
            column_reader(codes, "c", columns.VarBytesColumn())
        entry[key][1] += 1
    entry["codes"] = codes.directory["stored"]["index"]
    entry["codes"][1] = DOCS
    entry["blob"][1] = 0
    reader = column_reader(codes, "c", columns.VarBytesColumn())
    assert reader[0] == b""
    with pytest.raises(DamagedSegment, match=r"c\.fws"):
        reader.value(1)
    with pytest.raises(DamagedSegment, match="inconnue"):
        reader.value(2)
    raw = written(tmp_path / "r.fws", columns.BitColumn(), {0: True})
    raw.directory["columns"]["c"]["data"][2] ^= 1
    with pytest.raises(DamagedSegment, match="contrôle"):
        column_reader(raw, "c", columns.BitColumn())


def test_native_kinds(tmp_path: Path) -> None:
    numbers = written(tmp_path / "n.fws", columns.NumericColumn("i"), {})
    assert isinstance(column_reader(numbers, "c", None), NumberReader)


@pytest.mark.parametrize("distinct", [1, 3, 300])
def test_values_that_are_loaded_are_the_same(tmp_path: Path, distinct: int) -> None:
    values = {doc: f"v{doc % distinct}".encode() for doc in range(0, DOCS, 2)}
    file = written(tmp_path / "c.fws", columns.VarBytesColumn(), values)
    reader = column_reader(file, "c", columns.VarBytesColumn())
    value = reader.loaded()
    assert [value(doc) for doc in range(DOCS)] == [reader[doc] for doc in range(DOCS)]


def test_values_that_lie_outside_are_not_loaded(tmp_path: Path) -> None:
    codes = written(tmp_path / "c.fws", columns.VarBytesColumn(), {0: b"a"})
    entry = codes.directory["columns"]["c"]
    whole = list(entry["blob"])
    entry["blob"][1] = 0
    with pytest.raises(DamagedSegment, match="désordonnée"):
        column_reader(codes, "c", columns.VarBytesColumn()).loaded()
    entry["blob"] = whole
    # One value less than the codes speak of.
    entry["values"] = 1
    entry["offsets"][1] -= 4
    with pytest.raises(DamagedSegment, match="inconnue"):
        column_reader(codes, "c", columns.VarBytesColumn()).loaded()


@pytest.mark.parametrize("distinct", [1, 3, 300])
@pytest.mark.parametrize("part", [slice(0, 2), slice(1, 9), slice(4, 5)])
def test_parts_of_values_are_put_in_rows(tmp_path: Path, distinct: int, part: slice) -> None:
    values = {doc: b"v%d" % (doc % distinct) for doc in range(0, DOCS, 2)}
    file = written(tmp_path / "c.fws", columns.VarBytesColumn(), values)
    reader = column_reader(file, "c", columns.VarBytesColumn())
    width = part.stop - part.start
    places = array("I", [NOWHERE if doc % 7 == 0 else DOCS - 1 - doc for doc in range(DOCS)])
    expected = bytearray(b"." * width * DOCS)
    for doc, place in enumerate(places):
        if place != NOWHERE:
            taken = values.get(doc, b"")[part]
            expected[place * width : place * width + len(taken)] = taken
    for scatter in (reader.scatter, reader._scatter_in_python):  # both ways
        rows = bytearray(b"." * width * DOCS)
        scatter(places, part, rows)
        assert rows == expected


def test_what_lies_outside_is_put_nowhere(tmp_path: Path) -> None:
    codes = written(tmp_path / "c.fws", columns.VarBytesColumn(), dict.fromkeys(range(DOCS), b"a"))
    entry = codes.directory["columns"]["c"]
    places, part = array("I", range(DOCS)), slice(0, 1)
    reader = column_reader(codes, "c", columns.VarBytesColumn())
    with pytest.raises((DamagedSegment, ValueError)):
        reader.scatter(places, part, bytearray(DOCS - 1))
    with pytest.raises((ValueError, IndexError)):
        reader.scatter(array("I", range(DOCS + 1)), part, bytearray(DOCS + 1))
    entry["blob"][1] = 0
    with pytest.raises(DamagedSegment, match="désordonnée"):
        column_reader(codes, "c", columns.VarBytesColumn()).scatter(places, part, bytearray(DOCS))
