import gzip
import io
import json
import random
import struct
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import sources
from indexer.errors import BadRecord
from indexer.interchange import from_record, to_line, to_record
from indexer.question import Question
from indexer.sources import PRECEDENCE, SOURCES, read
from indexer.sources.documents import Document, documents
from indexer.sources.source import Ignored, Source

LINE = b'{"uid": "QANR5L15QE%d", "question_text": "Un texte."}\n'
EXPECTED = {
    "questions_ecrites_16_cp1252.csv": ("assemblee_csv", 1308),
    "html_11_qe.html": ("assemblee_html", 1),
    "html_11_qg.html": ("assemblee_html", 1),
    "html_11_qosd.html": ("assemblee_html", 1),
    "html_14_qe.html": ("assemblee_html", 1),
    "html_14_qg.html": ("assemblee_html", 1),
    "html_14_qosd.html": ("assemblee_html", 1),
    "html_16_qe.html": ("assemblee_html", 1),
    "html_16_qg.html": ("assemblee_html", 1),
    "html_16_qosd.html": ("assemblee_html", 1),
    "Questions_gouvernement_XVI.json.zip": ("assemblee_json", 639),
    "q14_14-47351QE.xml": ("assemblee_fiche", 1),
    "14-QE-47351.VARIANT-retiree.html": ("nosdeputes", 1),
    "14-QE-47351.VARIANT-unanswered.html": ("nosdeputes", 1),
    "14-QE-47351.answered.html": ("nosdeputes", 1),
    "15-QE-24191.page-text.txt": ("page_text", 1),
    "question_search_result.html": ("senat_html", 10),
}


def write_zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def numbers(path: Path) -> list[int]:
    return [item.number for item in read(path) if isinstance(item, Question)]


def bad(path: Path) -> list[BadRecord]:
    return [item for item in read(path) if isinstance(item, BadRecord)]


def test_no_two_sources_share_a_name() -> None:
    assert len(set(PRECEDENCE)) == len(SOURCES) == 11


@pytest.mark.real_data
@pytest.mark.parametrize("name", EXPECTED)
def test_every_real_file_is_read_by_its_source_alone(shared_data: Path, name: str) -> None:
    (path,) = (shared_data / "formats").rglob(name)
    expected, count = EXPECTED[name]
    for document in documents(path):
        assert isinstance(document, Document)
        assert [entry.name for entry in SOURCES if entry.recognise(document)] == [expected]
    items = list(read(path))
    assert Counter(type(item) for item in items) == {Question: count}
    assert {item.sources for item in items if isinstance(item, Question)} == {(expected,)}


@pytest.mark.real_data
def test_the_table_covers_every_real_file(shared_data: Path) -> None:
    names = {path.name for path in (shared_data / "formats").rglob("*") if path.is_file()}
    assert names - EXPECTED.keys() == {"README.txt"}
    found = list(read(shared_data / "formats" / "nosdeputes"))
    assert [type(item) for item in found].count(Ignored) == 1


def test_source_is_kept_where_stated_and_stamped_where_not(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"uid": "QANR5L15QE1", "source": "ailleurs"}\n'
        '{"uid": "QANR5L15QE2"}\n'
        '{"uid": "QANR5L15QE3", "source": "page", "sources": ["nosdeputes"]}\n'
    )
    found = [(item.source, item.sources) for item in read(path) if isinstance(item, Question)]
    assert found == [
        ("ailleurs", ("interchange",)),
        ("interchange", ("interchange",)),
        ("page", ("nosdeputes",)),
    ]


def test_unknown_file_is_bad_when_named_and_ignored_beside_data(tmp_path: Path) -> None:
    readme = tmp_path / "README.txt"
    readme.write_text("Ceci n'est pas une question.")
    (item,) = read(readme)
    assert isinstance(item, BadRecord)
    assert item.where == str(readme)
    assert "Page de NosDéputés.fr" in item.reason
    assert [type(item) for item in read(tmp_path)] == [Ignored]
    archive = write_zip(tmp_path / "a.zip", **{"README.txt": b"Rien."})
    assert [type(item) for item in read(archive)] == [Ignored]


def test_missing_file_is_a_bad_record(tmp_path: Path) -> None:
    assert [item.reason for item in bad(tmp_path / "absent")] == ["fichier introuvable"]
    assert bad(tmp_path / ("x" * 5000))


def test_folder_is_walked_in_order_without_hidden_files_links_and_downloads(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    for name, number in {
        "a.jsonl": 1,
        "b/c/d.jsonl": 2,
        "z.jsonl": 3,
        ".hidden.jsonl": 4,
        "y.jsonl.part": 5,
        "z.jsonl.json": 6,
        "y.jsonl.part.json": 7,
    }.items():
        (tmp_path / name).write_bytes(LINE % number)
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert numbers(tmp_path) == [1, 2, 3]


def test_folder_may_be_nested_deeply(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d"] * 300)
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_bytes(LINE % 1)
    assert numbers(tmp_path) == [1]


def test_zip_bomb_stops_its_archive_and_nothing_else(tmp_path: Path) -> None:
    bomb = LINE % 1 + b" " * 64 * 2**20
    write_zip(
        tmp_path / "a.zip",
        **{"a.jsonl": LINE % 2, "b.jsonl": bomb, "c.jsonl": LINE % 3, "d.jsonl": LINE % 4},
    )
    (tmp_path / "b.jsonl").write_bytes(LINE % 5)
    assert numbers(tmp_path) == [2, 1, 5]
    (error,) = bad(tmp_path)
    assert "démesuré" in error.reason
    assert error.where.endswith("a.zip › b.jsonl")


def test_gzip_bomb_is_a_bad_record(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINE % 1 + b" " * 64 * 2**20))
    assert numbers(path) == [1]
    assert "démesuré" in bad(path)[0].reason


def test_archive_that_announces_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.sources.documents.MAX_MEMBERS", 1)
    write_zip(tmp_path / "a.zip", **{"a.jsonl": LINE % 1, "b.jsonl": LINE % 2})
    (tmp_path / "b.jsonl").write_bytes(LINE % 3)
    assert numbers(tmp_path) == [3]
    assert "archive démesurée" in bad(tmp_path)[0].reason


@pytest.mark.parametrize("name", ["../a.jsonl", "/etc/a.jsonl", "b/../../a.jsonl"])
def test_member_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "a.zip", **{name: LINE % 1, "b.jsonl": LINE % 2})
    assert numbers(path) == [2]
    assert "il sort de l'archive" in bad(path)[0].reason


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", **{"a.jsonl": LINE % 1})
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, 6, 1)
    struct.pack_into("<H", data, central + 8, 1)
    path.write_bytes(data)
    assert [item.reason for item in bad(path)] == ["fichier chiffré"]


