"""An index is built once; what a process measured comes back, and a failure is told."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.bench.measuring import Built, Place, built
from tests.bench.model import OR5_DATES, Query
from tests.bench.running import queries_of, run


def test_an_index_that_is_whole_is_not_built_again(tmp_path: Path) -> None:
    place = Place("fts5", 1, tmp_path)
    known = Built("fts5", 1, str(place.folder), documents=7, seconds=2.0, mb=1.0)
    place.record.write_text(json.dumps(asdict(known)), "utf-8")
    assert built(place, 7) == known
    assert known.rate == 3.5
    assert not place.folder.exists()


def test_a_build_that_fails_leaves_no_record(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = Place("fts5", 1, tmp_path)
    with pytest.raises(RuntimeError, match="a measurement failed"):
        built(place, 7)
    assert "facts.json" in capfd.readouterr().err
    assert not place.record.exists()


def test_queries_come_through_json_as_they_were() -> None:
    queries = [Query(OR5_DATES, ("loi", "été"), (1, 2)), Query("snippets", ("loi",), None, ("la",))]
    assert queries_of(json.loads(json.dumps({"queries": queries}))) == queries


def test_a_task_that_does_not_exist_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="a measurement failed"):
        run({"task": "nonsense"})
    assert "KeyError" in capfd.readouterr().err
