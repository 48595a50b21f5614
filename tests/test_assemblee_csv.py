"""Lists of written questions separated by bars."""

import gzip
import io
import json
from datetime import date
from pathlib import Path
from typing import IO, cast

import pytest

from indexer.errors import BadRecord
from indexer.interchange import to_record
from indexer.question import Question
from indexer.sources import assemblee_csv
from indexer.sources.documents import Document

HEADER = "id|groupe|nom|ministère_interrogé|rubrique|titre|date|question"
ROW = '12|Groupe exemple|Mme Jeanne Exemple|Intérieur|police|Un « titre »|05/07/2022|Le "texte".'
QUESTION = Question(
    legislature=16,
    kind="QE",
    number=12,
    author="Mme Jeanne Exemple",
    group="Groupe exemple",
    ministry="Intérieur",
    date_question=date(2022, 7, 5),
    title="Un « titre »",
    rubrique="police",
    question_text='Le "texte".',
    source_url="https://questions.assemblee-nationale.fr/q16/16-12QE.htm",
)
FIELDS = (
    "uid", "type", "legislature", "number", "author", "group", "ministry", "date_question", "title",
    "rubrique", "question_text", "answer_text", "source_url",
)  # fmt: skip


def document(data: bytes) -> Document:
    return Document("liste.csv", "liste.csv", lambda: io.BytesIO(data))


def items(*lines: str) -> list[object]:
    return list(assemblee_csv.parse(document("\n".join((HEADER, *lines)).encode())))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_list_is_read_in_any_encoding(encoding: str, line_end: str) -> None:
    source = document(line_end.join((HEADER, ROW, "")).encode(encoding))
    assert assemblee_csv.recognise(source)
    assert list(assemblee_csv.parse(source)) == [QUESTION]


def test_the_header_is_no_question_even_when_lists_are_joined() -> None:
    assert items(ROW, "", HEADER) == [QUESTION]


def test_the_legislature_follows_from_the_date() -> None:
    (question,) = items(ROW.replace("2022", "2015"))
    assert isinstance(question, Question)
    assert question.uid == "QANR5L14QE12"


def test_a_bar_in_the_question_is_text_and_a_quotation_mark_too() -> None:
    (question,) = items(f'{ROW} "a|b"')
    assert isinstance(question, Question)
    assert question.question_text == 'Le "texte". "a|b"'


def test_a_stray_carriage_return_is_a_space() -> None:
    (question,) = items(ROW.replace("police", "po\rlice"))
    assert isinstance(question, Question)
    assert question.rubrique == "po lice"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("12|trois|cellules", "8 colonnes attendues, 3 lues"),
        (ROW.replace("05/07/2022", "jamais"), "date « jamais » illisible"),
        (ROW.replace("12|", "douze|"), "numéro « douze » illisible"),
        (ROW.replace("12|", "0|"), "numéro 0 impossible"),
        (ROW.replace("2022", "1922"), "législature introuvable"),
    ],
)
def test_a_bad_line_is_left_out_with_its_number_and_reason(line: str, reason: str) -> None:
    bad, good = items(line, ROW)
    assert isinstance(bad, BadRecord)
    assert str(bad).startswith(f"liste.csv, ligne 2 : {reason}")
    assert good == QUESTION


def test_a_line_too_long_for_a_record_stops_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemblee_csv, "MAX_RECORD_BYTES", 200)
    rows = assemblee_csv.parse(document(f"{HEADER}\n{ROW}\n{'x' * 500}\n{ROW}".encode()))
    assert next(rows) == QUESTION
    with pytest.raises(BadRecord, match="ligne 3"):
        next(rows)


def test_a_list_is_read_line_by_line() -> None:
    class Endless(io.RawIOBase):
        """Gives the header, then rows for ever."""

        given = False

        def readable(self) -> bool:
            return True

        def read(self, _size: int = -1) -> bytes:
            text = ROW if self.given else HEADER
            self.given = True
            return f"{text}\n".encode()

    rows = assemblee_csv.parse(
        Document("liste.csv", "liste.csv", lambda: cast("IO[bytes]", Endless()))
    )
    assert [next(rows) for _ in range(1000)] == [QUESTION] * 1000


@pytest.mark.parametrize("first", ["", ROW, HEADER.replace("|", ";"), f"x{HEADER}", "{}"])
def test_another_first_line_is_not_taken_for_the_header(first: str) -> None:
    assert not assemblee_csv.recognise(document(f"{first}\n{ROW}".encode()))


@pytest.mark.real_data
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_the_real_list_agrees_with_its_reference_records(shared_data: Path, encoding: str) -> None:
    path = shared_data / "formats" / "an_csv" / "questions_ecrites_16_cp1252.csv"
    data = path.read_bytes().decode("cp1252").encode(encoding)
    source = document(data)
    assert assemblee_csv.recognise(source)
    questions = [item for item in assemblee_csv.parse(source) if isinstance(item, Question)]
    assert len(questions) == 1308
    read = {question.uid: to_record(question) for question in questions}
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    expected = {
        record["uid"]: record
        for record in records
        if record["source"] == "jcomperatore/PythonPourLaDataScience"
    }
    # One of the 1,308 has its reference record from the question's own page.
    assert read.keys() - expected.keys() == {"QANR5L16QE200"}
    assert len(expected) == 1307
    for uid, record in expected.items():
        assert {field: read[uid][field] for field in FIELDS} == {
            field: record[field] for field in FIELDS
        }
