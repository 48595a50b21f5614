import io
import mmap
import re
from datetime import date
from pathlib import Path

import pytest

from indexer.question import Attribution, Question
from indexer.sources.assemblee_xml import SOURCE, parse, recognise
from indexer.sources.documents import Document

# Shapes as in the archives of the 14th (no namespace, ISO dates) and 15th (namespace, French
# dates) legislatures; names, numbers and texts are invented.
BODY = """
  <uid>QANR5L{legislature}QE{number}</uid>
  <identifiant><numero>{number}</numero><regime>5eme Republique</regime>
    <legislature>{legislature}</legislature></identifiant>
  <type>QE</type>
  <indexationAN><rubrique>eau</rubrique><teteAnalyse>prix</teteAnalyse>
    <ANALYSE><ANA>hausse</ANA><ANA>bilan</ANA></ANALYSE></indexationAN>
  <auteur><identite><acteurRef>PA1</acteurRef><mandatRef>PM1</mandatRef></identite>
    <groupe><organeRef>PO1</organeRef><abrege>CDR</abrege>
      <developpe>Centre et démocratie rurale</developpe></groupe></auteur>
  <minInt><abrege>Eau</abrege><developpe>Ministère de l'eau</developpe></minInt>
  <minAttribs>
    <minAttrib><infoJO><dateJO>{first}</dateJO></infoJO>
      <denomination><abrege>Eau</abrege><developpe>Ministère de l'eau</developpe></denomination>
    </minAttrib>
    <minAttrib><infoJO><dateJO>{second}</dateJO></infoJO>
      <denomination><abrege>Mer</abrege><developpe>Ministère de la mer</developpe></denomination>
    </minAttrib>
  </minAttribs>
  <textesQuestion><texteQuestion>
    <infoJO><typeJO>JO_QUESTION</typeJO><dateJO>{first}</dateJO><pageJO>18</pageJO></infoJO>
    <texte>Mme Jeanne Exemple interroge M. le ministre.</texte></texteQuestion></textesQuestion>
  <textesReponse><texteReponse><infoJO><dateJO>{third}</dateJO><pageJO xsi:nil="true"/></infoJO>
    <texte>&lt;p&gt;Le prix monte.&lt;/p&gt;&lt;p&gt;194&amp;#160;588 &amp;euro;&lt;/p&gt;</texte>
  </texteReponse></textesReponse>
  <cloture><codeCloture>REP_PUB</codeCloture><libelleCloture>Réponse publiée</libelleCloture>
    <dateCloture>{third}</dateCloture><infoJO><pageJO>3858</pageJO></infoJO></cloture>
  <signalement xsi:nil="true"/>
  <renouvellements><renouvellement><dateRenouvellement>{third}</dateRenouvellement></renouvellement>
  </renouvellements>
"""
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ISO = {"first": "2014-01-07", "second": "2014-04-03", "third": "2014-05-13"}
FRENCH = {"first": "07/01/2014", "second": "03/04/2014", "third": "13/05/2014"}


def bulk(*numbers: int) -> str:
    bodies = (BODY.format(number=number, legislature=14, **ISO) for number in numbers)
    inner = "".join(f"<question>{body}</question>\n" for body in bodies)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{declaration}\n<questionsEcrites {XSI}>\n{inner}</questionsEcrites>"


def single(number: int, legislature: int = 15) -> str:
    namespace = 'xmlns="http://schemas.assemblee-nationale.fr/referentiel"'
    body = BODY.format(number=number, legislature=legislature, **FRENCH)
    return f'<question {namespace} {XSI} xsi:type="QuestionEcrite_Type">{body}</question>'


def document(content: str | bytes, name: str = "Questions.xml") -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document(name, name, lambda: io.BytesIO(data))


def expected(number: int, legislature: int) -> Question:
    return Question(
        legislature=legislature,
        kind="QE",
        number=number,
        author_ref="PA1",
        group="CDR",
        group_name="Centre et démocratie rurale",
        ministry="Ministère de l'eau",
        ministry_short="Eau",
        ministry_answering="Ministère de la mer",
        ministry_answering_short="Mer",
        attributions=(
            Attribution(date(2014, 1, 7), "Ministère de l'eau", "Eau"),
            Attribution(date(2014, 4, 3), "Ministère de la mer", "Mer"),
        ),
        date_question=date(2014, 1, 7),
        date_answer=date(2014, 5, 13),
        renewals=(date(2014, 5, 13),),
        page_question=18,
        page_answer=3858,
        closing_code="REP_PUB",
        closing_label="Réponse publiée",
        closing_date=date(2014, 5, 13),
        rubrique="eau",
        tete_analyse="prix",
        analyses=("hausse", "bilan"),
        question_text="Mme Jeanne Exemple interroge M. le ministre.",
        answer_text="Le prix monte.\n194 588 €",
        source_url=f"https://questions.assemblee-nationale.fr/q{legislature}/{legislature}-{number}QE.htm",
    )


