import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from indexer.question import Question
from indexer.sources import record_stream
from indexer.sources.assemblee_json import SOURCE, parse, recognise
from indexer.sources.documents import Document, documents


def record(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "uid": f"QANR5L14QE{number}",
        "identifiant": {"numero": str(number), "legislature": "14"},
        "type": "QE",
        "indexationAN": {"rubrique": "eau"},
        "textesQuestion": {"texteQuestion": {"texte": "Quel prix ?"}},
        **fields,
    }


def document(content: Any, name: str = "Questions.json") -> Document:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Document(name, name, lambda: io.BytesIO(data))


def uids(content: Any) -> list[str]:
    return [
        item.uid if isinstance(item, Question) else str(item) for item in parse(document(content))
    ]


TWO = ["QANR5L14QE1", "QANR5L14QE2"]


@pytest.mark.parametrize(
    "content",
    [
        {"questionsGvt": {"question": [record(1), record(2)]}},
        {"questionsEcrites": {"question": [record(1), record(2)]}},
        {"@xmlns": "x", "questions": {"question": [record(1), record(2)]}},
        {"question": [record(1), record(2)]},
        [record(1), record(2)],
        [{"question": record(1)}, {"question": record(2)}],
    ],
)
def test_the_big_file_is_recognised_and_read_in_every_wrapping(content: Any) -> None:
    assert recognise(document(content))
    assert uids(content) == TWO


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \r\n\t"])
def test_one_question_a_file_is_recognised_and_read(before: bytes) -> None:
    content = before + json.dumps({"question": record(1)}).encode()
    assert recognise(document(content))
    assert uids(content) == ["QANR5L14QE1"]


def test_numbers_may_be_numbers() -> None:
    numbered = record(1, uid=None, identifiant={"numero": 1, "legislature": 14})
    assert uids({"question": numbered}) == uids([numbered]) == ["QANR5L14QE1"]


def test_a_record_that_is_none_is_told_of_and_the_others_are_read() -> None:
    content = {"questionsGvt": {"question": [record(1), record(7, type="QG"), {}, record(2)]}}
    assert uids(content) == [
        "QANR5L14QE1",
        "Questions.json, question 2 : « QANR5L14QE7 » contredit type = QG",
        "Questions.json, question 3 : champ « identifiant.legislature » absent",
        "QANR5L14QE2",
    ]


def test_what_comes_before_broken_json_is_read_and_the_break_is_told_of() -> None:
    whole = json.dumps({"questionsGvt": {"question": [record(n) for n in range(1, 500)]}}).encode()
    found = uids(whole[: len(whole) // 2])
    assert found[:2] == TWO
    assert len(found) > 200
    assert found[-1].startswith("Questions.json : JSON illisible (")


def test_a_broken_file_of_one_question_is_told_of() -> None:
    (found,) = uids(b'{"question": {"uid": ')
    assert found.startswith("Questions.json : JSON illisible (")


@pytest.mark.parametrize("content", [{"questionsGvt": {"question": []}}, [], {"other": record(1)}])
def test_a_file_without_questions_is_told_of(content: Any) -> None:
    assert uids(content) == ["Questions.json : aucun enregistrement « question » dans ce fichier"]


def test_a_question_that_is_too_large_stops_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "MAX_RECORD_BYTES", 2**20)
    found = uids([record(1), record(2), record(3, note="a" * 2**21), record(4)])
    assert found[:2] == TWO
    assert found[2:] == ["Questions.json : plus de 1 Mo sans un enregistrement complet"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"uid": "QANR5L15QE1", "question_text": "identifiant", "indexationAN": 1}\n',
        b'{"question_text": "a", "identifiant": 1, "indexationAN": 2}',
        b'{"acteur": {"uid": "PA1", "identifiant": 1, "indexationAN": 2}}',
        b'[{"uid": "PA1", "etatCivil": {}}]',
        b'<question><identifiant/></question> "identifiant" "indexationAN"',
        b'{"questionecrite": {"id": "1", "numero": "24191"}}',
        b"",
        b"{}",
        b"[]",
    ],
)
def test_other_documents_are_not_recognised(content: bytes) -> None:
    assert not recognise(document(content))


def test_memory_does_not_grow_with_the_file() -> None:
    count = 5000
    records = [record(number, note="x" * 1000) for number in range(1, count + 1)]
    found = parse(document({"questionsEcrites": {"question": records}}))
    for _ in range(500):
        next(found)
    tracemalloc.start()
    assert sum(isinstance(item, Question) for item in found) == count - 500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The whole file is 6 MB of text, and more than that as objects.
    assert peak < 2**20


def test_the_source_says_what_it_is() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.parse) == ("assemblee_json", recognise, parse)


@pytest.fixture(scope="module")
def official(shared_data: Path) -> dict[str, tuple[Document, list[Any]]]:
    """Read every file of the official archive, each while the archive is open."""
    return {
        item.basename: (Document(item.name, item.basename, reader(item.read())), list(parse(item)))
        for item in documents(shared_data / "formats" / "an_json")
        if isinstance(item, Document)
    }


def reader(data: bytes) -> Callable[[], IO[bytes]]:
    return lambda: io.BytesIO(data)


@pytest.mark.real_data
def test_the_official_archive_is_recognised_and_read_whole(
    official: dict[str, tuple[Document, list[Any]]],
) -> None:
    assert len(official) == 639
    for name, (content, found) in official.items():
        assert recognise(content)
        assert [item.uid for item in found] == [name.removesuffix(".json")]


@pytest.mark.real_data
def test_the_official_questions_are_the_same_in_one_big_file(
    official: dict[str, tuple[Document, list[Any]]], tmp_path: Path
) -> None:
    records = [json.loads(content.read())["question"] for content, _ in official.values()]
    path = tmp_path / "Questions_gouvernement_XVI.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"questionsGvt": {"question": records}}).encode()))
    (big,) = documents(path)
    assert isinstance(big, Document)
    assert recognise(big)
    assert list(parse(big)) == [question for _, found in official.values() for question in found]
