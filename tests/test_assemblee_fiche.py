import gzip
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import BadRecord
from indexer.interchange import to_record
from indexer.question import Attribution, Question
from indexer.sources.assemblee_fiche import SOURCE, parse, recognise
from indexer.sources.documents import Document, documents

# Elements as in the official records; names, numbers and texts are invented.
FICHE = """<?xml version="1.0" encoding="UTF-8"?>
<QUESTION TYPE="QE">
    <LEGISLATURE>14</LEGISLATURE>
    <DEPOT NUMERO="321"><DATE_JO>07/01/2014</DATE_JO><PAGE_JO>18</PAGE_JO></DEPOT>
    <AUTEUR ID_MANDAT="1">
        <ID_ACTEUR>923</ID_ACTEUR><CIVILITE>Mme</CIVILITE><NOM>Exemple</NOM><PRENOM>Jeanne</PRENOM>
    </AUTEUR>
    <GROUPE SIGLE="CDR"><LIBELLE>Centre et démocratie rurale</LIBELLE></GROUPE>
    <CIRCONSCRIPTION><DEPARTEMENT>Finistère</DEPARTEMENT><REGION>Bretagne</REGION></CIRCONSCRIPTION>
    <INDEXATION_AN RUBRIQUE="eau">
        <TETE_ANALYSE>prix</TETE_ANALYSE><ANALYSE><ANA>hausse</ANA></ANALYSE>
    </INDEXATION_AN>
    <MINI><ABREGE>Eau</ABREGE><DEVELOPPE>Minsitère de l'eau</DEVELOPPE></MINI>
    <MINA>
        <ORDRE NUMERO="1">
            <DEVELOPPE>Ministère de l'eau</DEVELOPPE><DATE_JO>07/01/2014</DATE_JO>
        </ORDRE>
    </MINA>
    <DEPOT><TEXTE_DEPOT><![CDATA[Quel <b>prix</b> ?]]></TEXTE_DEPOT></DEPOT>
    <ERRATUM_QUESTION><DATE_JO/><PAGE_JO/><TYPE_JO/></ERRATUM_QUESTION>
    <SIGNALEMENT><DATE_JO/><DATE_DEPOT_SIGNAL/></SIGNALEMENT>
    <RENOUVELLEMENT/>
    <CLOTURE><DATE_JO/><PAGE_JO/><ABREGE/><LIBELLE/></CLOTURE>
    <REPONSE><TEXTE_REPONSE/><DATE_JO_REPONSE/><PAGE_JO_REPONSE/></REPONSE>
    <ERRATUM_REPONSE><DATE_JO/><PAGE_JO/><TYPE_JO/></ERRATUM_REPONSE>
</QUESTION>"""


def document(content: str | bytes, name: str = "14-321QE.xml") -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document(name, name, lambda: io.BytesIO(data))


def read(**elements: str) -> Question:
    """Return the question of the record with these elements in the place of its own."""
    content = FICHE
    for name, element in elements.items():
        place = re.search(rf"<{name}\b[^>]*/>|<{name}\b.*?</{name}>", content, re.DOTALL)
        assert place
        content = content[: place.start()] + element + content[place.end() :]
    (item,) = parse(document(content))
    assert isinstance(item, Question), item
    return item


UNANSWERED = Question(
    legislature=14,
    kind="QE",
    number=321,
    author="Mme Jeanne Exemple",
    author_ref="PA923",
    group="CDR",
    group_name="Centre et démocratie rurale",
    department="Finistère",
    ministry="Ministère de l'eau",
    ministry_short="Eau",
    ministry_answering="Ministère de l'eau",
    date_question=date(2014, 1, 7),
    page_question=18,
    rubrique="eau",
    tete_analyse="prix",
    analyses=("hausse",),
    question_text="Quel prix ?",
    source_url="https://questions.assemblee-nationale.fr/q14/14-321QE.htm",
)


def test_a_record_full_of_empty_elements_is_a_question_without_an_answer() -> None:
    assert recognise(document(FICHE))
    assert read() == UNANSWERED


def test_an_element_that_is_missing_is_as_an_empty_one() -> None:
    emptied = dict.fromkeys(("SIGNALEMENT", "RENOUVELLEMENT", "CLOTURE", "REPONSE"), "")
    assert read(**emptied, ERRATUM_QUESTION="", ERRATUM_REPONSE="") == UNANSWERED


def test_the_reference_of_the_author_has_its_prefix_once() -> None:
    assert read(ID_ACTEUR="<ID_ACTEUR>PA923</ID_ACTEUR>") == UNANSWERED
    assert read(ID_ACTEUR="<ID_ACTEUR/>").author_ref is None


