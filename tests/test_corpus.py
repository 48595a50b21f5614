import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.corpus import Corpus, MergeReport, sample_corpus
from indexer.digests import line_digest
from indexer.errors import CorpusError
from indexer.interchange import to_line
from indexer.question import Key, Question, Turn

Make = Callable[..., Question]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus" / "questions", lock_wait_seconds=0.2)


def times(corpus: Corpus) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in corpus.folder.glob("*.jsonl")}


def test_missing_folder_is_an_empty_corpus(corpus: Corpus) -> None:
    assert corpus.is_empty()
    assert list(corpus.questions()) == []
    assert corpus.counts() == {}
    assert corpus.get(Key("AN", 15, "QE", 1)) is None
    assert not corpus.folder.exists()


def test_one_file_a_partition_in_order_of_number(corpus: Corpus, make_question: Make) -> None:
    given = [
        make_question(9),
        make_question(2),
        make_question(10),
        make_question(1, kind="QG"),
        make_question(1, chamber="SENAT", legislature=16),
    ]
    assert corpus.merge(given) == MergeReport(added=5)
    assert [question.uid for question in corpus.questions()] == [
        "QANR5L15QE2", "QANR5L15QE9", "QANR5L15QE10", "QANR5L15QG1", "QSENR5L16QE1",
    ]  # fmt: skip
    assert corpus.counts() == {"AN-15-QE": 3, "AN-15-QG": 1, "SENAT-16-QE": 1}
    assert sorted(times(corpus)) == ["AN-15-QE.jsonl", "AN-15-QG.jsonl", "SENAT-16-QE.jsonl"]
    found = corpus.get(given[0].key)
    assert found is not None
    assert found.uid == given[0].uid
    assert not corpus.is_empty()


def test_merge_touches_only_what_changes(corpus: Corpus, make_question: Make) -> None:
    corpus.merge([make_question(1), make_question(2), make_question(1, kind="QG")])
    before, inodes = times(corpus), (corpus.folder / "AN-15-QG.jsonl").stat().st_ino
    assert corpus.merge([make_question(1), make_question(1, kind="QG")]) == MergeReport(unchanged=2)
    assert times(corpus) == before
    report = corpus.merge([make_question(2, title="Neuf"), make_question(3)])
    assert report == MergeReport(added=1, updated=1)
    assert (corpus.folder / "AN-15-QG.jsonl").stat().st_ino == inodes


def test_records_of_one_question_in_one_import_are_merged(
    corpus: Corpus, make_question: Make
) -> None:
    page = make_question(title="Page", rubrique="eau", sources=("nosdeputes",))
    official = make_question(title="Officiel", sources=("assemblee_json",))
    assert corpus.merge([page, official, page]) == MergeReport(added=1)
    (found,) = corpus.questions()
    assert (found.title, found.rubrique) == ("Officiel", "eau")


def test_digest_follows_content_and_not_order(tmp_path: Path, make_question: Make) -> None:
    one, two = Corpus(tmp_path / "1" / "q"), Corpus(tmp_path / "2" / "q")
    given = [make_question(1), make_question(2), make_question(1, kind="QG")]
    one.merge(given)
    two.merge(given[:1])
    two.merge(reversed(given))
    assert one.digest() == two.digest()
    assert dict(one.digests()) == {
        entry.uid: line_digest(to_line(entry).encode()) for entry in given
    }
    two.merge([make_question(2, title="Neuf")])
    assert one.digest() != two.digest()


def test_failing_items_leave_the_corpus_as_it_was(corpus: Corpus, make_question: Make) -> None:
    def items() -> Iterator[Question]:
        yield make_question(2)
        raise KeyError("x")

    corpus.merge([make_question(1)])
    before = corpus.digest()
    with pytest.raises(KeyError):
        corpus.merge(items())
    assert corpus.digest() == before
    assert sorted(path.name for path in corpus.folder.iterdir()) == [".verrou", "AN-15-QE.jsonl"]


def test_leftovers_of_killed_runs_are_removed(corpus: Corpus, make_question: Make) -> None:
    corpus.merge([make_question(1)])
    left = [corpus.folder / ".nouveau-abc", corpus.folder.parent / ".nouveau-def"]
    for path in left:
        path.write_bytes(b"x")
    corpus.merge([make_question(1)])
    assert not any(path.exists() for path in left)


@pytest.mark.parametrize(
    "line",
    [
        b"rien",
        b'{"uid":"QANR5L15QE2","type":3}',
        b'{"uid":"QANR5L15QE2","ty',
        b'{"uid":"2"}',
        b'{"uid":"QANR5L15QE2","type":"QE","legislature":14}',
    ],
)
def test_damaged_line_is_named(corpus: Corpus, make_question: Make, line: bytes) -> None:
    corpus.merge([make_question(1)])
    with (corpus.folder / "AN-15-QE.jsonl").open("ab") as stream:
        stream.write(line)
    with pytest.raises(CorpusError, match=r"AN-15-QE\.jsonl, ligne 2 : "):
        list(corpus.questions())


