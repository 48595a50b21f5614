"""Question pages saved as text."""

import io
from datetime import date
from pathlib import Path

import pytest

from indexer.errors import BadRecord
from indexer.question import Comment, Question
from indexer.sources import page_text
from indexer.sources.documents import Document

TEXT = """Photo issue du site de l'Assemblée nationale ou de Wikipedia

Jeanne Exemple
Question N° 77 au Ministère de la défense


Question soumise le 5 novembre 2019

Mme Jeanne Exemple interroge M. le ministre.
Elle attend 30\u00a0000 réponses.

Réponse émise le 1er décembre 2019

Le ministère répond.

Aucun commentaire n'a encore été formulé sur cette question.

Cette législature étant désormais achevée, les commentaires sont désactivés.
"""
EXPECTED = Question(
    legislature=15,
    kind="QE",
    number=77,
    author="Jeanne Exemple",
    ministry="Ministère de la défense",
    date_question=date(2019, 11, 5),
    date_answer=date(2019, 12, 1),
    question_text="Mme Jeanne Exemple interroge M. le ministre.\nElle attend 30 000 réponses.",
    answer_text="Le ministère répond.",
    source_url="https://questions.assemblee-nationale.fr/q15/15-77QE.htm",
)
ANSWER = "Réponse émise le 1er décembre 2019\n\nLe ministère répond.\n"


def document(text: str, encoding: str = "utf-8") -> Document:
    return Document("page.txt", "page.txt", lambda: io.BytesIO(text.encode(encoding)))


def read(text: str, encoding: str = "utf-8") -> Question:
    source = document(text, encoding)
    assert page_text.recognise(source)
    (question,) = page_text.parse(source)
    assert isinstance(question, Question)
    return question


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_whatever_editor_saved_it_the_question_is_the_same(encoding: str, line_end: str) -> None:
    assert read(TEXT.replace("\n", line_end), encoding) == EXPECTED


@pytest.mark.parametrize(
    "text",
    [
        TEXT.partition("\n\n")[2],
        TEXT.replace(
            "Photo issue", "Jeanne Exemple : Question N° 77 au Ministère de la défense - "
            "NosDéputés.fr\nAccueil | Les députés | Les dossiers\nSe connecter\nPhoto issue"
        ),
        TEXT.replace("\n\nQuestion soumise", "\n\nsource\nQuestion soumise"),
        TEXT.replace("Jeanne Exemple\nQuestion", "Jeanne Exemple Question"),
        TEXT.replace("Jeanne Exemple\nQuestion", "Jeanne Exemple\n[source]\nQuestion"),
        TEXT.replace("N° 77 au", "N°\u00a077\u00a0au"),
        TEXT.replace("n'a", "n’a"),
        TEXT + "\nMentions légales\nContact\n",
        TEXT.partition("Aucun commentaire")[0],
    ],
    ids=[
        "no caption", "title and menus above", "source line", "one line", "source below the name",
        "no-break spaces", "typographic apostrophe", "menus below", "cut after the answer",
    ],
)  # fmt: skip
def test_what_stands_around_the_texts_does_not_matter(text: str) -> None:
    assert read(text) == EXPECTED


def test_without_a_line_for_the_author_the_title_of_the_page_tells_it() -> None:
    title = "Jeanne Exemple : Question N° 77 au Ministère de la défense - NosDéputés.fr\n"
    assert read(title + TEXT.partition("Jeanne Exemple\n")[2]) == EXPECTED


def test_the_group_is_read_where_the_caption_tells_it() -> None:
    text = TEXT.replace("Photo", "Jeanne Exemple -- (Groupe parlementaire : EXE)\nPhoto", 1)
    question = read(text)
    assert (question.group, question.author) == ("EXE", "Jeanne Exemple")


@pytest.mark.parametrize(
    "address",
    [
        "http://questions.assemblee-nationale.fr/q14/14-77QE.htm",
        "source : https://questions.assemblee-nationale.fr/q14/14-77QE.htm",
        "https://2012-2017.nosdeputes.fr/14/question/QE/77",
    ],
)
def test_a_link_to_the_question_tells_the_legislature(address: str) -> None:
    other = "https://questions.assemblee-nationale.fr/q13/13-78QE.htm"
    question = read(f"{address}\n{TEXT}{other}\n")
    assert question.uid == "QANR5L14QE77"
    assert question.source_url == "https://questions.assemblee-nationale.fr/q14/14-77QE.htm"


