"""The comparison of whole builds on a few amendments, and what is seen of a process."""

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.building.__main__ import main
from tests.bench.building.amendments import amendments, corpus_of
from tests.bench.building.watching import timed, watched


@pytest.mark.real_data
def test_the_whole_command(shared_data: Path, tmp_path: Path) -> None:
    small = ["--docs", "60", "--rounds", "1", "--processes", "1,2"]
    where = ["--data", str(shared_data), "--work", str(tmp_path)]
    done = CliRunner().invoke(main, [*small, *where], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("60 documents")
    lines = done.output.splitlines()
    rows = [line.split(" | ")[0] for line in lines if line.startswith(("| questions", "| tant"))]
    assert rows == ["| questions index", "| tantivy"] * 2
    assert [line.rpartition(": ")[0] for line in lines[-4:]] == [
        "- 1 at once, documents a second, ours / tantivy",
        "- 1 at once, processor time, tantivy / ours",
        "- 2 at once, documents a second, ours / tantivy",
        "- 2 at once, processor time, tantivy / ours",
    ]
    assert not (tmp_path / "built").exists()


@pytest.mark.real_data
def test_amendments_are_imported_once_and_repeated_where_more_are_wanted(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = list(itertools.islice(amendments(shared_data), 2))
    monkeypatch.setattr("tests.bench.building.amendments.amendments", lambda _: iter(two))
    corpus = corpus_of(shared_data, 5, tmp_path)
    found = list(corpus.questions())
    assert [question.number for question in found] == [1, 2, 3, 4, 5]
    assert found[0].question_text == found[2].question_text == found[4].question_text
    assert found[0].question_text != found[1].question_text
    (corpus.folder / "AN-17-QE.jsonl").unlink()
    assert corpus_of(shared_data, 5, tmp_path).is_empty()


@pytest.mark.parametrize("run", [timed, watched])
def test_a_command_that_fails_is_told(run: Callable[..., object]) -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        run([sys.executable, "-c", "raise SystemExit('no such luck')"], {})


def test_the_memory_and_the_time_of_children_are_seen() -> None:
    child = (
        "import time; held = bytes(300_000_000); held = held.replace(b'\\0', b'1'); time.sleep(1)"
    )
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    run = timed([sys.executable, "-c", code], {})
    assert run.seconds > 1
    assert 0 < run.processor < run.seconds + 1
    if Path("/proc/self/smaps_rollup").is_file():
        held = watched([sys.executable, "-c", code], {})
        assert held.processes == 2
        assert held.rss is not None
        assert held.pss is not None
        assert held.rss > 250
        assert held.pss > 250