def test_misplaced_line_stops_a_merge(corpus: Corpus, make_question: Make) -> None:
    corpus.merge([make_question(2)])
    with (corpus.folder / "AN-15-QE.jsonl").open("ab") as stream:
        stream.write(b'{"uid":"QANR5L15QE1"}\n')
    with pytest.raises(CorpusError, match="QANR5L15QE1 n'est pas à sa place"):
        corpus.merge([make_question(3)])


def test_lines_without_news_are_copied_as_they_are(corpus: Corpus, make_question: Make) -> None:
    corpus.folder.mkdir(parents=True)
    odd = b'{"uid": "QANR5L15QE1", "title":   "Tel quel"}'
    (corpus.folder / "AN-15-QE.jsonl").write_bytes(odd)
    corpus.merge([make_question(2)])
    assert (corpus.folder / "AN-15-QE.jsonl").read_bytes().startswith(odd + b"\n{")


_HOLD = """
import sys, time
from pathlib import Path
from indexer.corpus import Corpus
with Corpus(Path(sys.argv[1])).locked():
    print("held", flush=True)
    time.sleep(600)
"""


def test_only_one_process_writes(corpus: Corpus, make_question: Make) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    command = [sys.executable, "-c", _HOLD, str(corpus.folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(CorpusError, match="une autre commande écrit"):
                corpus.merge([make_question(1)])
        finally:
            holder.kill()
    assert corpus.merge([make_question(1)]) == MergeReport(added=1)


def test_folder_that_cannot_be_made_is_a_corpus_error(tmp_path: Path, make_question: Make) -> None:
    (tmp_path / "corpus").write_text("un fichier")
    with pytest.raises(CorpusError, match="écriture impossible"):
        Corpus(tmp_path / "corpus" / "questions").merge([make_question(1)])


def test_actors_fill_authors_now_and_later(corpus: Corpus, make_question: Make) -> None:
    corpus.merge(
        [
            make_question(1, author_ref="PA1"),
            make_question(2, author_ref="PA1", author="Déjà Là"),
            make_question(3, author_ref="PA2"),
            make_question(4, legislature=12, author_ref="PA1"),
        ]
    )
    assert corpus.fill_actors({"PA1": "Mme Jeanne Exemple"}) == 1
    assert [question.author for question in corpus.questions()] == [
        None, "Mme Jeanne Exemple", "Déjà Là", None,
    ]  # fmt: skip
    assert corpus.actors() == {"PA1": "Mme Jeanne Exemple"}
    before = times(corpus)
    assert corpus.fill_actors({"PA1": "Mme Jeanne Exemple"}) == 0
    assert times(corpus) == before
    assert corpus.fill_actors({"PA2": "M. Paul Modèle"}) == 1
    assert (corpus.folder.parent / "acteurs.tsv").read_text("utf-8") == (
        "PA1\tMme Jeanne Exemple\nPA2\tM. Paul Modèle\n"
    )


def test_questions_that_are_completed_come_in_blocks_of_a_bounded_size(
    tmp_path: Path, make_question: Make
) -> None:
    Corpus(tmp_path).merge([make_question(number=number) for number in range(1, 502)])
    completed = Corpus(tmp_path, complete=lambda question: replace(question, rubrique="animaux"))
    found = list(completed.blocks())
    assert max(len(block.lines) for block in found) <= 200
    assert [number for block in found for number in block.numbers] == list(range(1, 502))
    assert all(b'"animaux"' in line for block in found for line in block.lines)
    assert completed.digest() != Corpus(tmp_path).digest()


def test_damaged_actors_are_named(corpus: Corpus) -> None:
    corpus.folder.mkdir(parents=True)
    (corpus.folder.parent / "acteurs.tsv").write_text("PA1 sans tabulation\n")
    with pytest.raises(CorpusError, match=r"acteurs\.tsv"):
        corpus.actors()


def test_progress_counts_questions(corpus: Corpus, make_question: Make) -> None:
    seen: list[tuple[int, int]] = []
    given = [make_question(1), make_question(1), make_question(1, kind="QG")]
    corpus.merge(given, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3)]


def test_sample_is_read_with_its_turns() -> None:
    sample = sample_corpus()
    found = {question.key: question for question in sample.questions()}
    assert len(found) == sum(sample.counts().values()) > 70
    assert all(question.extra.get("fictional") for question in found.values())
    exchanges = [question for question in found.values() if question.kind == "QG"]
    assert exchanges
    assert all(isinstance(turn, Turn) for entry in exchanges for turn in entry.answer_turns)
    assert any(entry.answer_turns for entry in exchanges)
    key, question = next(iter(found.items()))
    assert sample.get(key) == question


def test_lines_are_json_of_the_interchange_form(corpus: Corpus, make_question: Make) -> None:
    corpus.merge([make_question(1, title="Éléphant")])
    (line,) = (corpus.folder / "AN-15-QE.jsonl").read_text("utf-8").splitlines()
    assert line.startswith('{"uid":"QANR5L15QE1","type":"QE"')
    assert json.loads(line)["title"] == "Éléphant"