def test_re_attributions_are_in_the_order_of_their_numbers() -> None:
    orders = "".join(
        f'<ORDRE NUMERO="{number}"><ABREGE>{name}</ABREGE>'
        f"<DATE_JO>0{number}/03/2014</DATE_JO></ORDRE>"
        for number, name in ((2, "Mer"), (1, "Eau"), (3, "Ville"))
    )
    moved = read(MINA=f"<MINA>{orders}</MINA>")
    assert moved.attributions == tuple(
        Attribution(date(2014, 3, number), name, name)
        for number, name in ((1, "Eau"), (2, "Mer"), (3, "Ville"))
    )
    assert moved.ministry_answering == moved.ministry_answering_short == "Ville"


def test_several_keywords_and_no_heading() -> None:
    index = (
        '<INDEXATION_AN RUBRIQUE="eau"><TETE_ANALYSE>aucune tête d\'analyse</TETE_ANALYSE>'
        "<ANALYSE><ANA>hausse</ANA><ANA/><ANA>bilan</ANA></ANALYSE></INDEXATION_AN>"
    )
    indexed = read(INDEXATION_AN=index)
    assert (indexed.rubrique, indexed.tete_analyse) == ("eau", None)
    assert indexed.analyses == ("hausse", "bilan")


def test_signal_renewals_and_errata_are_dated() -> None:
    dated = read(
        SIGNALEMENT="<SIGNALEMENT><DATE_JO>11/03/2014</DATE_JO>"
        "<DATE_DEPOT_SIGNAL>04/03/2014</DATE_DEPOT_SIGNAL></SIGNALEMENT>",
        RENOUVELLEMENT="<RENOUVELLEMENT>"
        "<ORDRE><DATE_RENOUVELLEMENT>15/04/2014</DATE_RENOUVELLEMENT></ORDRE>"
        "<ORDRE><DATE_RENOUVELLEMENT>24/06/2014</DATE_RENOUVELLEMENT></ORDRE></RENOUVELLEMENT>",
        ERRATUM_QUESTION="<ERRATUM_QUESTION><DATE_JO>14/01/2014</DATE_JO><PAGE_JO>9</PAGE_JO>"
        "</ERRATUM_QUESTION>",
        ERRATUM_REPONSE="<ERRATUM_REPONSE><DATE_JO>20/05/2014</DATE_JO></ERRATUM_REPONSE>",
    )
    assert dated.date_signal == date(2014, 3, 11)
    assert dated.renewals == (date(2014, 4, 15), date(2014, 6, 24))
    assert dated.question_erratum == "Erratum publié au JO le 14/01/2014, page 9"
    assert dated.answer_erratum == "Erratum publié au JO le 20/05/2014"


def test_a_signal_that_was_not_published_has_the_day_of_its_deposit() -> None:
    element = (
        "<SIGNALEMENT><DATE_JO/><DATE_DEPOT_SIGNAL>04/03/2014</DATE_DEPOT_SIGNAL></SIGNALEMENT>"
    )
    assert read(SIGNALEMENT=element).date_signal == date(2014, 3, 4)


def test_a_closing_without_an_answer_is_a_withdrawal() -> None:
    closing = (
        "<CLOTURE><DATE_JO>20/06/2017</DATE_JO><ABREGE>FIN_MANDAT</ABREGE>"
        "<LIBELLE>Fin de mandat</LIBELLE></CLOTURE>"
    )
    closed = read(CLOTURE=closing)
    assert (closed.status, closed.closing_code) == ("lapsed", "FIN_MANDAT")
    assert (closed.date_withdrawn, closed.withdrawal_reason) == (date(2017, 6, 20), "Fin de mandat")


def test_a_wild_answer_that_was_encoded_twice() -> None:
    answer = (
        "<REPONSE><TEXTE_REPONSE><![CDATA[Les donnÃ©es :<!-- DEBTAB --><center><table><tr>"
        '<td rowspan=2">MatÃ©riel<br>lourd</br></td><td>194&#160;588</td></tr></table></center>'
        "<!-- FINTAB -->et Ã\xa0 peu prÃ¨s.]]></TEXTE_REPONSE>"
        "<DATE_JO_REPONSE>13/05/2014</DATE_JO_REPONSE><PAGE_JO_REPONSE>3858</PAGE_JO_REPONSE>"
        "</REPONSE>"
    )
    answered = read(REPONSE=answer)
    assert answered.answer_text == "Les données :\nMatériel lourd | 194 588\net à peu près."
    assert (answered.date_answer, answered.page_answer) == (date(2014, 5, 13), 3858)
    assert answered.status == "answered"


