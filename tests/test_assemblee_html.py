"""Question pages of the Assemblée nationale, in their three generations."""

import gzip
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import BadRecord
from indexer.interchange import to_record
from indexer.question import Attribution, Question
from indexer.sources import assemblee_html
from indexer.sources.documents import Document

FICHE = """<html><body align="center">
<title>FICHE QUESTION</title>
<center><b><leg>11ème législature</leg></b></center>
<table border="2"><tr><td> Question N° : <b><num>77</num></b></td>
<td> de <b><civ>Mme</civ> <aut>Exemple Jeanne</aut></b>(<groupe>Groupe exemple</groupe> -
<dept>Ain</dept>)</td><td><b><nat>{kind}</nat></b></td></tr>
<ret></ret><dret>{withdrawn}</dret><cret>{reason}</cret>
<tr><td>Ministère interrogé : </td><td><mini>emploi</mini></td></tr>
<tr><td>Ministère attributaire : </td><td><mina>santé</mina></td></tr>
<tr><td></td><td>Question publiée au JO le : <b><dpq>{asked}</dpq></b>
 page : <b><pgq>5316</pgq></b></td></tr>
<tr><td></td><td>Réponse publiée au JO le : <b><dpr>{answered}</dpr></b>
 page : <b><pgrep>{page}</pgrep></b></td></tr>
<derq>{erratum}</derq><pgerq>12</pgerq><derr></derr><pgerrep></pgerrep>
<tr><td></td><td><dsign>{signal}</dsign><draps>{renewals}</draps>
Date de changement d'attribution : <dca>{moved}</dca></td></tr>
<tr><td>Rubrique :</td><td><rub>hôpitaux</rub></td></tr>
<tr><td>Tête d'analyse :</td><td><tana>urgences</tana></td></tr>
<tr><td>Analyse :</td><td><ana>organisation</ana><span><dc>caché</dc></span></td></tr>
<tr><td><b><u>Texte de la QUESTION : </u></b></td><td><quest><html>{question}</html> </quest></td>
</tr><tr><td><b><u>Texte de la REPONSE : </u></b></td><td><rep><html>{answer}</html> </rep>
<comprep>{more}</comprep></td></tr></table>
<span><grp>{short}</grp><nleg>11</nleg><codret>{code}</codret><reg>Rhône-Alpes</reg>
<reponse>{flag}</reponse></span></body></html>"""
FICHE_DEFAULTS = {
    "kind": "QE", "withdrawn": "", "reason": "", "asked": "24/06/1998", "answered": "01/07/1998",
    "page": "5493", "erratum": "", "signal": "", "renewals": "", "moved": "", "more": "",
    "short": "EXE", "code": "REP_PUB", "flag": "O", "question": "Mme Jeanne Exemple demande.",
    "answer": "Le ministre répond. <br/>  En deux temps.",
}  # fmt: skip

COLUMNS = """<!DOCTYPE html><html><head><meta charset="utf-8"/>
<title>Question n°77 - Assemblée nationale</title></head><body><div class="page">
<header class="question_legislature">15ème législature</header>
<section class="question_header">
<div class="question_big_content" id="question_col10"> Question N° 77</div>
<div id="question_col80"> de <span class="question_big_content"><a
 href="https://www2.assemblee-nationale.fr/deputes/fiche/OMC_PA1234">Mme Jeanne Exemple</a></span>
 (Groupe (en test) - Libre - <span>Ain</span> )</div>
<div class="question_big_content" id="question_col10">{kind}</div></section>
<section class="question_info"><div class="ministere">
<div class="question_col50"><span>Ministère interrogé &gt; </span> Emploi</div>
<div class="question_col50"><span>Ministère attributaire &gt; </span> Santé</div></div>
<div class="analyse_header">
<div class="question_col33"><p> <span>Rubrique &gt; </span>hôpitaux</p></div>
<div class="question_col33"><p><span>{term} &gt; </span>Urgences &gt; nuit</p></div>
<div class="question_col33"><p> <span>Analyse &gt; </span> {analysis}</p></div></div></section>
<div class="question_publish_date">{dates}</div>
<section class="question_answer"><div class="question"><h3>Texte de la question</h3>
<p>{question}</p></div>{answer}</section></div></body></html>"""
COLUMNS_DEFAULTS = {
    "kind": "Question écrite",
    "term": "Titre",
    "analysis": "",
    "question": "Mme Jeanne Exemple demande.",
    "dates": "<div>Question publiée au JO le : <span>05/11/2019</span> page : <span>88</span>"
    "</div><div>Réponse publiée au JO le : <span>03/12/2019</span> page : <span>99</span></div>",
    "answer": '<div class="answer"><h3>Texte de la réponse</h3><div class="reponse_contenu">Oui.'
    "<table><tr><td>a</td><td>b</td></tr></table></div></div>",
}

