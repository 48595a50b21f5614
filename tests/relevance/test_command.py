"""The whole command, as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.relevance.report import best_peer

ROOT = Path(__file__).resolve().parents[2]


def relevance(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.relevance", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.real_data
def test_the_table_and_the_figures_of_each_query(shared_data: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    chosen = ("--sets", "questions", "--engines", "ours,fts5", "--data", str(shared_data))
    done = relevance(*chosen, "--per-query", "--json", str(figures))
    assert done.returncode == 0, done.stderr
    assert "| engine | nDCG@10 | P@10 | R@50 | MRR | judged@10 |" in done.stdout
    assert "ours − fts5, nDCG@10:" in done.stdout
    assert "| q01 |" in done.stdout
    told = json.loads(figures.read_text("utf-8"))["questions"]
    for reached in told.values():
        values = reached["per_query"].values()
        assert reached["means"]["nDCG@10"] == pytest.approx(sum(values) / len(values))


def test_names_that_are_not_known_are_refused() -> None:
    done = relevance("--engines", "ours,nonsense")
    assert done.returncode == 2
    assert "nonsense: choose from ours, fts5" in done.stderr


def test_without_a_peer_there_is_no_best_one() -> None:
    assert best_peer({}) is None
