"""The whole command on a small corpus, as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.french.analysis import stem_form
from tests.bench.engines import NAMES, engine_class
from tests.bench.model import SHAPES
from tests.bench.running import MARKER, ROOT

pytestmark = pytest.mark.real_data


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_whole_command(shared_data: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    small = ("--docs", "300", "--real", "200", "--queries", "4", "--repeat", "1")
    where = ("--data", str(shared_data), "--work", str(tmp_path / "work"))
    done = bench(*small, *where, "--seconds", "0.05", "--workers", "1,2", "--json", str(figures))
    assert done.returncode == 0, done.stderr
    told = json.loads(figures.read_text("utf-8"))
    assert told["facts"]["documents"] == 300
    assert told["absent"] == {}
    assert list(told["shapes"]) == list(SHAPES)
    assert {build["engine"] for build in told["builds"]} == set(NAMES)
    for shape, timed in told["shapes"].items():
        assert set(timed) == {name for name in NAMES if shape in engine_class(name).shapes}
        assert all(len(each["microseconds"]) == 4 for each in timed.values())
    assert set(told["start_up"]) - {"python"} == set(told["commits"]) == set(told["memory"])
    assert all(rate > 0 for rates in told["throughput"].values() for rate in rates.values())
    assert "| rare term |" in done.stdout
    assert "Heaps' law on the real documents" in done.stdout


def test_the_marker_of_added_documents_is_its_own_stem() -> None:
    assert stem_form(MARKER) == MARKER


def test_names_that_are_not_known_are_refused() -> None:
    done = bench("--shapes", "rare,nonsense")
    assert done.returncode == 2
    assert "nonsense: choose from rare, common" in done.stderr
