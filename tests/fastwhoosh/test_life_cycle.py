"""Nothing is lost and nothing is there twice, whatever happens to a writer, and when."""

import errno
import os
import random
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from whoosh.writing import IndexingError

from indexer.fastwhoosh import bulk_flushing
from indexer.fastwhoosh.index import create_in, open_dir
from tests.fastwhoosh import faults
from tests.fastwhoosh.lives import (
    SCHEMA,
    Step,
    differences,
    leftovers,
    life,
    state_of,
)

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes to fork here")


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small segments; and nothing waits for the disk, which a killed process does not need."""
    monkeypatch.setattr(bulk_flushing, "MAX_DOCUMENTS", 7)
    monkeypatch.setattr(os, "fsync", lambda _: None)


def lived(folder: Path, steps: list[Step]) -> Any:
    """Return an index after some steps."""
    index = create_in(folder, SCHEMA)
    for step in steps:
        step.run(index)
    return index


@pytest.mark.parametrize(("seed", "processes"), [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2)])
def test_an_index_is_what_its_model_says_after_each_commit(
    tmp_path: Path, seed: int, processes: int
) -> None:
    rng = random.Random(seed)
    index = create_in(tmp_path, SCHEMA)
    for step in islice(life(seed, processes=processes), 14 if processes == 1 else 6):
        if rng.random() < 0.2:
            step.written(index).cancel()
            assert differences(tmp_path, step.before) == []
            assert leftovers(tmp_path) == set()
        if rng.random() < 0.3:
            index = open_dir(tmp_path)
        step.run(index)
        assert differences(tmp_path, step.after) == []
        assert leftovers(tmp_path) == set()


def old_or_new(folder: Path, step: Step) -> Step | None:
    """Check that an index is in the state before or after a step; return the step if before."""
    with open_dir(folder).searcher() as searcher:
        is_new = state_of(searcher) == step.number
    assert differences(folder, step.after if is_new else step.before) == []
    return None if is_new else step


def mended(folder: Path, again: Step | None, following: Step) -> None:
    """Check that the next writers find everything in order and leave it so."""
    index = open_dir(folder)
    if again:
        again.run(index, timeout=0)
    following.run(index, timeout=0)
    assert differences(folder, following.after) == []
    assert leftovers(folder) == set()


@forking
@pytest.mark.parametrize(("seed", "before"), [(18, 8), (16, 8)])
def test_kill_9_at_each_step_of_a_commit(
    tmp_path_factory: pytest.TempPathFactory, seed: int, before: int
) -> None:
    """Each write, fsync, rename and removal is once the last thing that a writer did not do."""
    steps = list(islice(life(seed), before + 2))
    origin = tmp_path_factory.mktemp("life")
    lived(origin, steps[:before])
    outcomes = set()
    ended = faults.KILLED
    for moment in range(1, 1000):
        folder = tmp_path_factory.mktemp("killed")
        shutil.copytree(origin, folder, dirs_exist_ok=True)
        ended = faults.in_a_fork(lambda: _dying(folder, steps[before], moment))  # noqa: B023  # called in this turn
        again = old_or_new(folder, steps[before])
        outcomes.add(again is None)
        mended(folder, again, steps[before + 1])
        shutil.rmtree(folder)
        if ended == 0:
            break
    assert ended == 0
    assert moment > 20
    assert outcomes == {True, False}


def _dying(folder: Path, step: Step, moment: int) -> None:
    faults.Faults(moment, faults.die).install()
    step.run(open_dir(folder))


@forking
@pytest.mark.parametrize(("seed", "before", "lasting"), [(18, 8, True), (16, 8, False)])
def test_a_full_disk_leaves_the_old_state_and_no_file(
    tmp_path_factory: pytest.TempPathFactory, seed: int, before: int, lasting: bool
) -> None:
    """Each write, and each fsync, is once the one for which there is no room."""
    steps = list(islice(life(seed), before + 2))
    origin = tmp_path_factory.mktemp("life")
    lived(origin, steps[:before])
    ended = faults.REFUSED
    for moment in range(1, 1000):
        folder = tmp_path_factory.mktemp("full")
        shutil.copytree(origin, folder, dirs_exist_ok=True)
        ended = faults.in_a_fork(lambda: _filling(folder, steps[before], moment, lasting=lasting))  # noqa: B023  # called in this turn
        assert leftovers(folder) == set()
        again = old_or_new(folder, steps[before])
        mended(folder, again, steps[before + 1])
        shutil.rmtree(folder)
        if ended == 0:
            break
    assert ended == 0
    assert moment > 10


def _filling(folder: Path, step: Step, moment: int, *, lasting: bool) -> None:
    full = faults.Faults(moment, faults.full_disk, lasting=lasting)
    full.install(("fsync",))
    writer = open_dir(folder).writer()
    try:
        step.tell(writer)
        step.commit(writer)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        if not writer.is_closed:  # the error is not to be ignored: documents would be missing
            with pytest.raises(IndexingError, match="échoué"):
                writer.commit()
        faults.end(faults.REFUSED)