BLOCK = """<!DOCTYPE html><html class="no-js" lang="fr"><head>
<title>Question n°77 : Un titre - Assemblée nationale</title></head><body><main>
<div class="an-bloc _style-question" data-id="QANR5L16{kind}77 / Bloc de style « question »">
<div class="title"><span class="h4">Question n°77 : <span class="_regular">Un titre</span></span>
</div><div><a class="link" href="#">Publication de la question au Journal Officiel
   du 26 juillet 2022{page}</a></div>
<div class="ha-grid"><div class="ha-grid-item size-3">
<div><div class="_pa-small"><p class="_colored-primary"><span>Question de :</span>
<span>Mme Jeanne Exemple (Grand Est - Groupe - NUPES)</span>{seance}</p>
<p class="_pa-small">{question}</p></div></div>{answer}</div>
<div class="ha-grid-item size-1"><p class="h6">Auteur : <span class="_regular"><a class="link"
 data-document-id="PA1234" href="#">Mme Jeanne Exemple (Grand Est - Groupe - NUPES)</a></span></p>
<p class="h6">Rubrique : <span class="_regular">Santé</span></p>
<p class="h6" id="blocMinistereInterroge">Ministère interrogé : <span class="_regular">Emploi</span>
</p><p class="h6" id="blocMinistereAttributaire">Ministère répondant :
<span class="_regular">Santé</span></p>
<p class="h6">Dates : <br/>{dates}</p></div></div></div></main></body></html>"""
BLOCK_DEFAULTS = {
    "kind": "QE",
    "page": ", page 3501",
    "seance": "",
    "question": "Mme Jeanne Exemple demande.",
    "answer": '<div><div class="_pa-small"><p class="_colored-green _bold">Réponse publiée '
    'le 27 septembre 2022</p><p class="_pa-small">Oui.</p></div></div>',
    "dates": '<span class="_regular">Question publiée le <a class="link">26 juillet 2022</a></span>'
    '<br/><span class="_regular"> Réponse publiée le <a class="link">27 septembre 2022</a></span>',
}
MINUTES = "<b>M. le président.</b> La parole est à Mme Exemple.<br/><b>Mme Jeanne Exemple.</b> Oui."
MINUTES_TEXT = "M. le président. La parole est à Mme Exemple.\nMme Jeanne Exemple. Oui."


def document(text: str, encoding: str = "utf-8") -> Document:
    return Document("page.html", "page.html", lambda: io.BytesIO(text.encode(encoding)))


def read(text: str, encoding: str = "utf-8") -> Question:
    source = document(text, encoding)
    assert assemblee_html.recognise(source)
    (question,) = assemblee_html.parse(source)
    assert isinstance(question, Question)
    return question


def fiche(**parts: str) -> Question:
    return read(FICHE.format(**{**FICHE_DEFAULTS, **parts}))


def columns(**parts: str) -> Question:
    return read(COLUMNS.format(**{**COLUMNS_DEFAULTS, **parts}))


def block(**parts: str) -> Question:
    return read(BLOCK.format(**{**BLOCK_DEFAULTS, **parts}))