@pytest.mark.parametrize("heading", ["Réponse", "Réponse à venir le 5 janvier 2020"])
def test_a_question_that_waits_has_no_answer(heading: str) -> None:
    waiting = f"{heading}\n\nCette question n'a pas encore de réponse.\n"
    alert = "Être alerté lorsque cette\nquestion aura une réponse\npar e-mail\npar RSS\n"
    text = TEXT.replace(ANSWER, waiting).replace("Mme Jeanne", f"{alert}Mme Jeanne")
    question = read(text)
    assert (question.status, question.answer_text, question.date_answer) == ("waiting", "", None)
    assert question.question_text == EXPECTED.question_text


def test_a_withdrawal_tells_day_and_reason() -> None:
    question = read(TEXT.replace(ANSWER, "Retirée le 13 mai 2020 (fin de mandat)\n"))
    assert question.status == "withdrawn"
    assert question.date_withdrawn == date(2020, 5, 13)
    assert question.withdrawal_reason == "fin de mandat"
    assert question.question_text == EXPECTED.question_text
    assert question.answer_text == ""


def test_the_heading_alone_tells_a_withdrawal() -> None:
    waiting = "Réponse\n\nCette question n'a pas encore de réponse.\n"
    question = read(TEXT.replace(ANSWER, waiting).replace("défense\n", "défense (retirée)\n", 1))
    assert (question.status, question.ministry) == ("withdrawn", "Ministère de la défense")


def test_readers_comments_are_kept_outside_the_texts() -> None:
    comments = """2 commentaires :
Le 12/11/2019 à 10:31, lea (infirmière) a dit :
Une réponse attendue.
Merci !
Vous trouvez ce commentaire constructif : oui non
Le 13/11/2019 à 9:05, max a dit :
D'accord.
Ajouter un commentaire
Votre nom
"""
    question = read(TEXT.partition("Aucun commentaire")[0] + comments)
    assert question.answer_text == "Le ministère répond."
    assert question.comments == (
        Comment(None, "lea (infirmière)", "2019-11-12T10:31:00", "Une réponse attendue.\nMerci !"),
        Comment(None, "max", "2019-11-13T09:05:00", "D'accord."),
    )


def test_a_text_that_is_a_date_and_nothing_else_is_empty() -> None:
    assert read(TEXT.replace(EXPECTED.question_text.partition("\n")[0], "4 mars 2012").replace(
        "Elle attend 30\u00a0000 réponses.", ""
    )).question_text == ""  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("Question soumise", "Soumise"),
        TEXT.replace("Question N°", "Numéro"),
        f"<html><body>{TEXT}</body></html>",
        '{"uid": "QANR5L15QE77"}\n' + TEXT,
        "",
    ],
)
def test_another_text_is_not_taken_for_a_page(text: str) -> None:
    assert not page_text.recognise(document(text))


@pytest.mark.parametrize("missing", ["Question soumise le", "Question N°"])
def test_a_text_without_its_marks_tells_that_it_has_no_question(missing: str) -> None:
    (bad,) = page_text.parse(document(TEXT.replace(missing, "")))
    assert isinstance(bad, BadRecord)
    assert "aucune question" in str(bad)


@pytest.mark.real_data
def test_the_reference_text(shared_data: Path) -> None:
    path = shared_data / "formats" / "nosdeputes" / "15-QE-24191.page-text.txt"
    question = read(path.read_text("utf-8"))
    assert question.uid == "QANR5L15QE24191"
    assert question.author == "Patrice Anato"
    assert question.ministry == "Secrétariat d'État auprès du Premier ministre"
    assert question.date_question == date(2019, 11, 5)
    assert question.date_answer == date(2019, 11, 19)
    assert question.question_text.startswith("M. Patrice Anato interroge Mme la secrétaire d'État")
    assert question.question_text.endswith("premier plan d'action nationale contre la traite des "
        "êtres humains.")  # fmt: skip
    assert question.answer_text.startswith("Dès 2018, la Mission interministérielle")
    assert question.answer_text.endswith("du gouvernement de ne rien laisser passer.")
    assert question.comments == ()
    assert question.source_url == "https://questions.assemblee-nationale.fr/q15/15-24191QE.htm"