def test_a_date_of_an_answer_without_its_text_is_kept() -> None:
    element = "<REPONSE><DATE_JO_REPONSE>13/05/2014</DATE_JO_REPONSE></REPONSE>"
    assert read(REPONSE=element).date_answer == date(2014, 5, 13)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (FICHE.replace("<LEGISLATURE>14</LEGISLATURE>", ""), "« identifiant.legislature » absent"),
        (FICHE.replace('NUMERO="321"', ""), "« identifiant.numero » absent"),
        (FICHE.replace('TYPE="QE"', ""), "« type » absent"),
        (FICHE.replace('TYPE="QE"', 'TYPE="XX"'), "type « XX » inconnu"),
        (FICHE.replace('NUMERO="321"', 'NUMERO="n° 3"'), "« n° 3 »"),
        ("<QUESTION>texte</QUESTION>", "« identifiant.legislature » absent"),
        ("<QUESTION/>", "« identifiant.legislature » absent"),
        (FICHE[:-20], "XML illisible"),
        (FICHE.replace("<QUESTION", "<!DOCTYPE Q [<!ENTITY a 'b'>]><QUESTION"), "entités"),
    ],
)
def test_what_is_no_question_is_told_of(wrong: str, reason: str) -> None:
    (item,) = parse(document(wrong))
    assert isinstance(item, BadRecord)
    assert reason in str(item)
    assert str(item).startswith("14-321QE.xml")


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n  "])
def test_a_mark_and_white_space_may_come_first(before: bytes) -> None:
    content = document(before + FICHE.encode())
    assert recognise(content)
    assert list(parse(content)) == [UNANSWERED]


@pytest.mark.parametrize("content", ["<question/>", "<HTML>", "<QUESTIONS/>", "QUESTION", ""])
def test_other_documents_are_not_recognised(content: str) -> None:
    assert not recognise(document(content))


def test_the_source_says_what_it_is() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.parse) == ("assemblee_fiche", recognise, parse)


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Question:
    (content,) = documents(shared_data / "formats" / "an_xml" / "q14_14-47351QE.xml")
    assert isinstance(content, Document)
    assert recognise(content)
    (item,) = parse(content)
    assert isinstance(item, Question)
    return item


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> dict[str, Any]:
    with gzip.open(shared_data / "questions.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = map(json.loads, lines)
        found: dict[str, Any] = next(item for item in records if item["uid"] == "QANR5L14QE47351")
        return found


@pytest.mark.real_data
def test_the_real_record_field_by_field(real: Question) -> None:
    defence = ("Ministère de la défense", "Défense")
    expected = Question(
        legislature=14,
        kind="QE",
        number=47351,
        author="M. François Cornut-Gentille",
        author_ref="PA923",
        group="LES-REP",
        group_name="Les Républicains",
        department="Haute-Marne",
        ministry=defence[0],
        ministry_short=defence[1],
        ministry_answering=defence[0],
        ministry_answering_short=defence[1],
        attributions=(
            Attribution(date(2014, 1, 7), *defence),
            Attribution(date(2014, 4, 3), *defence),
        ),
        date_question=date(2014, 1, 7),
        date_answer=date(2014, 5, 13),
        renewals=(date(2014, 4, 15),),
        page_question=18,
        page_answer=3858,
        closing_code="REP_PUB",
        closing_label="Réponse publiée",
        closing_date=date(2014, 5, 13),
        rubrique="défense",
        tete_analyse="équipements",
        analyses=("équipements militaires", "vieillissement", "bilan"),
        question_text=real.question_text,
        answer_text=real.answer_text,
        source_url="https://questions.assemblee-nationale.fr/q14/14-47351QE.htm",
    )
    assert real == expected


@pytest.mark.real_data
def test_the_real_record_is_the_one_of_the_reference(
    real: Question, reference: dict[str, Any]
) -> None:
    ours = to_record(real)
    others = {"source", "answer_text", "question_html", "answer_html"}
    assert {name: ours[name] for name in reference if name not in others} == {
        name: value for name, value in reference.items() if name not in others
    }


@pytest.mark.real_data
def test_the_table_of_the_real_answer_is_whole(real: Question, reference: dict[str, Any]) -> None:
    """The reference parts cells by spaces, and rows wherever a cell has two lines."""

    def letters(text: str) -> str:
        return re.sub(r"[\s|]", "", text)

    assert letters(real.answer_text) == letters(reference["answer_text"])
    assert "VAB Génie | 314 | 302 | 43,10 | 36,70 | 30 | 28 972" in real.answer_text.split("\n")
