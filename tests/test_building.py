"""Generations: built whole or by difference, verified, published, pruned, and never half seen."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.corpus import Corpus, sample_corpus
from indexer.errors import CorpusError, IndexDamaged, IndexingError
from indexer.question import Question
from indexer.search.request import Search
from indexer.settings import Settings
from indexer.whoosh_engine import build, check, open_engine
from indexer.whoosh_engine import building as building_module
from indexer.whoosh_engine.generations import build_lock, current_name


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", lock_wait_seconds=1)


@pytest.fixture
def corpus(settings: Settings, make_question: Callable[..., Question]) -> Corpus:
    corpus = Corpus(settings.corpus / "questions")
    corpus.merge(make_question(n, question_text=f"Le loup numéro {n}.") for n in range(1, 41))
    return corpus


def found(settings: Settings, text: str) -> set[str]:
    hits = open_engine(settings).search(Search(text=text, size=200)).hits
    return {hit.uid for hit in hits}


def test_a_second_build_has_nothing_to_do(corpus: Corpus, settings: Settings) -> None:
    first = build(corpus, settings)
    assert (first.added, first.total, first.is_new) == (40, 40, True)
    second = build(corpus, settings)
    assert (second.generation, second.unchanged, second.is_new) == (first.generation, 40, False)


def test_an_update_writes_the_difference(
    corpus: Corpus, settings: Settings, make_question: Callable[..., Question]
) -> None:
    build(corpus, settings)
    corpus.merge([make_question(3, question_text="Un ours."), make_question(99, title="Le lynx")])
    report = build(corpus, settings)
    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 1, 0, 39)
    assert found(settings, "lynx") == {"QANR5L15QE99"}
    assert found(settings, "ours") == {"QANR5L15QE3"}
    assert "QANR5L15QE3" not in found(settings, "loup")
    assert len(found(settings, "loup")) == 39
    assert check(corpus, settings) == ()


def test_what_leaves_the_corpus_leaves_the_index(
    corpus: Corpus, settings: Settings, tmp_path: Path
) -> None:
    build(corpus, settings)
    smaller = Corpus(tmp_path / "other")
    smaller.merge(question for question in corpus.questions() if question.number != 7)
    report = build(smaller, settings)
    assert (report.removed, report.total) == (1, 39)
    assert "QANR5L15QE7" not in found(settings, "loup")


def test_an_updated_index_answers_as_one_built_whole(settings: Settings, tmp_path: Path) -> None:
    """Scores as well: statistics are those of the live index, segments do not show."""
    questions = list(sample_corpus().questions())
    corpus = Corpus(settings.corpus / "questions")
    corpus.merge(questions[:70])
    build(corpus, settings)
    corpus.merge(questions[70:])
    build(corpus, settings)
    whole = replace(settings, index=tmp_path / "whole")
    build(corpus, whole, full=True)
    for text in ("traite des êtres humains", "loup", '"des êtres"', "médecins ruraux", ""):
        updated, rebuilt = (
            open_engine(s).search(Search(text=text, size=100)) for s in (settings, whole)
        )
        assert [(h.uid, round(h.score, 9)) for h in updated.hits] == [
            (h.uid, round(h.score, 9)) for h in rebuilt.hits
        ]
        assert updated.facets == rebuilt.facets


def test_an_engine_follows_the_new_generation(
    corpus: Corpus, settings: Settings, make_question: Callable[..., Question]
) -> None:
    build(corpus, settings)
    engine = open_engine(settings)
    before = engine.info()
    corpus.merge([make_question(99, title="Le lynx")])
    build(corpus, settings)
    assert engine.search(Search(text="lynx")).total == 1
    assert engine.info().generation != before.generation
    assert engine.info().questions == 41


def test_old_generations_are_pruned(
    corpus: Corpus, settings: Settings, make_question: Callable[..., Question]
) -> None:
    for number in range(100, 105):
        corpus.merge([make_question(number)])
        build(corpus, settings)
    kept = [path for path in settings.index.iterdir() if path.is_dir()]
    assert len(kept) == 1 + settings.keep_generations
    assert current_name(settings.index) == max(path.name for path in kept)


def test_a_failed_build_leaves_the_old_one_serving(
    corpus: Corpus, settings: Settings, make_question: Callable[..., Question],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    build(corpus, settings)
    name = current_name(settings.index)
    corpus.merge([make_question(99)])

    def broken(_: object) -> dict[str, object]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(building_module, "documents_of", broken)
        with pytest.raises(OSError, match="No space"):
            build(corpus, settings)
    assert current_name(settings.index) == name
    assert len(found(settings, "loup")) == 40
    assert build(corpus, settings).added == 1


def test_check_names_each_difference(
    corpus: Corpus, settings: Settings, make_question: Callable[..., Question]
) -> None:
    build(corpus, settings)
    assert check(corpus, settings) == ()
    corpus.merge([make_question(3, title="Changée"), make_question(99)])
    problems = check(corpus, settings)
    assert len(problems) == 2
    assert any("QANR5L15QE3" in problem for problem in problems)
    assert any("QANR5L15QE99" in problem for problem in problems)


# Whoosh leaves a damaged table of contents open until it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("victim", ["manifest.json", "_MAIN_1.toc", "current"])
def test_damage_is_said_and_mended_by_a_build(
    corpus: Corpus, settings: Settings, victim: str
) -> None:
    build(corpus, settings)
    folder = settings.index
    if victim != "current":
        folder /= current_name(folder)
    (folder / victim).write_bytes(b"\x00garbage")
    with pytest.raises(IndexDamaged, match="questions index"):
        open_engine(settings)
    assert check(corpus, settings) != ()
    assert build(corpus, settings).total == 40
    assert check(corpus, settings) == ()


def test_an_index_of_another_version_is_built_anew(corpus: Corpus, settings: Settings) -> None:
    build(corpus, settings)
    path = settings.index / current_name(settings.index) / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {"analysis_digest": "0" * 32}), "utf-8")
    assert check(corpus, settings) != ()
    assert build(corpus, settings).is_new
    assert check(corpus, settings) == ()


def test_two_builds_wait_for_each_other(corpus: Corpus, settings: Settings) -> None:
    with build_lock(settings.index, 1), pytest.raises(IndexingError):
        build(corpus, settings)


_BUILD = (
    "from indexer.settings import Settings; from indexer.corpus import Corpus;"
    "from indexer.whoosh_engine import build;"
    "s = Settings.from_environment(); build(Corpus(s.corpus / 'questions'), s, full=True)"
)


def test_kill_9_at_any_moment_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    """Ten kills at random moments of a build; the old index answers all the while."""
    questions = list(sample_corpus().questions())
    corpus = Corpus(settings.corpus / "questions")
    corpus.merge(questions[:60])
    build(corpus, settings)
    served = open_engine(settings).search(Search(text="loi", size=200)).total
    corpus.merge(questions[60:])
    environment = os.environ | {
        "QUESTIONS_CORPUS": str(settings.corpus),
        "QUESTIONS_INDEX": str(settings.index),
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
    }
    environment.pop("COV_CORE_SOURCE", None)
    command = [sys.executable, "-c", _BUILD]
    copy = replace(settings, index=tmp_path / "rehearsal")
    times = []
    for _ in range(2):  # the first one may have modules to compile
        started = time.perf_counter()
        subprocess.run(command, env=environment | {"QUESTIONS_INDEX": str(copy.index)}, check=True)
        times.append(time.perf_counter() - started)
    whole = min(times)
    rng = random.Random(5)
    killed = 0
    for _ in range(10):
        process = subprocess.Popen(command, env=environment)
        time.sleep(rng.uniform(0.05, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        total = open_engine(settings).search(Search(text="loi", size=200)).total
        assert total >= served
    assert killed >= 3
    subprocess.run(command, env=environment, check=True)
    assert check(corpus, settings) == ()
    info = open_engine(settings).info()
    assert info.questions == len(questions)
    assert info.corpus_digest == corpus.digest()
    kept = [path for path in settings.index.iterdir() if path.is_dir()]
    assert len(kept) <= 1 + settings.keep_generations


def test_a_question_that_stands_twice_in_the_corpus_is_named(
    settings: Settings, corpus: Corpus
) -> None:
    path = next(corpus.folder.glob("*.jsonl"))
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[1])
    with pytest.raises(CorpusError, match="QANR5L15QE2 y est deux fois"):
        build(corpus, settings)