def test_a_page_of_the_11th_legislature_gives_all_its_fields() -> None:
    assert fiche() == Question(
        legislature=11,
        kind="QE",
        number=77,
        author="Mme Exemple Jeanne",
        group="EXE",
        group_name="Groupe exemple",
        department="Ain",
        ministry="emploi",
        ministry_answering="santé",
        date_question=date(1998, 6, 24),
        date_answer=date(1998, 7, 1),
        page_question=5316,
        page_answer=5493,
        closing_code="REP_PUB",
        rubrique="hôpitaux",
        tete_analyse="urgences",
        analyses=("organisation",),
        question_text="Mme Jeanne Exemple demande.",
        answer_text="Le ministre répond.\nEn deux temps.",
        source_url="https://questions.assemblee-nationale.fr/q11/11-77QE.htm",
    )


def test_the_same_page_in_windows_encoding_is_the_same_question() -> None:
    assert read("\n " + FICHE.format(**FICHE_DEFAULTS), "cp1252") == fiche()


def test_an_old_page_tells_moves_signals_renewals_and_errata() -> None:
    question = fiche(
        moved="29/06/1998", signal="30/06/1998", renewals="31/08/1998 05/10/1998",
        erratum="01/07/1998", more="Et plus.",
    )  # fmt: skip
    assert question.attributions == (
        Attribution(date(1998, 6, 24), "emploi"),
        Attribution(date(1998, 6, 29), "santé"),
    )
    assert question.date_signal == date(1998, 6, 30)
    assert question.renewals == (date(1998, 8, 31), date(1998, 10, 5))
    assert question.question_erratum == "Erratum publié au JO le 01/07/1998, page 12"
    assert question.answer_erratum is None
    assert question.answer_text.endswith("En deux temps.\nEt plus.")


def test_an_old_page_tells_a_withdrawal() -> None:
    question = fiche(
        withdrawn="03/08/1998", reason="(fin de mandat)", answered="", page="", answer="",
        code="", flag="N",
    )  # fmt: skip
    assert question.status == "withdrawn"
    assert (question.date_withdrawn, question.withdrawal_reason) == (
        date(1998, 8, 3),
        "fin de mandat",
    )
    assert (question.answer_text, question.page_answer, question.date_answer) == ("", None, None)


def test_an_old_page_that_only_flags_the_answer_is_answered() -> None:
    assert fiche(code="", answered="", answer="").status == "answered"
    assert fiche(code="", answered="", answer="", flag="N").status == "waiting"


def test_without_a_short_name_the_group_is_the_printed_one() -> None:
    question = fiche(short="")
    assert (question.group, question.group_name) == ("Groupe exemple", None)


def test_a_page_of_the_15th_legislature_gives_all_its_fields() -> None:
    assert columns() == Question(
        legislature=15,
        kind="QE",
        number=77,
        author="Mme Jeanne Exemple",
        author_ref="PA1234",
        group="Groupe (en test) - Libre",
        department="Ain",
        ministry="Emploi",
        ministry_answering="Santé",
        date_question=date(2019, 11, 5),
        date_answer=date(2019, 12, 3),
        page_question=88,
        page_answer=99,
        title="Urgences > nuit",
        rubrique="hôpitaux",
        question_text="Mme Jeanne Exemple demande.",
        answer_text="Oui.\na | b",
        source_url="https://questions.assemblee-nationale.fr/q15/15-77QE.htm",
    )


def test_before_the_15th_legislature_the_second_term_is_no_title() -> None:
    question = columns(term="Tête d'analyse", analysis="rapport. propositions.")
    assert (question.title, question.tete_analyse) == (None, "Urgences > nuit")
    assert question.analyses == ("rapport. propositions.",)


def test_the_block_of_dates_tells_the_course_of_a_question() -> None:
    dates = """<div>Question publiée au JO le : <span>05/11/2019</span> page : <span>88</span></div>
    <div>Date de changement d'attribution : <span>12/11/2019</span></div>
    <div>Date de signalement : <span>14/01/2020</span></div>
    <div>Date de renouvellement : <span>18/02/2020</span></div>
    <div>Date de renouvellement : <span>26/05/2020</span></div>
    <div>Erratum de la question publié au JO le : <span>19/11/2019</span> page : <span>90</span>
    </div><div>Question retirée le : <span>30/06/2020</span> (Fin de mandat)</div>"""
    question = columns(dates=dates, answer="")
    assert question.attributions == (
        Attribution(date(2019, 11, 5), "Emploi"),
        Attribution(date(2019, 11, 12), "Santé"),
    )
    assert question.date_signal == date(2020, 1, 14)
    assert question.renewals == (date(2020, 2, 18), date(2020, 5, 26))
    assert question.question_erratum == "Erratum publié au JO le 19/11/2019, page 90"
    assert question.status == "withdrawn"
    assert question.date_withdrawn == date(2020, 6, 30)
    assert question.withdrawal_reason == "Fin de mandat"
    assert (question.date_answer, question.answer_text) == (None, "")


