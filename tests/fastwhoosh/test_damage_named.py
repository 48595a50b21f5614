"""Damage that check sums do not show is told with the file that it is in."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whoosh import columns, fields, query

from indexer.fastwhoosh import merging_fields, plan
from indexer.fastwhoosh.checking import check_deep
from indexer.fastwhoosh.errors import DamagedSegment, SegmentError
from indexer.fastwhoosh.executor import Executor
from indexer.fastwhoosh.index import create_in, open_dir
from indexer.native import COMPILED
from tests.fastwhoosh.damage_cases import joined, split

SCHEMA = fields.Schema(
    text=fields.KEYWORD(scorable=True),
    group=fields.ID(sortable=columns.RefBytesColumn()),
    packed=fields.COLUMN(columns.CompressedBytesColumn()),
    record=fields.STORED,
)
TERMS = plan.Terms("text", (b"gris",), 1.0)
native = pytest.mark.skipif(not COMPILED, reason="of the extension")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The folder of an index with two segments."""
    made = create_in(tmp_path, SCHEMA)
    for segment in range(2):
        with made.writer() as writer:
            writer.merge = False
            for number in range(9):
                writer.add_document(
                    text=f"loup gris {number}",
                    group=f"groupe {number % 2}",
                    packed=b"texte %d" % number,
                    record=f"Question {segment} {number} " * 9,
                )
    return tmp_path


def damage(folder: Path, keys: tuple[str, ...], change: Callable[[bytearray], None]) -> Path:
    """Change a section of one of the segments and put its check sum right; return the file."""
    path = max(folder.glob("*.fws"))
    body, directory = split(bytearray(path.read_bytes()))
    section: Any = directory
    for key in keys:
        section = section[key]
    start, size = section[:2]
    data = bytearray(body[start : start + size])
    change(data)
    assert len(data) == size
    body[start : start + size] = data
    section[2] = zlib.crc32(data)
    path.unlink()
    path.write_bytes(joined(body, directory))
    return path


def put(place: int, *values: int) -> Callable[[bytearray], None]:
    def change(data: bytearray) -> None:
        data[place : place + len(values)] = bytes(values)

    return change


def fill(value: int) -> Callable[[bytearray], None]:
    return lambda data: put(0, *[value] * len(data))(data)


def asked(folder: Path, ask: Callable[[Executor], Any]) -> Any:
    with open_dir(folder).searcher() as searcher:
        return ask(Executor(searcher))


@native
def test_words_that_are_no_text(index: Path) -> None:
    path = damage(index, ("fields", "text", "blob"), put(-1 + len("012345678gris"), 0xFF))
    expansion = plan.Expansion("text", plan.PREFIX, b"")
    with pytest.raises(DamagedSegment, match=path.name):
        asked(index, lambda executor: executor.words(("text",), expansion, None))


def test_a_term_table_of_nonsense(index: Path) -> None:
    path = damage(index, ("fields", "text", "offsets"), fill(0xFF))
    term = query.Term("text", "gris")
    for ask in (
        lambda executor: executor.search(term),
        lambda executor: executor.document_frequency("text", b"gris"),
    ):
        with pytest.raises(DamagedSegment, match=path.name):
            asked(index, ask)


@native
def test_tables_of_another_length(index: Path) -> None:
    path = max(index.glob("*.fws"))
    body, directory = split(bytearray(path.read_bytes()))
    directory["fields"]["text"]["terms"] += 1
    path.unlink()
    path.write_bytes(joined(body, directory))
    with pytest.raises(DamagedSegment, match=path.name):
        asked(index, lambda executor: executor.run)


@pytest.mark.parametrize("section", ["codes", "offsets"])
def test_a_column_of_codes(index: Path, section: str) -> None:
    path = damage(index, ("columns", "group", section), fill(0x7F))
    with pytest.raises(DamagedSegment, match=rf"{path.name} : colonne « group »"):
        asked(index, lambda executor: executor.table("group"))
    assert any(path.name in problem for problem in check_deep(index))
    with pytest.raises(SegmentError, match=path.name):
        open_dir(index).writer().commit(optimize=True)


def test_stored_fields_whose_dictionary_is_another(index: Path) -> None:
    path = damage(index, ("stored", "index"), put(8, 1))
    with open_dir(index).searcher() as searcher:
        numbers = range(searcher.doc_count_all())
        with pytest.raises(DamagedSegment, match=path.name):
            [searcher.stored_fields(number) for number in numbers]


