import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer.corpus import Corpus
from indexer.errors import TooManyBadRecords
from indexer.importing import ImportProgress, ImportReport, import_paths
from indexer.interchange import to_line
from indexer.question import Key
from indexer.settings import Settings
from indexer.sources import read
from indexer.sources.source import Ignored

ROOT = Path(__file__).resolve().parents[1]
ACTOR = {
    "acteur": {
        "uid": "PA1",
        "etatCivil": {"ident": {"civ": "Mme", "prenom": "Jeanne", "nom": "Exemple"}},
    }
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(corpus=tmp_path / "corpus")


def corpus_of(settings: Settings) -> Corpus:
    return Corpus(settings.corpus / "questions")


def state(settings: Settings) -> tuple[str, dict[str, int]]:
    corpus = corpus_of(settings)
    return corpus.digest(), {
        path.name: path.stat().st_mtime_ns for path in corpus.folder.glob("*.jsonl")
    }


def lines(path: Path, good: int = 0, bad: int = 0, **fields: Any) -> Path:
    records = [{"uid": f"QANR5L15QE{number}", **fields} for number in range(1, good + 1)]
    text = "".join(json.dumps(record) + "\n" for record in records)
    path.write_text(text + '{"uid": 1, "question_text": ""}\n' * bad)
    return path


def outcome(report: ImportReport) -> tuple[int, int, int]:
    return report.added, report.updated, report.unchanged


@pytest.mark.real_data
def test_every_real_file_is_imported_once(shared_data: Path, settings: Settings) -> None:
    formats = shared_data / "formats"
    report = import_paths([formats], settings)
    assert outcome(report) == (1966, 0, 0)
    assert (report.bad_total, report.ignored, report.actors) == (0, 1, 0)
    counts = corpus_of(settings).counts()
    assert (counts["AN-16-QG"], counts["AN-16-QE"], counts["AN-14-QE"]) == (639, 1308, 2)
    before = state(settings)
    assert outcome(import_paths([formats], settings)) == (0, 0, 1966)
    assert state(settings) == before


@pytest.mark.real_data
def test_exchanges_of_the_zip_are_all_there(shared_data: Path, settings: Settings) -> None:
    import_paths([shared_data / "formats" / "an_json"], settings)
    numbers = Counter(question.number for question in corpus_of(settings).questions())
    assert len(numbers) == numbers.total() == 639


@pytest.mark.real_data
def test_export_and_import_give_the_same_digest(
    shared_data: Path, settings: Settings, tmp_path: Path
) -> None:
    paths = [shared_data / "questions.jsonl.gz", shared_data / "formats"]
    first = import_paths(paths[:1], settings)
    assert (outcome(first), first.bad_total) == ((2758, 0, 0), 0)
    import_paths(paths[1:], settings)
    exported = tmp_path / "export.jsonl.gz"
    with gzip.open(exported, "wt", encoding="utf-8") as stream:
        for question in corpus_of(settings).questions():
            stream.write(to_line(question) + "\n")
    other = replace(settings, corpus=tmp_path / "other")
    import_paths([exported], other)
    assert state(other)[0] == state(settings)[0]
    added, updated, _ = outcome(import_paths([exported], settings))
    assert (added, updated) == (0, 0)


@pytest.mark.real_data
@pytest.mark.parametrize("reverse", [False, True])
def test_several_sources_of_one_question_are_one_record(
    shared_data: Path, settings: Settings, tmp_path: Path, *, reverse: bool
) -> None:
    formats = shared_data / "formats"
    page = (formats / "nosdeputes" / "14-QE-47351.answered.html").read_text("utf-8")
    (tmp_path / "page.html").write_text(page, "utf-8")
    commented = tmp_path / "kept.jsonl"
    comment = {"id": "7", "author": "Une lectrice", "date": "2015-01-01", "text": "Merci."}
    commented.write_text(
        json.dumps({"uid": "QANR5L14QE47351", "comments": [comment], "sources": ["nosdeputes"]})
    )
    official = formats / "an_xml" / "q14_14-47351QE.xml"
    paths = [tmp_path / "page.html", commented, official]
    for path in reversed(paths) if reverse else paths:
        import_paths([path], settings)
    question = corpus_of(settings).get(Key("AN", 14, "QE", 47351))
    (alone,) = read(official)
    assert question is not None
    assert not isinstance(alone, Ignored)
    assert replace(question, comments=(), sources=("assemblee_fiche",), origins={}) == alone
    assert question.sources == ("assemblee_fiche", "nosdeputes")
    assert [entry.text for entry in question.comments] == ["Merci."]
    assert question.origins["comments"] == "nosdeputes"


def test_report_counts_and_shows_what_is_bad(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    lines(folder / "a.jsonl", good=900, bad=120)
    (folder / "README.txt").write_text("Bonjour")
    report = import_paths([folder], settings)
    assert (report.added, report.bad_total, len(report.bad)) == (900, 120, 100)
    assert report.ignored == 1
    assert "a.jsonl, ligne 901" in report.bad[0].where
    assert report.seconds > 0


@pytest.mark.parametrize(
    ("good", "bad", "refused"),
    [(40, 10, False), (39, 11, True), (10, 39, False), (0, 1, True), (1000, 11, True)],
)
def test_too_many_bad_records_change_nothing(
    tmp_path: Path, settings: Settings, good: int, bad: int, *, refused: bool
) -> None:
    settings = replace(settings, max_bad_records=10 if good == 1000 else 1000)
    import_paths([lines(tmp_path / "first.jsonl", good=1, title="Premier")], settings)
    before = state(settings)
    path = lines(tmp_path / "a.jsonl", good=good, bad=bad, title="Second")
    if not refused:
        assert import_paths([path], settings).bad_total == bad
        return
    with pytest.raises(TooManyBadRecords, match="Le corpus reste tel qu'il était"):
        import_paths([path], settings)
    assert state(settings) == before


def test_nothing_to_read_is_an_error(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "absent"):
        with pytest.raises(TooManyBadRecords, match="aucune question lisible"):
            import_paths([path], settings)


def test_an_answer_is_never_taken_back(tmp_path: Path, settings: Settings) -> None:
    answered = lines(tmp_path / "1.jsonl", good=1, answer_text="Oui.", status="REP_PUB")
    import_paths([answered], settings)
    waiting = lines(tmp_path / "2.jsonl", good=1, status=None, title="Neuf", answer_text="")
    report = import_paths([waiting], settings)
    assert outcome(report) == (0, 1, 0)
    (question,) = corpus_of(settings).questions()
    assert (question.status, question.answer_text, question.title) == ("answered", "Oui.", "Neuf")


@pytest.mark.parametrize("order", [("q", "actors"), ("actors", "q")])
def test_actors_name_authors_in_any_order(
    tmp_path: Path, settings: Settings, order: tuple[str, str]
) -> None:
    paths = {"q": tmp_path / "q.jsonl", "actors": tmp_path / "acteur.json"}
    lines(paths["q"], good=2, author_ref="PA1")
    paths["actors"].write_text(json.dumps(ACTOR))
    apart = replace(settings, corpus=tmp_path / "apart")
    for name in order:
        import_paths([paths[name]], apart)
    report = import_paths([paths[name] for name in order], settings)
    assert report.actors == 1
    assert state(settings)[0] == state(apart)[0]
    found = list(corpus_of(settings).questions())
    assert {question.author for question in found} == {"Mme Jeanne Exemple"}
    assert found[0].origins == {"author": "acteurs"}
    assert outcome(import_paths([paths["q"]], settings)) == (0, 0, 2)


def test_progress_is_told_while_reading_and_writing(tmp_path: Path, settings: Settings) -> None:
    seen: list[ImportProgress] = []
    import_paths([lines(tmp_path / "a.jsonl", good=120)], settings, progress=seen.append)
    assert seen == [
        ImportProgress("reading", 50, None, 0),
        ImportProgress("reading", 100, None, 0),
        ImportProgress("writing", 120, 120, 0),
    ]


IMPORT = """
import sys
from pathlib import Path
from indexer.importing import import_paths
from indexer.settings import Settings
import_paths([Path(sys.argv[2])], Settings(corpus=Path(sys.argv[1])))
"""


def start_import(settings: Settings, path: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", IMPORT, str(settings.corpus), str(path)]
    return subprocess.Popen(command, env=environment)


def test_killed_at_any_moment_the_corpus_is_whole(tmp_path: Path) -> None:
    dice = random.Random(20)
    records = [
        {"uid": f"QANR5L{legislature}{kind}{number}", "question_text": "mot " * 400, "title": "B"}
        for legislature in (14, 15, 16)
        for kind in ("QE", "QG", "QOSD")
        for number in range(1, 400)
    ]
    dice.shuffle(records)
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    quiet, killed = (Settings(corpus=tmp_path / name) for name in ("quiet", "killed"))
    old = lines(tmp_path / "old.jsonl", good=300, title="A", rubrique="eau")
    for settings in (quiet, killed):
        import_paths([old], settings)
    begun = time.monotonic()
    assert start_import(quiet, path).wait() == 0
    whole = time.monotonic() - begun
    for _ in range(10):
        process = start_import(killed, path)
        time.sleep(dice.uniform(0.2, 1.0) * whole)
        process.kill()
        process.wait()
        sizes = corpus_of(killed).counts()
        assert sizes.pop("AN-15-QE") in (300, 399)
        assert set(sizes.values()) <= {399}
    assert start_import(killed, path).wait() == 0
    assert state(killed)[0] == state(quiet)[0]
    assert not list(tmp_path.rglob(".nouveau-*"))