def test_the_file_of_a_legislature_is_read_field_by_field() -> None:
    content = document(bulk(1, 2))
    assert recognise(content)
    assert list(parse(content)) == [expected(1, 14), expected(2, 14)]


def test_the_namespaced_file_of_one_question_is_read_field_by_field() -> None:
    content = document(single(3))
    assert recognise(content)
    assert list(parse(content)) == [expected(3, 15)]


def test_a_prefix_for_the_namespace_makes_no_difference() -> None:
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1an:", single(3)).replace("xmlns=", "xmlns:an=")
    assert recognise(document(prefixed))
    assert list(parse(document(prefixed))) == [expected(3, 15)]


@pytest.mark.parametrize("wrapper", ["questions", "questionsGvt", "export", "racine"])
def test_the_wrapper_may_have_any_name(wrapper: str) -> None:
    content = document(bulk(1).replace("questionsEcrites", wrapper))
    assert recognise(content)
    assert list(parse(content)) == [expected(1, 14)]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n  ", b"\xef\xbb\xbf\r\n"])
def test_a_mark_and_white_space_may_come_first(before: bytes) -> None:
    content = document(before + bulk(1).encode())
    assert recognise(content)
    assert list(parse(content)) == [expected(1, 14)]


def test_a_record_that_is_none_is_told_of_and_the_others_are_read() -> None:
    items = list(parse(document(bulk(1, 2, 3).replace("<numero>2</numero>", "<numero>4</numero>"))))
    assert [items[0], items[2]] == [expected(1, 14), expected(3, 14)]
    assert str(items[1]) == (
        "Questions.xml, question 2 : « QANR5L14QE2 » contredit identifiant.numero = 4"
    )


def test_what_comes_before_broken_xml_is_read_and_the_break_is_told_of() -> None:
    found = [str(item) for item in parse(document(bulk(*range(1, 50))[:-500]))]
    assert len(found) == 49
    assert found[-1].startswith("Questions.xml : XML illisible (")


def test_a_file_without_questions_is_told_of() -> None:
    (item,) = parse(document("<questionsEcrites/>"))
    assert str(item) == "Questions.xml : aucun enregistrement « question » dans ce fichier"


def test_a_document_with_entities_is_recognised_and_refused() -> None:
    content = document(f'<!DOCTYPE question [<!ENTITY e "x">]>{single(3)}')
    assert recognise(content)
    (item,) = parse(content)
    assert "entités" in str(item)


@pytest.mark.parametrize(
    "content",
    [
        "<QUESTION TYPE='QE'><LEGISLATURE>14</LEGISLATURE></QUESTION>",
        "<!DOCTYPE html><html><body>question identifiant</body></html>",
        "<table border=2><leg>11</leg><quest><html>a</html></quest></table>",
        "<acteur><uid>PA1</uid></acteur>",
        "<export><acteurs><acteur><uid>PA1</uid></acteur></acteurs></export>",
        "<acteurs><question><identifiant/></question></acteurs>",
        "<html><question><identifiant/></question></html>",
        '{"question": "<question><identifiant>"}',
        "<question",
        "",
    ],
)
def test_other_documents_are_not_recognised(content: str) -> None:
    assert not recognise(document(content))


STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return the memory of this process: what a C library holds is known to no Python profiler."""
    return int(STATM.read_text().split()[1]) * mmap.PAGESIZE


@pytest.mark.skipif(not STATM.exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("wrapper", "count"),
    [("{}", 50_000), ("<page>{}</page>", 10_000)],
    ids=["siblings", "each in its own"],
)
def test_memory_does_not_grow_with_the_file(wrapper: str, count: int) -> None:
    sizes = []
    questions = (
        wrapper.format(
            f"<question><uid>QANR5L14QE{number}</uid>{'<a><b>c</b></a>' * 10}</question>"
        )
        for number in range(1, count + 1)
    )
    big = document(f"<questionsEcrites>{''.join(questions)}</questionsEcrites>")
    for number, item in enumerate(parse(big), start=1):
        assert isinstance(item, Question)
        if number % 1000 == 0:
            sizes.append(resident_bytes())
    assert number == count
    # Kept, the elements of 1,000 questions take 4 MB.
    assert max(sizes) - sizes[0] < 8 * 2**20


def test_the_source_says_what_it_is() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.parse) == ("assemblee_xml", recognise, parse)
