"""What holds for every source that reads pages and lists, whatever it is given.

One small document of each is enough to tell them apart; the real ones are mutated besides.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import SourceError
from indexer.interchange import from_record, to_line, to_record
from indexer.question import Question
from indexer.sources import (
    assemblee_csv,
    assemblee_html,
    interchange_lines,
    nosdeputes,
    page_text,
    senat_csv,
    senat_html,
)
from indexer.sources.documents import Document, documents

SOURCES = {
    source.name: source
    for source in (
        nosdeputes.SOURCE,
        page_text.SOURCE,
        assemblee_html.SOURCE,
        assemblee_csv.SOURCE,
        senat_csv.SOURCE,
        senat_html.SOURCE,
        interchange_lines.SOURCE,
    )
}
SMALLEST = {
    "nosdeputes": """<html><title>Jeanne Exemple : Question N° 77 au Pouvoir - NosDéputés.fr</title>
<div class="question" id="question77"><h1><a>Jeanne Exemple</a> Question N° 77 au Pouvoir</h1>
<div id="question"><h2>Question soumise le 5 novembre 2019</h2><p>Oui ?</p></div>
<div id="reponse"><h2>Réponse émise le 12 novembre 2019</h2><p>Non.<table><td>1<td>2</table></div>
</div><div class="commentaires"><div class="commentaire" id="commentaire_1"><p>
<span class="titre_commentaire">Le 12/11/2019 à 10:31, lea a dit :</span></p>Ah.</div></div>""",
    "page_text": "Jeanne Exemple\nQuestion N° 77 au Pouvoir\nQuestion soumise le 5 novembre 2019\n"
    "Oui ?\nRéponse émise le 12 novembre 2019\nNon.\n1 commentaire :\n"
    "Le 12/11/2019 à 10:31, lea a dit :\nAh.\n",
    "assemblee_html": """<html><title>FICHE QUESTION</title><leg>11ème législature</leg>
<num>77</num><civ>Mme</civ> <aut>Exemple Jeanne</aut><nat>QOSD</nat><mini>santé</mini>
<dpq>24/06/1998</dpq><dca>29/06/1998</dca><quest><html>Oui ?</html></quest>
<rep><html><b>M. le président.</b> La parole est libre.<br><b>Mme Exemple.</b> Oui</html></rep>""",
    "assemblee_csv": "id|groupe|nom|ministère_interrogé|rubrique|titre|date|question\n"
    "12|G|Mme Jeanne Exemple|Intérieur|police|Un titre|05/07/2022|Oui ?\n",
    "senat_csv": "Numéro;Titre;Nom;Type Appartenance;Date de publication JO;Texte;Sort\n"
    '1054S;Un titre;Exemple;Membre;05/11/2019;"Oui\n?";Réponse\n',
    "senat_html": """<!-- START : primary --><h1>Un titre</h1><h2>14 <sup>e</sup> législature</h2>
<h2>Question orale sans débat n&deg; 1054S de <b>Mme Jeanne Exemple</b> (Ain - EXE)</h2>
<h3>publiée dans le JO Sénat du 07/04/2016 - page 13</h3><p>Oui ?</p>
<h2>Réponse du Ministère de l'intérieur</h2><p>M. le ministre. Non.</p><!-- END : primary -->""",
    "interchange": '{"uid": "QANR5L15QE77", "question_text": "Oui ?", "answer_text": ""}\n',
}
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")


def document(data: bytes, name: str = "document") -> Document:
    return Document(name, name, lambda: io.BytesIO(data))


def recognised(source: Document) -> list[str]:
    return [name for name, candidate in SOURCES.items() if candidate.recognise(source)]


def read(name: str, source: Document) -> int:
    """Read a document to its end as one source does, and return how many questions it gave.

    Whatever comes must be a question that its text form can hold, or an error with its place.
    """
    count = 0
    for item in items(name, source):
        assert isinstance(item, Question | SourceError)
        if isinstance(item, Question):
            assert from_record(to_record(item)) == item
            to_line(item).encode()
            count += 1
        else:
            assert source.name in str(item)
    return count


