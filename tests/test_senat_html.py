"""Pages of the Sénat: questions, and results of a search."""

import io
from datetime import date
from pathlib import Path

import pytest

from indexer.errors import BadRecord
from indexer.question import Attribution, Question
from indexer.sources import senat_html
from indexer.sources.documents import Document
from indexer.sources.senat_numbers import find_identifier, month_of, page_url, read_number
from indexer.sources.senat_question_page import classify

NAME = "qSEQ160401234.html"
PAGE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head><title>Un titre - S&eacute;nat</title>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></head><body>
<!-- START : content --><div id="header"><a href="/questions/index.html">Questions</a></div>
<!-- START : primary -->
<div id="primary"><a name="haut"></a>
<h1 class="title">
   Un titre
</h1>
<h2>14 <sup>e</sup> l&eacute;gislature</h2>
<h2>
  {kind} n&deg; {number}
  de <b> Mme Jeanne
  Exemple </b> (Ain - EXE)
</h2>
<h3>publi&eacute;e dans le JO S&eacute;nat du 07/04/2016 - page 1330</h3>
{before}
<p align="justify">Mme Jeanne Exemple demande.<br/><br/>
Son cœur saigne.</p>
{after}
<p>Page mise à jour le 3 mai 2016</p>
</div>
<!-- END : primary -->
<p>Réponse du pied de page</p></body></html>"""
ANSWER = """<h2>Réponse du Ministère de l'intérieur</h2>
<h3>publiée dans le JO Sénat du 05/05/2016 - page 1900</h3>
<p align="justify">Le ministère répond.<br/>Réponse du berger à la bergère.</p>"""
WAITING = "<h3>En attente de réponse du Ministère de l'intérieur</h3>"
DEFAULTS = {"kind": "Question &eacute;crite", "number": "01234", "before": "", "after": ANSWER}

RESULTS = """<html><head><title>Site du sénat</title></head><body><!-- START : content -->
<form action="/basile/rechercheQuestion.do"><input type="radio" name="date" value="dateJODepot"
{by_question}><input type="radio" name="date" value="dateJORep" {by_answer}></form>
<div class="block" id="block-results"><h2>Votre résultat</h2><table>
<tr><th>Questions</th><th>Date</th></tr>{rows}</table></div></body></html>"""
ROW = """<tr class="active"><td><div class="document document-04">
<a href="visio.do?id={identifier}&amp;idtable=q1|q2&amp;_na={nature}&amp;tri=dd"  >
   Un titre : l&#39;été
</a><small>Question n&deg; {number}
   posée par
   Mme
   Jeanne
   Exemple