def test_a_page_of_the_16th_legislature_gives_all_its_fields() -> None:
    assert block() == Question(
        legislature=16,
        kind="QE",
        number=77,
        author="Mme Jeanne Exemple",
        author_ref="PA1234",
        group="Groupe - NUPES",
        department="Grand Est",
        ministry="Emploi",
        ministry_answering="Santé",
        date_question=date(2022, 7, 26),
        date_answer=date(2022, 9, 27),
        page_question=3501,
        title="Un titre",
        rubrique="Santé",
        question_text="Mme Jeanne Exemple demande.",
        answer_text="Oui.",
        source_url="https://questions.assemblee-nationale.fr/q16/16-77QE.htm",
    )


def test_a_paragraph_in_a_paragraph_does_not_cut_the_text() -> None:
    answer = BLOCK_DEFAULTS["answer"].replace("Oui.", "Oui. <p>Et <table><td>a<td>b</table> non.")
    question = block(question="Un.<p>Deux.</p>Trois.", answer=answer)
    assert question.question_text == "Un.\nDeux.\nTrois."
    assert question.answer_text == "Oui.\nEt\na | b\nnon."


def test_a_question_of_the_16th_legislature_may_wait_or_be_withdrawn() -> None:
    dates = BLOCK_DEFAULTS["dates"].partition("<br/>")[0]
    waiting = block(answer="", dates=dates)
    assert (waiting.status, waiting.answer_text, waiting.date_answer) == ("waiting", "", None)
    line = '<br/><span class="_regular">Question retirée le 11 juin 2024 (Fin de mandat)</span>'
    withdrawn = block(answer="", dates=dates + line)
    assert withdrawn.status == "withdrawn"
    assert withdrawn.date_withdrawn == date(2024, 6, 11)
    assert withdrawn.withdrawal_reason == "Fin de mandat"


def test_a_word_of_the_question_is_no_withdrawal() -> None:
    assert block(question="Une plainte retirée le 11 juin 2022.").date_withdrawn is None
    assert columns(question="Une plainte retirée le 11 juin 2022.").date_withdrawn is None


@pytest.mark.parametrize(
    "question",
    [
        fiche(kind="QG", question=" ", answer=MINUTES, answered=""),
        columns(
            kind="Question au Gouvernement",
            question="",
            answer=f'<div class="reponse_contenu">{MINUTES}</div>',
            dates="<div>Réponse publiée au JO le : <span>05/11/2019</span></div>",
        ),
        block(
            kind="QG",
            question=MINUTES,
            answer="",
            seance=", posée en séance, et publiée le 26 octobre 2022",
            page="",
            dates="",
        ),
    ],
    ids=["11", "15", "16"],
)
def test_a_question_to_the_government_is_an_exchange_of_one_day(question: Question) -> None:
    assert question.kind == "QG"
    assert question.question_text == ""
    assert question.answer_text == MINUTES_TEXT
    assert [turn.speaker for turn in question.answer_turns] == [
        "M. le président",
        "Mme Jeanne Exemple",
    ]
    assert question.date_question is not None
    assert question.date_answer == question.date_question


def test_an_oral_question_has_a_text_and_an_exchange() -> None:
    answer = BLOCK_DEFAULTS["answer"].replace("Oui.", MINUTES)
    question = block(kind="QOSD", answer=answer)
    assert question.question_text == "Mme Jeanne Exemple demande."
    assert question.answer_text == MINUTES_TEXT
    assert len(question.answer_turns) == 2
    assert question.date_answer == date(2022, 9, 27)


