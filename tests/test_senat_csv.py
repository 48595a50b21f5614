"""The Sénat's lists of questions."""

import csv
import io
from datetime import date

import pytest

from indexer.errors import BadRecord
from indexer.question import Question
from indexer.sources import senat_csv
from indexer.sources.documents import Document

COLUMNS = (
    "Numéro", "Référence", "Titre", "Nom", "Prénom", "Civilité", "Circonscription", "Groupe",
    "Type Appartenance", "Date de publication JO", "Ministère de dépôt", "Ministère de réponse",
    "Texte", "URL Question",
)  # fmt: skip
ROW = {
    "Numéro": "08141",
    "Référence": "QE 08141",
    "Titre": "Un « titre » ; deux",
    "Nom": "Exemple",
    "Prénom": "Jeanne",
    "Civilité": "Mme",
    "Circonscription": "Ain",
    "Groupe": "EXE",
    "Type Appartenance": "Membre",
    "Date de publication JO": "05/11/2019",
    "Ministère de dépôt": "Intérieur",
    "Ministère de réponse": "Justice",
    "Texte": 'Mme Jeanne Exemple dit\n"non",\r\npuis oui ;\tvoilà.',
    "URL Question": "http://www.senat.fr/questions/base/2019/qSEQ191108141.html",
}
QUESTION = Question(
    chamber="SENAT",
    legislature=15,
    kind="QE",
    number=8141,
    author="Mme Jeanne Exemple",
    group="EXE",
    department="Ain",
    title="Un « titre » ; deux",
    ministry="Intérieur",
    ministry_answering="Justice",
    date_question=date(2019, 11, 5),
    question_text='Mme Jeanne Exemple dit\n"non",\npuis oui ; voilà.',
    source_url="https://www.senat.fr/questions/base/2019/qSEQ191108141.html",
)


def table(*rows: dict[str, str], delimiter: str = ";") -> str:
    """Write rows as a list; a row may have columns beside the common ones."""
    names = list(dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)]))
    written = io.StringIO()
    writer = csv.DictWriter(written, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def document(text: str, encoding: str = "utf-8") -> Document:
    return Document("qe.csv", "qe.csv", lambda: io.BytesIO(text.encode(encoding)))


def read(text: str, encoding: str = "utf-8") -> list[object]:
    source = document(text, encoding)
    assert senat_csv.recognise(source)
    return list(senat_csv.parse(source))


def question(**changes: str) -> Question:
    (read_one,) = read(table({**ROW, **changes}))
    assert isinstance(read_one, Question)
    return read_one


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_list_is_read_in_any_encoding_and_separator(delimiter: str, encoding: str) -> None:
    assert read(table(ROW, delimiter=delimiter), encoding) == [QUESTION]


def test_columns_are_found_by_name_in_any_order() -> None:
    written = io.StringIO()
    writer = csv.DictWriter(written, sorted(COLUMNS), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerow(ROW)
    assert read(written.getvalue()) == [QUESTION]


@pytest.mark.parametrize(
    ("number", "nature", "uid"),
    [
        ("08141", "", "QSENR5L15QE8141"),
        ("1054S", "", "QSENR5L15QOSD1054"),
        ("0791G", "", "QSENR5L15QG791"),
        ("0791G", "QC", "QSENR5L15QC791"),
        ("0012", "Question orale avec débat", "QSENR5L15QOAD12"),
        ("0012E", "QOAE", "QSENR5L15QOAE12"),
        ("1054S", "Nature nouvelle", "QSENR5L15QOSD1054"),
    ],
)
def test_the_letter_tells_the_kind_unless_the_column_does(
    number: str, nature: str, uid: str
) -> None:
    assert question(Numéro=number, Nature=nature).uid == uid


@pytest.mark.parametrize(
    ("sort", "status"),
    [
        ("Réponse", "answered"),
        ("Retirée", "withdrawn"),
        ("Caduque", "lapsed"),
        ("En cours", "waiting"),
        ("Rappelée", "waiting"),
        ("", "waiting"),
    ],
)
def test_the_sort_tells_the_state(sort: str, status: str) -> None:
    read_one = question(Sort=sort)
    assert read_one.status == status
    assert read_one.closing_label == (sort or None)


def test_the_date_may_come_with_an_hour() -> None:
    assert question(**{"Date de publication JO": "2016-03-18 00:00:00"}).uid == "QSENR5L14QE8141"


def test_markup_in_the_text_is_read_as_paragraphs() -> None:
    assert question(Texte="Un.<br/>Deux &amp; trois.").question_text == "Un.\nDeux & trois."


def test_only_a_web_address_is_kept() -> None:
    assert question(**{"URL Question": "javascript:alert(1)"}).source_url is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Numéro": "néant"}, "numéro « néant » illisible"),
        ({"Numéro": "0012Z"}, "type de question introuvable"),
        ({"Numéro": "0"}, "numéro 0 impossible"),
        ({"Date de publication JO": "hier"}, "date « hier » illisible"),
        ({"Date de publication JO": "05/11/1919"}, "législature introuvable"),
    ],
)
def test_a_bad_row_is_left_out_with_its_line_and_reason(
    changes: dict[str, str], reason: str
) -> None:
    bad, good = read(table({**ROW, **changes, "Texte": "a\nb"}, ROW))
    assert isinstance(bad, BadRecord)
    assert str(bad).startswith(f"qe.csv, ligne 3 : {reason}")
    assert good == QUESTION


def test_a_row_that_is_too_short_is_left_out() -> None:
    bad, good = read(table(ROW).replace("\r\n08141", "\r\n12;trop court\r\n08141"))
    assert isinstance(bad, BadRecord)
    assert "14 colonnes attendues, 2 lues" in str(bad)
    assert good == QUESTION


def test_a_quote_that_never_closes_costs_rows_but_ends() -> None:
    text = table(ROW, ROW) + '12;"' + "x\n" * 200_000
    first, second, *rest = read(text)
    assert first == second == QUESTION
    assert rest
    assert all(isinstance(item, BadRecord) for item in rest)
    assert any("ligne CSV illisible" in str(item) for item in rest)


def test_empty_lines_are_nothing() -> None:
    assert read(table(ROW) + "\r\n;;\r\n\r\n") == [QUESTION]


@pytest.mark.parametrize(
    "first",
    ["", "Numéro;Titre", "Numéro|Titre|Date de publication JO|Type Appartenance", "<html>", "{}"],
)
def test_another_first_line_is_not_taken_for_the_header(first: str) -> None:
    assert not senat_csv.recognise(document(f"{first}\nrien"))


def test_a_file_without_the_columns_tells_so() -> None:
    with pytest.raises(BadRecord, match="colonnes de liste du Sénat introuvables"):
        list(senat_csv.parse(document("a;b\n1;2\n")))
