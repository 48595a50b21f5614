"""Documents by field make the same segment as one by one, byte for byte."""

import gc
import random
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import columns, fields
from whoosh.fields import UnknownFieldError
from whoosh.writing import IndexingError

from indexer.fastwhoosh import bulk_flushing, bulk_inverter
from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_flushing import Flushing, Setup
from indexer.fastwhoosh.bulk_segment import SegmentBuilder
from indexer.fastwhoosh.bulk_values import rows_in, table_of
from indexer.fastwhoosh.segmentfile import SegmentFile
from indexer.native import kernel
from indexer.whoosh_engine.schema import _FormAnalyzer

Row = dict[str, Any]

SCHEMA = fields.Schema(
    uid=fields.ID(unique=True, sortable=True),
    code=fields.ID(unique=True),
    text_exact=fields.TEXT(_FormAnalyzer("exact"), phrase=True),
    text_stem=fields.TEXT(_FormAnalyzer("derived"), phrase=True),
    words=fields.TEXT(stored=True),
    group=fields.ID(sortable=columns.RefBytesColumn()),
    tags=fields.KEYWORD(scorable=True),
    day=fields.NUMERIC(int, sortable=columns.NumericColumn("I", default=0), signed=False),
    bit=fields.BOOLEAN(),
    key=fields.COLUMN(columns.VarBytesColumn()),
    kept=fields.STORED,
    odd=fields.COLUMN(columns.BitColumn()),
)
TEXTS = st.text(st.sampled_from("aéœ’- .ABÎ12\u0301\u200b"), max_size=30)
VALUES = {
    "code": st.text("ab", min_size=1, max_size=3),
    "words": TEXTS,
    "group": st.sampled_from(["SRC", "LR", "", "é"]),
    "tags": st.sampled_from(["a b", "a a a", "", "c"]),
    "day": st.one_of(st.integers(0, 3), st.integers(0, 2**31), st.lists(st.just(7), min_size=1)),
    "bit": st.booleans(),
    "key": st.sampled_from([b"", b"x", b"\xff"]),
    "kept": st.one_of(st.text(max_size=9), st.integers(), st.binary(max_size=99)),
    "odd": st.booleans(),
}
ROWS = st.fixed_dictionaries({}, optional={**VALUES, "text": TEXTS})


def whole(rows: Sequence[Row]) -> list[Row]:
    """Give each row its identifier, and its text to both fields."""
    made = []
    for number, row in enumerate(rows):
        more = {"uid": f"Q{number * 7919 % 1000}-{number}"}
        if "text" in row:
            more |= {"text_exact": row["text"], "text_stem": row["text"]}
        made.append({**{name: value for name, value in row.items() if name != "text"}, **more})
    return made


def sections(path: Path) -> dict[str, Any]:
    """All that a segment says, sections as bytes."""
    with SegmentFile(path) as file:
        read: dict[str, Any] = _read(file, file.directory)
        return read