def test_broken_member_does_not_stop_the_others(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(4096).hex().encode()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.jsonl", LINE % 1 + b'{"uid": "' + noise)
        archive.writestr("b.jsonl", LINE % 2)
    data = path.read_bytes()
    path.write_bytes(data.replace(noise[:8], b"########", 1))
    assert 2 in numbers(path)
    assert any("endommagé" in item.reason for item in bad(path))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_archives_never_raise(tmp_path: Path, method: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a.jsonl", b"".join(LINE % number for number in range(1, 50)))
    whole = stream.getvalue()
    path = tmp_path / "a.zip"
    dice = random.Random(2)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(3):
            data[dice.randrange(4, len(data))] = dice.randrange(256)
        path.write_bytes(data)
        for item in read(path):
            assert isinstance(item, Question | BadRecord | Ignored)


def test_truncated_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    filler = random.Random(3).randbytes(60_000).hex().encode()
    whole = gzip.compress(LINE % 1 + LINE % 2 + b'{"x": "' + filler + b'"}\n')
    path.write_bytes(whole[: len(whole) // 2])
    assert numbers(path) == [1, 2]
    assert "endommagé" in bad(path)[-1].reason


def test_billion_laughs_in_a_zip(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    xml = f'<!DOCTYPE q [<!ENTITY l0 "lol">{entities}]><question><uid>&l9;</uid></question>'
    path = write_zip(tmp_path / "a.zip", **{"a.xml": xml.encode(), "b.jsonl": LINE % 1})
    assert numbers(path) == [1]
    assert "entités" in bad(path)[0].reason


def test_parser_that_fails_in_any_way_costs_its_document_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(_: Document) -> Iterator[Question]:
        yield Question(legislature=15, kind="QE", number=9)
        raise RecursionError("trop\nprofond")

    hostile = Source("hostile", "Hostile", lambda document: document.suffix == ".boom", explode)
    monkeypatch.setattr(sources, "SOURCES", (*SOURCES, hostile))
    (tmp_path / "a.boom").write_bytes(b"x")
    (tmp_path / "b.jsonl").write_bytes(LINE % 1)
    assert numbers(tmp_path) == [9, 1]
    (error,) = bad(tmp_path)
    assert "lecture impossible (RecursionError : trop" in error.reason
    assert "\n" not in error.reason


def test_question_without_text_form_is_a_bad_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_question: Callable[..., Question]
) -> None:
    endless = make_question(page_question=2**40)
    source = Source("s", "S", lambda _: True, lambda _: iter([endless]))
    monkeypatch.setattr(sources, "SOURCES", (source,))
    (tmp_path / "a").write_bytes(b"x")
    (error,) = read(tmp_path / "a")
    assert isinstance(error, BadRecord)
    assert "QANR5L15QE1" in error.where


def test_foreign_fields_are_made_writable(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = "[" * 60 + "]" * 60
    path.write_text(
        '{"uid": "QANR5L15QE1", "x": {"a\\ud800": ["b\\udfff", NaN]}, '
        '"origins": {"a": "\\ud800"}}\n'
        '{"uid": "QANR5L15QE2", "x": ' + deep + "}\n"
    )
    first, second = read(path)
    assert isinstance(first, Question)
    assert first.extra == {"x": {"a": ["b", None]}}
    assert first.origins == {"a": ""}
    assert isinstance(second, BadRecord)
    assert "32 niveaux" in second.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted(to_record(Question(legislature=15, kind="QE", number=1)).keys() - {"uid"})
FIELDS = st.sampled_from([*NAMES, "comments", "origins", "sources", "attributions", "renewals"])


@given(st.dictionaries(FIELDS | st.text(), JSON, max_size=4))
def test_any_record_is_a_question_that_can_be_written_or_bad(record: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.jsonl")
        path.write_text(json.dumps({"uid": "QANR5L15QE1", **record}))
        for item in read(path):
            assert isinstance(item, Question | BadRecord)
            if isinstance(item, Question):
                line = to_line(item).encode()
                assert from_record(json.loads(line)) == item


@given(
    st.sampled_from(["xml", "json", "html", "csv", "txt", "jsonl.gz", "zip"]),
    st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b", b"<question>", b'{"question": ', b"<html>"]),
    st.binary(max_size=300),
)
def test_no_bytes_make_an_uncaught_error(suffix: str, head: bytes, tail: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a.{suffix}")
        path.write_bytes(head + tail)
        for item in read(path):
            assert isinstance(item, BadRecord | Ignored)