def items(name: str, source: Document) -> Iterator[object]:
    """Yield what a source reads from a document, and the error that ends the reading, if any."""
    try:
        yield from SOURCES[name].parse(source)
    except SourceError as error:
        yield error


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", SMALLEST)
def test_each_document_is_recognised_by_its_own_source_alone(name: str, encoding: str) -> None:
    source = document(SMALLEST[name].encode(encoding))
    assert recognised(source) == [name]
    assert read(name, source) == 1


@pytest.mark.parametrize("blank", ["\n\n", "  \t\r\n"])
@pytest.mark.parametrize("name", SMALLEST)
def test_blank_space_before_a_document_does_not_matter(name: str, blank: str) -> None:
    assert recognised(document((blank + SMALLEST[name]).encode())) == [name]


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"\xff\xfe", b"\xef\xbb\xbf", b"<", b"{"])
def test_what_is_no_document_is_recognised_by_none(data: bytes) -> None:
    assert recognised(document(data)) == []
    assert [read(name, document(data)) for name in SOURCES] == [0] * len(SOURCES)


@given(st.binary(max_size=2000))
def test_no_bytes_stop_any_source(data: bytes) -> None:
    source = document(data)
    recognised(source)
    for name in SOURCES:
        read(name, source)


NASTY = st.sampled_from(
    [b"", b"\x00", b"\r", b"\xff", b"\xc3", b"</div>", b"</html>", b"<p>", b"<table>", b"<!--",
     b"&#0;", b"&#x110000;", b"&#xD800;", b"31/02/2012", b"99999999999999999999", b'"', b"|", b";",
     b"\n", "É\u0301\u202e\u2028\x85".encode(), b"<script>", b"retir\xc3\xa9e", b"<![CDATA["]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut pieces out of a document and put nasty ones in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 400)))
        data = data[:start] + draw(NASTY) * draw(st.integers(1, 3)) + data[end:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", SMALLEST)
def test_no_damage_to_a_document_stops_its_source(name: str, data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(ENCODINGS))
    source = document(data.draw(mutated(SMALLEST[name].encode(encoding))))
    recognised(source)
    read(name, source)


REAL = {
    "nosdeputes": "nosdeputes/14-QE-47351.answered.html",
    "page_text": "nosdeputes/15-QE-24191.page-text.txt",
    "assemblee_html": "an_html/html_16_qosd.html",
    "senat_html": "senat_html/question_search_result.html",
}


@pytest.mark.real_data
def test_every_real_file_is_recognised_by_its_own_source_alone(shared_data: Path) -> None:
    expected = {"an_html": "assemblee_html", "an_csv": "assemblee_csv", "senat_html": "senat_html"}
    seen: dict[str, int] = {}
    for folder, name in expected.items():
        for source in documents(shared_data / "formats" / folder):
            assert isinstance(source, Document)
            assert recognised(source) == [name]
            seen[name] = seen.get(name, 0) + 1
    names = {
        source.basename: recognised(source)
        for source in documents(shared_data / "formats" / "nosdeputes")
        if isinstance(source, Document)
    }
    assert seen == {"assemblee_html": 9, "assemblee_csv": 1, "senat_html": 1}
    assert names.pop("README.txt") == []
    assert names.pop("15-QE-24191.page-text.txt") == ["page_text"]
    assert list(names.values()) == [["nosdeputes"]] * 3


@pytest.mark.real_data
@pytest.mark.parametrize("folder", ["an_json", "an_xml"])
def test_official_files_are_recognised_by_none_of_these(shared_data: Path, folder: str) -> None:
    count = 0
    # One at a time: an archive is open for as long as its members are walked.
    for source in documents(shared_data / "formats" / folder):
        assert isinstance(source, Document)
        assert recognised(source) == []
        count += 1
    assert count == {"an_json": 639, "an_xml": 1}[folder]


@pytest.mark.real_data
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.data())
@pytest.mark.parametrize("name", REAL)
def test_no_damage_to_a_real_document_stops_its_source(
    shared_data: Path, name: str, data: st.DataObject
) -> None:
    path = shared_data / "formats" / REAL[name]
    source = document(data.draw(mutated(path.read_bytes())))
    recognised(source)
    read(name, source)
