"""A build of the index that is killed, or finds the disk full, at each of its steps."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.corpus import Corpus
from indexer.errors import IndexMissing
from indexer.question import Question
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import build, check, open_engine
from indexer.whoosh_engine.generations import current_name
from tests.fastwhoosh import faults

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes to fork here")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the disk, which a killed process does not need."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def corpus(tmp_path: Path, make_question: Callable[..., Question]) -> Corpus:
    corpus = Corpus(tmp_path / "corpus" / "questions")
    corpus.merge(make_question(n, question_text=f"Le loup numéro {n}.") for n in range(1, 31))
    return corpus


def settings_of(folder: Path, index: Path) -> Settings:
    return Settings(corpus=folder / "corpus", index=index, lock_wait_seconds=1, keep_generations=1)


def found(settings: Settings) -> set[str]:
    """Which questions a search finds; none where there is no index."""
    try:
        return {hit.uid for hit in open_engine(settings).search(Search(text="loup", size=99)).hits}
    except IndexMissing:
        return set()


def broken_builds(
    folder: Path, corpus: Corpus, before: Settings, work: Callable[[Settings, int], None]
) -> list[tuple[int, bool]]:
    """Break a build at each step; return how each process ended and whether it had published.

    After each, the old index or the new one answers, whole, and the next build puts all right.
    """
    old = found(before)
    new = {f"QANR5L15QE{key[3]}" for key, _ in corpus.lines() if key[3] not in {5, 6}}
    assert old != new
    outcomes: list[tuple[int, bool]] = []
    while not outcomes or outcomes[-1][0] != 0:
        index = folder / f"broken{len(outcomes)}"
        shutil.copytree(before.index, index, dirs_exist_ok=True)
        settings = settings_of(folder, index)
        moment = len(outcomes) + 1
        code = faults.in_a_fork(lambda: work(settings, moment))  # noqa: B023 - run at once
        seen = found(settings)
        assert seen in (old, new)
        outcomes.append((code, seen == new))
        build(corpus, settings)
        assert check(corpus, settings) == ()
        assert found(settings) == new
        assert_nothing_left(index)
        shutil.rmtree(index)
    return outcomes


def assert_nothing_left(index: Path) -> None:
    current = current_name(index)
    generations = sorted(path.name for path in index.iterdir() if path.is_dir())
    assert current in generations
    assert len(generations) <= 2
    assert {path.name for path in index.iterdir() if path.is_file()} <= {".lock", "current"}


def changed(corpus: Corpus, make_question: Callable[..., Question]) -> None:
    """Change, in a corpus, two questions that speak of wolves, and add one that does."""
    corpus.merge(
        [
            make_question(5, question_text="Un ours."),
            make_question(6, question_text="Un lynx."),
            make_question(40, question_text="Le loup encore."),
        ]
    )


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "update"])
def test_kill_9_at_each_step_of_a_build(
    tmp_path: Path, corpus: Corpus, make_question: Callable[..., Question], *, whole: bool
) -> None:
    before = settings_of(tmp_path, tmp_path / "index")
    before.index.mkdir()
    if not whole:
        build(corpus, before)
    changed(corpus, make_question)

    def killed(settings: Settings, moment: int) -> None:
        faults.Faults(moment, faults.die).install()
        build(corpus, settings)

    outcomes = broken_builds(tmp_path, corpus, before, killed)
    assert {code for code, _ in outcomes[:-1]} == {faults.KILLED}
    assert {published for _, published in outcomes} == {True, False}
    assert len(outcomes) > 20


def test_a_full_disk_leaves_the_old_index(
    tmp_path: Path, corpus: Corpus, make_question: Callable[..., Question]
) -> None:
    before = settings_of(tmp_path, tmp_path / "index")
    build(corpus, before)
    changed(corpus, make_question)

    def filled(settings: Settings, moment: int) -> None:
        faults.Faults(moment, faults.full_disk, lasting=True).install(("fsync", "mkdir", "link"))
        try:
            build(corpus, settings)
        except OSError:
            faults.end(faults.REFUSED)

    outcomes = broken_builds(tmp_path, corpus, before, filled)
    assert {code for code, _ in outcomes[:-1]} == {faults.REFUSED}
    assert len(outcomes) > 10