def _read(file: SegmentFile, part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _read(file, each) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return bytes(file.section(list(part)))
    return part


def one_by_one(path: Path, rows: Sequence[Row]) -> dict[str, Any]:
    builder = SegmentBuilder(path, Documents(SCHEMA), b"")
    for row in rows:
        builder.add(builder.documents.prepare(row))
        builder.take_if_due()
    builder.finish()
    return sections(path)


def by_field(
    path: Path, batches: Sequence[Sequence[Row]], *, is_threaded: bool = True
) -> dict[str, Any]:
    builder = SegmentBuilder(path, Documents(SCHEMA), b"", is_threaded=is_threaded)
    for batch in batches:
        table = table_of(batch)
        if "text_exact" in table:
            table["text_stem"] = table["text_exact"]
        builder.add_table(table, len(batch))
    builder.finish()
    return sections(path)


@pytest.fixture(params=["native", "plain"])
def inverter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both inverters; the plain one has no lexicon either."""
    if request.param == "plain":
        monkeypatch.setattr(bulk_inverter, "kernel", None)
        monkeypatch.setattr(_FormAnalyzer, "lexicon", lambda _: None)
    elif kernel is None:
        pytest.skip("the extension is not compiled")
    return str(request.param)


@pytest.mark.usefixtures("inverter")
def test_random_documents_make_the_same_segment(tmp_path: Path) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(ROWS, max_size=12), st.integers(1, 5), st.booleans())
    def check(given_rows: list[Row], size: int, is_threaded: bool) -> None:
        rows = whole(given_rows)
        batches = [rows[start : start + size] for start in range(0, len(rows), size)]
        made = by_field(tmp_path / "b", batches, is_threaded=is_threaded)
        assert made == one_by_one(tmp_path / "a", rows)

    check()


@pytest.mark.usefixtures("inverter")
def test_rows_and_tables_may_be_mixed(tmp_path: Path) -> None:
    rows = whole([{"group": "SRC", "day": n % 3, "text": "la loi", "tags": "a"} for n in range(9)])
    builder = SegmentBuilder(tmp_path / "b", Documents(SCHEMA), b"")
    builder.add(builder.documents.prepare(rows[0]))
    builder.add_table(table_of(rows[1:4]), 3)
    builder.add(builder.documents.prepare(rows[4]))
    builder.add_table(table_of(rows[5:]), 4)
    builder.finish()
    assert sections(tmp_path / "b") == one_by_one(tmp_path / "a", rows)


def test_a_large_table_is_cut_where_a_segment_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_flushing, "MAX_DOCUMENTS", 300)
    flushing = Flushing(Setup(tmp_path, "MAIN", SCHEMA, 1 << 30), b"")
    flushing.add_table(table_of(whole([{"group": random.choice("ab")} for _ in range(1000)])))
    assert [segment.doc_count() for segment in flushing.finish()] == [300, 300, 300, 100]
    assert flushing.count == 1000


@pytest.mark.parametrize(
    ("table", "error", "said"),
    [
        ({"uid": ["1"], "nothing": ["x"]}, UnknownFieldError, "nothing"),
        ({"uid": ["1"], "_boost": [2.0]}, UnknownFieldError, "_boost"),
        ({"uid": ["1", "2"], "group": ["x"]}, ValueError, "longueurs"),
        ({"uid": ["1", 2]}, ValueError, "unicode"),
        ({"uid": ["1"], "group": [3]}, ValueError, "unicode"),
        ({"uid": ["1"], "day": ["x"]}, ValueError, "x"),
        ({"uid": ["1"], "words": [3]}, ValueError, "unicode"),
    ],
)
def test_after_an_error_nothing_more_is_taken(
    tmp_path: Path, table: dict[str, list[Any]], error: type[Exception], said: str
) -> None:
    flushing = Flushing(Setup(tmp_path, "MAIN", SCHEMA, 1 << 30), b"")
    flushing.add_table({"uid": ["0"]})
    with pytest.raises(error, match=said):
        flushing.add_table(table)
    with pytest.raises(IndexingError):
        flushing.add_table({"uid": ["3"]})
    with pytest.raises(IndexingError):
        flushing.finish()
    flushing.cancel()
    assert not list(tmp_path.iterdir())


def test_a_segment_that_is_written_gives_its_memory_back_at_once(tmp_path: Path) -> None:
    gc.collect()
    gc.disable()
    try:
        builder = SegmentBuilder(tmp_path / "a", Documents(SCHEMA), b"")
        builder.add_table(table_of(whole([{"group": "a", "day": 3, "text": "la loi"}])), 1)
        builder.finish()
        gone = [weakref.ref(each) for each in (builder, *builder._values.values())]
        del builder
        assert [each() for each in gone] == [None] * len(gone)
    finally:
        gc.enable()


def test_the_rows_of_a_table_are_counted() -> None:
    assert rows_in({}) == 0
    assert rows_in({"a": [1, 2], "b": (3, None)}) == 2


@pytest.mark.skipif(kernel is None, reason="the extension is not compiled")
def test_the_native_inverter_refuses_what_makes_no_sense() -> None:
    assert kernel
    native = kernel.Inverter(bulk_inverter.LENGTHS)
    plain, positions = native.add_field(0, False), native.add_field(2, False)
    assert native.define_value(plain, ((b"a", 1, None),), 0) == 1
    most = 1 << 24
    calls: tuple[tuple[Callable[[], object], type[Exception]], ...] = (
        (lambda: native.define_value(positions, (), 0), ValueError),
        (lambda: native.define_value(9, (), 0), IndexError),
        (lambda: native.define_value(plain, (b"a",), 0), ValueError),
        (lambda: native.define_value(plain, ((b"a", 1),), 0), ValueError),
        (lambda: native.define_value(plain, (("a", 1, None),), 0), TypeError),
        (lambda: native.define_value(plain, ((b"a", 0, None),), 0), ValueError),
        (lambda: native.define_value(plain, ((b"a", -1, None),), 0), OverflowError),
        (lambda: native.add_codes(plain, 0, b"\x02\0\0\0"), ValueError),
        (lambda: native.add_codes(plain, most, b"\x01\0\0\0"), ValueError),
        (lambda: native.add_codes(positions, 0, b""), ValueError),
        (lambda: native.add_terms(plain, most, (b"a",), 1, 0), ValueError),
        (lambda: native.add_terms(plain, 0, ("a",), 1, 0), TypeError),
        (lambda: native.add_terms(plain, 0, (b"a",), 0, 0), ValueError),
        (lambda: native.add_text("a", 0, (plain,)), ValueError),
        (lambda: native.add_cut(3, 0, 1, 0, (plain,), 1), ValueError),
    )
    for call, error in calls:
        with pytest.raises(error):
            call()
    assert native.define_value(plain, ((b"b", 1, None),), 0) == 2
    native.add_codes(plain, 0, b"\x02\0\0\0")
    native.add_codes(plain, 1, b"\x01\0\0\0"[:3])
    _, terms, *_ = native.invert(plain, 1)
    assert terms == 1