<br /><em>{state}</em></small></div></td>
<td>{day}</td></tr>"""
ROW_DEFAULTS = {
    "identifier": "qSEQ160401234",
    "nature": "QE",
    "number": "01234",
    "state": "Réponse\n du\n Ministère de l&#39;intérieur",
    "day": "07/04/2016",
}


def document(text: str, name: str = NAME, encoding: str = "cp1252") -> Document:
    return Document(name, name, lambda: io.BytesIO(text.encode(encoding)))


def items(source: Document) -> list[object]:
    assert senat_html.recognise(source)
    return list(senat_html.parse(source))


def read(name: str = NAME, encoding: str = "cp1252", **parts: str) -> Question:
    (question,) = items(document(PAGE.format(**{**DEFAULTS, **parts}), name, encoding))
    assert isinstance(question, Question)
    return question


def results(*rows: dict[str, str], by_answer: bool = False) -> list[object]:
    text = RESULTS.format(
        by_question="" if by_answer else "checked",
        by_answer="checked" if by_answer else "",
        rows="".join(ROW.format(**{**ROW_DEFAULTS, **row}) for row in rows),
    )
    return items(document(text, "recherche.html"))


def result(by_answer: bool = False, **row: str) -> Question:
    (question,) = results(row, by_answer=by_answer)
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_an_answered_question_gives_all_that_a_reader_sees(encoding: str) -> None:
    assert read(encoding=encoding) == Question(
        chamber="SENAT",
        legislature=14,
        kind="QE",
        number=1234,
        author="Mme Jeanne Exemple",
        department="Ain",
        group="EXE",
        title="Un titre",
        ministry="Ministère de l'intérieur",
        ministry_answering="Ministère de l'intérieur",
        date_question=date(2016, 4, 7),
        page_question=1330,
        date_answer=date(2016, 5, 5),
        page_answer=1900,
        question_text="Mme Jeanne Exemple demande.\nSon cœur saigne.",
        answer_text="Le ministère répond.\nRéponse du berger à la bergère.",
        source_url="https://www.senat.fr/questions/base/2016/qSEQ160401234.html",
    )


def test_the_address_is_known_only_from_the_name_of_the_file() -> None:
    assert read(name="page.html").source_url is None


def test_a_question_that_waits_names_the_ministry_waited_for() -> None:
    question = read(after=WAITING)
    assert question.status == "waiting"
    assert (question.ministry, question.ministry_answering) == ("Ministère de l'intérieur", None)
    assert (question.answer_text, question.date_answer) == ("", None)


def test_a_question_passed_on_is_the_new_ministry_s() -> None:
    question = read(after="<p>Transmise au Ministère de la justice</p>" + WAITING)
    assert question.ministry is None
    assert question.ministry_answering == "Ministère de la justice"
    assert question.attributions == (Attribution(None, "Ministère de la justice"),)
    assert "Transmise" not in question.question_text


def test_a_reminder_names_the_question_that_it_recalls() -> None:
    before = '<h3>Rappelle la question n° <a href="qSEQ150100999.html">00999</a></h3>'
    question = read(before=before)
    assert question.extra == {"recalled_question": "00999"}
    assert (question.number, question.question_text) == (1234, read().question_text)


def test_a_lapsed_question() -> None:
    question = read(after="<p>La question est caduque</p>")
    assert (question.status, question.closing_label) == ("lapsed", "La question est caduque")
    assert question.question_text == read().question_text


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("La question a été retirée pour cause de fin de mandat.", "fin de mandat"),
        ("La question a été retirée", None),
    ],
)
def test_a_withdrawn_question(told: str, reason: str | None) -> None:
    question = read(after=f"<p>{told}</p>")
    assert (question.status, question.withdrawal_reason) == ("withdrawn", reason)
    assert question.answer_text == ""


def test_errata_belong_to_the_text_that_they_follow() -> None:
    question = read(
        after="<p><i>Erratum : JO du 12/04/2016 p.1400</i></p>"
        + ANSWER
        + "<p><i>Erratum : JO du 12/05/2016 p.2000</i></p>"
    )
    assert question.question_erratum == "Erratum : JO du 12/04/2016 p.1400"
    assert question.answer_erratum == "Erratum : JO du 12/05/2016 p.2000"
    assert question.date_question == date(2016, 4, 7)
    assert question.answer_text == read().answer_text


def test_what_is_no_text_is_left_out_of_the_texts() -> None:
    question = read(
        before="<h3>Concerne le thème : Santé</h3><p>Voir la vidéo</p>",
        after="<p>Transformée en QOSD <a>1054S</a></p>",
    )
    assert question.rubrique == "Santé"
    assert question.question_text == read().question_text


@pytest.mark.parametrize(
    ("kind", "number", "uid"),
    [
        ("Question orale sans d&eacute;bat", "1054S", "QSENR5L14QOSD1054"),
        ("Question d'actualit&eacute; au gouvernement", "0791G", "QSENR5L14QG791"),
        ("Question orale europ&eacute;enne avec d&eacute;bat", "0012E", "QSENR5L14QOAE12"),
    ],
)
def test_the_heading_tells_the_kind(kind: str, number: str, uid: str) -> None:
    assert read(kind=kind, number=number).uid == uid


def test_the_minutes_of_an_oral_answer_have_their_turns() -> None:
    minutes = ANSWER.replace(
        "Le ministère répond.", "M. le ministre. Je réponds.<br/>Mme Jeanne Exemple. Merci."
    )
    question = read(kind="Question orale sans débat", number="1054S", after=minutes)
    assert [turn.speaker for turn in question.answer_turns] == [
        "M. le ministre",
        "Mme Jeanne Exemple",
    ]
    assert read(after=minutes).answer_turns == ()


def test_a_list_gives_what_it_says_of_each_question() -> None:
    assert result() == Question(
        chamber="SENAT",
        legislature=14,
        kind="QE",
        number=1234,
        author="Mme Jeanne Exemple",
        title="Un titre : l'été",
        ministry_answering="Ministère de l'intérieur",
        date_question=date(2016, 4, 7),
        closing_code="REP_PUB",
        closing_label="Réponse publiée",
        source_url="https://www.senat.fr/questions/base/2016/qSEQ160401234.html",
    )


def test_a_listed_question_may_wait_or_lapse() -> None:
    waiting = result(state="En attente de réponse\n du Premier ministre")
    assert (waiting.status, waiting.ministry) == ("waiting", "Premier ministre")
    assert (waiting.closing_code, waiting.author) == (None, "Mme Jeanne Exemple")
    assert result(state="La question est caduque").status == "lapsed"


def test_the_one_date_of_a_list_is_what_the_search_was_made_by() -> None:
    # The answer came after the elections; the question's number is of the legislature before.
    question = result(by_answer=True, day="03/08/2017")
    assert (question.date_question, question.date_answer) == (None, date(2017, 8, 3))
    assert question.legislature == 14


def test_the_date_of_a_question_to_the_government_is_both() -> None:
    question = result(number="0791G", identifier="qSEQ16030791G", day="18/03/2016")
    assert question.uid == "QSENR5L14QG791"
    assert question.date_question == question.date_answer == date(2016, 3, 18)


def test_a_letter_that_is_not_known_leaves_the_kind_to_the_search() -> None:
    assert result(number="0012A", nature="QOAD").kind == "QOAD"
    (bad,) = results({"number": "0012A", "nature": "tout"})
    assert isinstance(bad, BadRecord)


def test_a_bad_row_is_left_out_with_its_place() -> None:
    first, bad, last = results({}, {"day": "hier"}, {"number": "01235"})
    assert isinstance(first, Question)
    assert isinstance(bad, BadRecord)
    assert str(bad).startswith("recherche.html, résultat 2 : législature introuvable")
    assert isinstance(last, Question)
    assert last.number == 1235


def test_an_empty_list_tells_so() -> None:
    (bad,) = results()
    assert isinstance(bad, BadRecord)
    assert "aucune question" in str(bad)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<html><!-- START : content --><p>Un dossier du Sénat", "dossier.html"),
        ("<html><a href='https://www.senat.fr/questions/base/2016/x.html'>source</a>", "a.html"),
        ("", NAME),
    ],
)
def test_another_page_is_not_taken_for_a_question_page(text: str, name: str) -> None:
    assert not senat_html.recognise(document(text, name))


def test_a_page_of_the_site_without_question_tells_so() -> None:
    (bad,) = items(document("<!-- START : content --><p>Rien ici"))
    assert isinstance(bad, BadRecord)
    assert "aucune question" in str(bad)


def test_a_line_too_long_for_a_heading_is_text() -> None:
    assert classify("Question écrite n° 1 de M. Jean Exemple (Ain - EXE)").name == "question"
    assert classify("Question écrite n° 1 de " + "M. (a - " * 200_000).name == "text"


def test_numbers_identifiers_and_addresses() -> None:
    assert read_number(" 1054s ") == (1054, "QOSD")
    assert read_number("0012Z") == (12, None)
    assert read_number("douze") is None
    assert find_identifier("visio.do?id=qSEQ870412345&x") == "qSEQ870412345"
    assert page_url("qSEQ870412345") == (
        "https://www.senat.fr/questions/base/1987/qSEQ870412345.html"
    )
    assert month_of("qSEQ160401234") == date(2016, 4, 1)
    assert page_url("qSEQ161301234") is None
    assert page_url("autre") is None


@pytest.mark.real_data
def test_the_real_results_page(shared_data: Path) -> None:
    path = shared_data / "formats" / "senat_html" / "question_search_result.html"
    read_items = items(Document(path.name, path.name, lambda: path.open("rb")))
    questions = [item for item in read_items if isinstance(item, Question)]
    assert len(questions) == len(read_items) == 10
    assert {question.number for question in questions} == {*range(773, 778), *range(791, 796)}
    assert questions[0] == Question(
        chamber="SENAT",
        legislature=14,
        kind="QG",
        number=791,
        author="M. Georges Labazée",
        title="Partenariat entre La Poste et l'État : maisons de services au public",
        ministry_answering="Ministère de l'aménagement du territoire, de la ruralité et des "
        "collectivités territoriales",
        date_question=date(2016, 3, 18),
        date_answer=date(2016, 3, 18),
        closing_code="REP_PUB",
        closing_label="Réponse publiée",
        source_url="https://www.senat.fr/questions/base/2016/qSEQ16030791G.html",
    )
    assert questions[1].ministry_answering == "Premier ministre"
    assert questions[5].author == "Mme Éliane Giraud"
    assert {question.date_question for question in questions[5:]} == {date(2016, 3, 9)}
    assert all(question.status == "answered" for question in questions)
