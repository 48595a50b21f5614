"""Question pages of NosDéputés.fr."""

import io
from datetime import date
from pathlib import Path

import pytest

from indexer.errors import BadRecord
from indexer.question import Comment, Question
from indexer.sources import nosdeputes
from indexer.sources.documents import Document

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html><head>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15" />
<title>Jeanne Exemple : Question N° 77 au {ministry} - NosDéputés.fr</title></head>
<body><div class="menu"><a href="/jeanne">Jeanne</a></div>
<div class="contenu_page">
<div class="question" id="question77">
 <div class="info_depute"><div class="depute_gauche"><a href="/jeanne-exemple"><img alt="Photo"
   title="Jeanne Exemple -- (Groupe parlementaire : EXE)" alt="Photo de Jeanne Exemple"/></a></div>
 <div class="depute_droite"><div><h1>  <a href="/jeanne-exemple">Jeanne Exemple</a><br/>Question
   N° 77 au {ministry}</h1></div></div></div>
 <div class="stopfloat"></div><br/>
 {source}
 <div id="question"><h2>Question soumise le {asked}</h2>{alert}
  <p>{question}</p>  </div>
 <div id="reponse">{answer}</div>
</div>
<div class="commentaires">{comments}<div id="ecrire"></div>
<form><table class="commentaires_table"><tr><td>Votre commentaire</td></tr></table></form></div>
</div><div id="bottom">Mentions légales</div></body></html>"""
SOURCE_LINK = (
    '<div class="source"><a href="http://questions.assemblee-nationale.fr/q15/15-77QE.htm">'
    "source</a></div>"
)
ALERT = (
    '<div class="alerte"><div class="mail"><h3>Être alerté lorsque cette<br>question aura une '
    "réponse</h3><table><tr><td>par e-mail</td></tr></table></div></div>"
)
COMMENTS = """<h3 id="commentaires" class="list_com">2 commentaires&nbsp;:</h3>
<div id="commentaire_501" class="commentaire"><p><span class="titre_commentaire">Le
<a href="#commentaire_501">12/11/2019 à 10:31</a>, <a href="/citoyen/lea">lea (infirmière)</a>
a dit :</span></p><div class="clear"></div><div class="commentaire_avatar"><img alt="avatar"/></div>
<p>Une réponse attendue.</p><p>Merci !</p>
<p class="clear" align="right">Vous trouvez ce commentaire constructif&nbsp;: oui, non</p></div>
<div id="commentaire_502" class="commentaire"><p><span class="titre_commentaire">Le
<a href="#commentaire_502">13/11/2019 à 9:05</a>, <a href="/citoyen/max">max</a> a dit :</span></p>
<p>D'accord.</p></div>"""
DEFAULTS = {
    "ministry": "Ministère de la défense",
    "source": SOURCE_LINK,
    "asked": "5 novembre 2019",
    "alert": "",
    "question": "Mme Jeanne Exemple interroge M. le ministre.",
    "answer": "<h2>Réponse émise le 1er décembre 2019</h2><p>Le ministère répond.</p>",
    "comments": "<h3>Aucun commentaire n'a encore été formulé sur cette question.</h3>",
}


def document(text: str, encoding: str = "utf-8") -> Document:
    return Document("page.html", "page.html", lambda: io.BytesIO(text.encode(encoding)))


def page(**parts: str) -> Document:
    return document(PAGE.format(**{**DEFAULTS, **parts}))


def read(source: Document) -> Question:
    assert nosdeputes.recognise(source)
    (question,) = nosdeputes.parse(source)
    assert isinstance(question, Question)
    return question