@pytest.mark.parametrize(
    "text",
    [
        "<title>FICHE QUESTION</title><p>autre chose",
        "<title>Questions - Assemblée nationale</title>",
        "<title>Question n°77 - Autre site</title>",
        "<p>FICHE QUESTION <num>77</num>",
    ],
)
def test_another_page_is_not_taken_for_a_question_page(text: str) -> None:
    assert not assemblee_html.recognise(document(text))


def test_a_page_without_question_tells_so() -> None:
    (bad,) = assemblee_html.parse(document("<title>Question n°77 - Assemblée nationale</title>"))
    assert isinstance(bad, BadRecord)
    assert "aucune question" in str(bad)


# Where a real page tells more than its reference record, or tells it better.
DELIBERATE: dict[str, dict[str, Any]] = {
    # The hidden short name is the group's key elsewhere; the printed name is group_name.
    "html_11_qe": {"group": "COM"},
    "html_11_qg": {"group": "RCV"},
    "html_11_qosd": {"group": "RCV"},
    # Links to the authors' pages hold their references.
    "html_14_qe": {"author_ref": "PA607603"},
    "html_14_qg": {"author_ref": "PA642788"},
    "html_14_qosd": {"author_ref": "PA336421"},
    "html_16_qe": {"author_ref": "PA722252"},
    # A question to the Government is answered in the sitting where it is put.
    "html_16_qg": {"author_ref": "PA722150", "date_answer": "2022-10-26"},
    # The heading of the answer says "Réponse en séance, et publiée le 24 mai 2023".
    "html_16_qosd": {"author_ref": "PA719890", "date_answer": "2023-05-24"},
}
MORE: dict[str, tuple[str, int | None, int | None, int]] = {
    "html_11_qe": ("Seine-Saint-Denis", 2254, 3099, 0),
    "html_11_qg": ("Maine-et-Loire", 1919, 1919, 15),
    "html_11_qosd": ("Ardèche", 5316, 5493, 7),
    "html_14_qe": ("Morbihan", 4774, 1324, 0),
    "html_14_qg": ("Isère", None, 4198, 13),
    "html_14_qosd": ("Vienne", 537, 1041, 6),
    "html_16_qe": ("Ile-de-France", 3501, 4253, 0),
    "html_16_qg": ("Nouvelle-Aquitaine", None, None, 10),
    "html_16_qosd": ("Bourgogne-Franche-Comté", None, None, 5),
}
FIELDS = (
    "uid", "type", "legislature", "number", "author", "author_ref", "group", "ministry",
    "ministry_answering", "date_question", "date_answer", "title", "rubrique", "tete_analyse",
    "analyses", "status", "question_text", "answer_text", "source_url",
)  # fmt: skip


def reference(shared_data: Path, name: str) -> dict[str, Any]:
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = (json.loads(line) for line in lines if f"{name}.html" in line)
        return next(dict(record) for record in records)


@pytest.mark.real_data
@pytest.mark.parametrize("name", DELIBERATE)
def test_the_real_pages_agree_with_their_reference_records(shared_data: Path, name: str) -> None:
    path = shared_data / "formats" / "an_html" / f"{name}.html"
    question = read(path.read_text("utf-8"))
    record = to_record(question)
    expected = {**reference(shared_data, name), **DELIBERATE[name]}
    if name == "html_14_qg":
        # The heading of the debate is a paragraph of its own on the page.
        expected["answer_text"] = expected["answer_text"].replace("HONORAIRES M.", "HONORAIRES\nM.")
    assert {field: record[field] for field in FIELDS} == {
        field: expected[field] for field in FIELDS
    }
    assert MORE[name] == (
        question.department,
        question.page_question,
        question.page_answer,
        len(question.answer_turns),
    )


@pytest.mark.real_data
def test_a_real_page_tells_the_move_to_another_ministry(shared_data: Path) -> None:
    path = shared_data / "formats" / "an_html" / "html_11_qosd.html"
    question = read(path.read_text("utf-8"))
    assert question.attributions == (
        Attribution(date(1998, 6, 24), "emploi et solidarité"),
        Attribution(date(1998, 6, 29), "santé"),
    )
    assert question.group_name == "Radical, Citoyen et Vert"