@pytest.mark.parametrize("compiled", [pytest.param(True, marks=native), False])
@pytest.mark.parametrize("section", ["postings", "offsets", "infos"])
def test_a_merge_names_the_segment(
    index: Path, section: str, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compiled:
        monkeypatch.setattr(merging_fields, "kernel", None)
    path = damage(index, ("fields", "text", section), fill(0xFE))
    with pytest.raises(DamagedSegment, match=rf"{path.name} : champ « text »"):
        open_dir(index).writer().commit(optimize=True)
    assert len(list(index.glob("*.fws"))) == 2


def test_a_merge_names_the_segment_of_a_column_of_whoosh(index: Path) -> None:
    path = damage(index, ("columns", "packed", "data"), fill(0xFE))
    with pytest.raises(DamagedSegment, match=rf"{path.name} : colonne"):
        open_dir(index).writer().commit(optimize=True)


@pytest.mark.parametrize("part", [("columns", "group", "codes"), ("stored", "index")])
def test_a_merge_names_the_segment_of_a_table_cut_short(index: Path, part: tuple[str, ...]) -> None:
    path = max(index.glob("*.fws"))
    body, directory = split(bytearray(path.read_bytes()))
    section: Any = directory
    for key in part:
        section = section[key]
    section[1] -= 1
    section[2] = zlib.crc32(body[section[0] : section[0] + section[1]])
    path.unlink()
    path.write_bytes(joined(body, directory))
    with pytest.raises(DamagedSegment, match=path.name):
        open_dir(index).writer().commit(optimize=True)


LENGTHS: dict[str, Callable[[dict[str, Any], bytearray], None]] = {
    "length": lambda entry, _: entry.update(length=2 * entry["length"]),
    "min_length": lambda entry, _: entry.update(min_length=4),
    "max_length": lambda entry, _: entry.update(max_length=2),
    "norms": lambda entry, body: put(entry["norms"][0] + 4, 72)(body),
    "number of norms": lambda entry, _: put_size(entry["norms"], entry["norms"][1] - 1),
}


def put_size(section: list[int], size: int) -> None:
    section[1] = size


@pytest.mark.parametrize("change", LENGTHS.values(), ids=LENGTHS)
def test_a_merge_does_not_hide_lengths_that_contradict_each_other(
    index: Path, change: Callable[[dict[str, Any], bytearray], None]
) -> None:
    path = max(index.glob("*.fws"))
    body, directory = split(bytearray(path.read_bytes()))
    entry = directory["fields"]["text"]
    change(entry, body)
    start, size, _ = entry["norms"]
    entry["norms"][2] = zlib.crc32(body[start : start + size])
    path.unlink()
    path.write_bytes(joined(body, directory))
    (problem,) = check_deep(index)
    assert path.name in problem
    for gone in ("", "1"):  # without the document, the sum of the lengths is reckoned otherwise
        with pytest.raises(DamagedSegment, match=rf"{path.name} : champ « text » : .*longueurs"):
            merge_without(index, gone)
    assert len(list(index.glob("*.fws"))) == 2


def merge_without(folder: Path, term: str) -> None:
    writer = open_dir(folder).writer()
    try:
        writer.delete_by_term("text", term)
        writer.commit(optimize=True)
    finally:
        if not writer.is_closed:
            writer.cancel()


KIND_OF = {"text": "positions", "keywords": "frequencies", "group": "existence"}


@pytest.mark.parametrize("documents", [9, 200])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text", "frequencies"),
        ("text", "existence"),
        ("keywords", "positions"),
        ("group", "positions"),
    ],
)
def test_a_merge_leaves_no_field_out_whose_kind_is_another(
    tmp_path: Path, name: str, kind: str, documents: int
) -> None:
    schema = fields.Schema(
        text=fields.TEXT, keywords=fields.KEYWORD(scorable=True), group=fields.ID()
    )
    with create_in(tmp_path, schema).writer() as writer:
        for _ in range(documents):
            writer.add_document(text="loup gris", keywords="ours brun", group="tous")
    (path,) = tmp_path.glob("*.fws")
    with open_dir(tmp_path).writer() as writer:
        writer.merge = False
        writer.add_document(text="chasse")
    body, directory = split(bytearray(path.read_bytes()))
    assert directory["fields"][name]["kind"] == KIND_OF[name]
    directory["fields"][name]["kind"] = kind
    path.write_bytes(joined(body, directory))
    assert any(f"champ « {name} »" in problem for problem in check_deep(tmp_path))
    with pytest.raises(DamagedSegment, match=rf"{path.name} : champ « {name} »"):
        open_dir(tmp_path).writer().commit(optimize=True)


def test_a_merge_leaves_out_what_was_another_field(tmp_path: Path) -> None:
    before = fields.Schema(name=fields.ID, word=fields.KEYWORD(scorable=True))
    with create_in(tmp_path, before).writer() as writer:
        for number in range(200):
            writer.add_document(name=f"{number}", word="ours")
    with open_dir(tmp_path).writer() as writer:
        writer.merge = False
        writer.remove_field("word")
    with open_dir(tmp_path).writer() as writer:
        writer.add_field("word", fields.TEXT)
    with open_dir(tmp_path).writer() as writer:
        writer.merge = False
        writer.add_document(name="loup", word="loup")
    open_dir(tmp_path).writer().commit(optimize=True)
    assert list(check_deep(tmp_path)) == []
    with open_dir(tmp_path).searcher() as searcher:
        assert searcher.doc_count() == 201
        assert list(searcher.lexicon("word")) == [b"loup"]