def test_a_page_gives_all_that_a_reader_sees() -> None:
    assert read(page()) == Question(
        legislature=15,
        kind="QE",
        number=77,
        author="Jeanne Exemple",
        group="EXE",
        ministry="Ministère de la défense",
        date_question=date(2019, 11, 5),
        date_answer=date(2019, 12, 1),
        question_text="Mme Jeanne Exemple interroge M. le ministre.",
        answer_text="Le ministère répond.",
        source_url="https://questions.assemblee-nationale.fr/q15/15-77QE.htm",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_declared_encoding_is_not_believed(encoding: str) -> None:
    text = "\n  " * (encoding == "utf-8") + PAGE.format(**DEFAULTS)
    assert read(document(text, encoding)) == read(page())


def test_a_prefix_that_the_site_doubles_is_printed_once() -> None:
    doubled = "Secrétariat d'état Secrétariat d'État auprès du Premier ministre"
    assert read(page(ministry=doubled)).ministry == "Secrétariat d'État auprès du Premier ministre"


def test_readers_comments_are_kept_outside_the_texts() -> None:
    question = read(page(comments=COMMENTS))
    assert question.comments == (
        Comment(
            "501",
            "lea (infirmière)",
            "2019-11-12T10:31:00",
            "Une réponse attendue.\nMerci !",
        ),
        Comment("502", "max", "2019-11-13T09:05:00", "D'accord."),
    )
    assert question.answer_text == "Le ministère répond."


@pytest.mark.parametrize("heading", ["Réponse", "Réponse à venir le 5 janvier 2020"])
def test_a_question_that_waits_has_no_answer(heading: str) -> None:
    answer = f"<h2>{heading}</h2><p>Cette question n'a pas encore de réponse.</p>"
    question = read(page(answer=answer, alert=ALERT))
    assert (question.status, question.answer_text, question.date_answer) == ("waiting", "", None)
    assert question.question_text == DEFAULTS["question"]


def test_a_withdrawal_tells_day_and_reason() -> None:
    question = read(page(answer="<h3>Retirée le 13 mai 2020 (fin de mandat)</h3>", alert=ALERT))
    assert question.status == "withdrawn"
    assert question.date_withdrawn == date(2020, 5, 13)
    assert question.withdrawal_reason == "fin de mandat"
    assert (question.answer_text, question.date_answer) == ("", None)


def test_the_heading_alone_tells_a_withdrawal() -> None:
    question = read(
        page(
            ministry="Ministère de la défense (retirée)",
            answer="<h2>Réponse</h2><p>Cette question n'a pas encore de réponse.</p>",
        )
    )
    assert (question.status, question.ministry) == ("withdrawn", "Ministère de la défense")
    assert question.date_withdrawn is None


def test_an_answer_is_taken_whole_past_tables_and_paragraphs() -> None:
    answer = (
        "<h2>Réponse émise le 1er décembre 2019</h2><p>Voici&nbsp;:<table><tr><th>An</th>"
        "<td>30&nbsp;000</td></tr></table>Fin du <b>tableau</b>.<p>Dernier mot.</p></p>"
    )
    assert read(page(answer=answer)).answer_text == (
        "Voici :\nAn | 30 000\nFin du tableau.\nDernier mot."
    )


@pytest.mark.parametrize("closed", ["</div>", "</div></div>"])
def test_an_answer_that_closes_the_blocks_around_it_is_taken_whole(closed: str) -> None:
    answer = (
        f"<h2>Réponse émise le 1er décembre 2019</h2><p>Avant.</p>{closed}"
        "<p>Après.</p><!-- note --> 1 &lt; 2."
    )
    question = read(page(answer=answer, comments=COMMENTS))
    assert question.answer_text == "Avant.\nAprès.\n1 < 2."
    assert len(question.comments) == 2


def test_a_question_that_closes_its_block_keeps_its_end_out_of_the_answer() -> None:
    question = read(page(question="Début.</p></div><p>Suite."))
    assert question.question_text == "Début.\nSuite."
    assert question.answer_text == "Le ministère répond."


@pytest.mark.parametrize("text", ["2012-03-04", "4 mars 2012"])
def test_a_text_that_the_old_sites_replaced_with_a_date_is_empty(text: str) -> None:
    assert read(page(question=text)).question_text == ""


def test_without_a_link_the_legislature_follows_from_the_date() -> None:
    question = read(page(source="", asked="7 janvier 2014"))
    assert (question.uid, question.source_url) == ("QANR5L14QE77", None)


def test_without_link_and_date_there_is_no_question() -> None:
    (bad,) = nosdeputes.parse(page(source="", asked="bientôt", answer=""))
    assert isinstance(bad, BadRecord)
    assert "législature introuvable" in str(bad)


def test_a_list_of_results_is_no_question_page() -> None:
    text = """<html><head><title>Recherche de "défense" - NosDéputés.fr</title></head><body>
    <div class="question" id="91234"><h2><a href="/15/question/QE/77">Question Écrite N° 77 du
    05/11/19 (Défense) (Réponse le 01/12/19)</a></h2><div class="texte_question"><p>Extrait</p>
    </div></div></body></html>"""
    assert not nosdeputes.recognise(document(text))
    (bad,) = nosdeputes.parse(document(text))
    assert isinstance(bad, BadRecord)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "status", "answer_length"),
    [("answered", "answered", 2421), ("VARIANT-unanswered", "waiting", 0),
     ("VARIANT-retiree", "withdrawn", 0)],
)  # fmt: skip
def test_the_reference_pages(shared_data: Path, name: str, status: str, answer_length: int) -> None:
    path = shared_data / "formats" / "nosdeputes" / f"14-QE-47351.{name}.html"
    question = read(Document(path.name, path.name, lambda: path.open("rb")))
    assert question.uid == "QANR5L14QE47351"
    assert question.status == status
    assert len(question.answer_text) == answer_length
    assert question.author == "François Cornut-Gentille"
    assert question.group == "LES-REP"
    assert question.ministry == "Ministère de la défense"
    assert question.date_question == date(2014, 1, 7)
    assert question.question_text.startswith("M. François Cornut-Gentille interroge M. le ministre")
    assert question.question_text.endswith("des unités du génie de l'armée de terre.")
    assert question.source_url == "https://questions.assemblee-nationale.fr/q14/14-47351QE.htm"
    if answer_length:
        assert question.answer_text.startswith("Les données relatives aux équipements du génie")
        assert question.answer_text.endswith("VBHP (véhicule blindé d'accompagnement des "
            "détachements - ouverture d'itinéraires piégés) | 15 | 14 | 70,30 | 11,30 | 4 | 125 000"
        )  # fmt: skip
        assert question.date_answer == date(2014, 5, 13)
    if status == "withdrawn":
        assert question.date_withdrawn == date(2014, 5, 13)
        assert question.withdrawal_reason == "fin de mandat"
