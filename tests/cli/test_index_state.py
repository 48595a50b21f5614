"""``questions status`` and ``check --deep``: how the index works, whether its files are whole."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer import native
from indexer.search.results import SegmentInfo
from indexer.whoosh_engine.snapshot import Snapshot

Run = Callable[..., Any]


@pytest.fixture
def segment(run: Run, tmp_path: Path) -> Path:
    """The segment file of an index of the sample."""
    assert run("index", "--sample").code == 0
    (path,) = (tmp_path / "index").glob("*/*.fws")
    return path


def directory_of(content: bytes | bytearray) -> dict[str, Any]:
    start = int.from_bytes(content[-32:-24], "little")
    return dict(json.loads(content[start:-32]))


def damage(path: Path) -> None:
    """Overwrite all postings and stored questions with zeros."""
    content = bytearray(path.read_bytes())
    directory = directory_of(content)
    sections = [field["postings"] for field in directory["fields"].values()]
    for start, length, _ in [*sections, directory["stored"]["data"]]:
        content[start : start + length] = bytes(length)
    path.write_bytes(content)


def test_status_tells_how_the_index_works(run: Run, segment: Path) -> None:
    state = json.loads(run("status", "--json").out)["index"]
    assert (state["native"], state["why_not_native"]) == (native.COMPILED, native.why_not)
    (only,) = state["segments"]
    assert only == {"name": segment.stem, "codec": "FastCodec", "documents": 88, "deleted": 0}
    assert state["fallbacks"] == {}
    text = run("status").out
    assert "  1 segment FastCodec : 88 documents, dont 0 supprimé\n" in text
    assert "  recherches confiées à Whoosh depuis l'ouverture : 0\n" in text


@pytest.mark.usefixtures("segment")
@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (None, "  extension native : oui\n"),
        ("pas de compilateur", "  extension native : non, Python seul, plus lent : pas de comp"),
    ],
)
def test_status_says_why_it_is_slow(
    reason: str | None, line: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Snapshot, "why_not_native", lambda _: reason)
    assert line in run("status").out
    assert json.loads(run("status", "--json").out)["index"]["native"] is (reason is None)


@pytest.mark.usefixtures("segment")
def test_status_counts_segments_by_codec(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    segments = (
        SegmentInfo("a", "FastCodec", 1000, 3),
        SegmentInfo("b", "FastCodec", 200, 0),
        SegmentInfo("c", "W3Codec", 1, 1),
    )
    monkeypatch.setattr(Snapshot, "segments", lambda _: segments)
    text = run("status").out
    assert "  2 segments FastCodec : 1\u202f200 documents, dont 3 supprimés\n" in text
    assert "  1 segment W3Codec : 1 document, dont 1 supprimé\n" in text


@pytest.mark.usefixtures("segment")
def test_a_whole_index_passes_the_deep_check(run: Run) -> None:
    assert run("check", "--deep").code == 0
    assert json.loads(run("check", "--deep", "--json").out) == {"ok": True, "problems": []}
    assert "chaque octet" in run("check", "--help").out


def test_the_deep_check_finds_what_no_record_shows(run: Run, segment: Path) -> None:
    content = bytearray(segment.read_bytes())
    start, _, _ = directory_of(content)["fields"]["question_stem"]["norms"]
    content[start] ^= 1
    segment.write_bytes(content)
    assert run("check").code == 0
    ran = run("check", "--deep")
    assert ran.code == 1
    assert f"{segment.name} : " in ran.err
    assert "somme de contrôle fausse" in ran.err
    found = json.loads(run("check", "--deep", "--json").out)
    assert not found["ok"]
    assert len(found["problems"]) == 1


@pytest.mark.parametrize(
    "line",
    [("search", "loup"), ("search", "loup", "--json"), ("show", "15-90001QE"), ("export",)],
)
def test_a_damaged_segment_is_a_sentence(line: tuple[str, ...], run: Run, segment: Path) -> None:
    damage(segment)
    ran = run(*line)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Erreur : ")
    assert segment.stem in ran.err
    assert "« questions index --full »" in ran.err
    assert "Traceback" not in ran.err


def test_check_names_the_damage_and_a_full_build_mends_it(run: Run, segment: Path) -> None:
    damage(segment)
    for options in ((), ("--deep",)):
        ran = run("check", *options)
        assert ran.code == 1
        assert segment.name in ran.err
    assert run("index", "--sample", "--full").code == 0
    assert run("check", "--deep").code == 0


def test_an_index_that_does_not_open_is_built_anew(run: Run, segment: Path) -> None:
    segment.write_bytes(segment.read_bytes()[:-50])
    assert "inutilisable" in run("status").out
    assert run("check", "--deep").code == 1
    report = json.loads(run("index", "--sample", "--json").out)
    assert (report["is_new"], report["total"]) == (True, 88)
    assert run("check", "--deep").code == 0
