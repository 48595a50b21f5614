"""What the sources of official files have in common: they share no document, and fear none."""

import copy
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import BadRecord, SourceError
from indexer.interchange import to_line
from indexer.question import Question
from indexer.sources import (
    acteurs,
    assemblee_fiche,
    assemblee_json,
    assemblee_xml,
    interchange_lines,
)
from indexer.sources.documents import Document, documents
from indexer.sources.source import Actor, Source

OFFICIAL = (assemblee_json.SOURCE, assemblee_xml.SOURCE, assemblee_fiche.SOURCE, acteurs.SOURCE)
ALL = (*OFFICIAL, interchange_lines.SOURCE)

RECORD = {
    "uid": "QANR5L14QE1",
    "identifiant": {"numero": "1", "legislature": "14"},
    "type": "QE",
    "indexationAN": {"rubrique": "eau", "analyses": {"analyse": ["a", "b"]}},
    "textesQuestion": {"texteQuestion": {"infoJO": {"dateJO": "2014-01-07"}, "texte": "Où ?"}},
    "textesReponse": {
        "texteReponse": {"texte": "<b>M. Paul Modèle.</b> LÃ .<br><b>Mme X.</b> Non."}
    },
}
ACTOR = {"uid": {"#text": "PA1"}, "etatCivil": {"ident": {"civ": "M.", "nom": "Modèle"}}}
XML = (
    "<question><uid>QANR5L14QE1</uid><identifiant><numero>1</numero></identifiant><type>QE</type>"
    "<textesReponse><texteReponse><texte>&lt;p>Là.<p>b</p></texte></texteReponse></textesReponse>"
    "</question>"
)
FICHE = (
    '<?xml version="1.0" encoding="UTF-8"?><QUESTION TYPE="QE"><LEGISLATURE>14</LEGISLATURE>'
    '<DEPOT NUMERO="1"><DATE_JO>07/01/2014</DATE_JO></DEPOT><DEPOT><TEXTE_DEPOT><![CDATA[<i>Où]]>'
    "</TEXTE_DEPOT></DEPOT></QUESTION>"
)
LINE = to_line(Question(legislature=15, kind="QE", number=1, question_text="« question »"))
# One document of each format, by the name of its source.
EXAMPLES: list[tuple[str, str, str]] = [
    ("assemblee_json", "QANR5L14QE1.json", json.dumps({"question": RECORD})),
    (
        "assemblee_json",
        "Questions_XIV.json",
        json.dumps({"questionsGvt": {"question": [RECORD] * 3}}),
    ),
    ("assemblee_json", "liste.json", json.dumps([RECORD])),
    ("assemblee_xml", "Questions_XIV.xml", f"<questionsEcrites>{XML * 3}</questionsEcrites>"),
    ("assemblee_xml", "QANR5L15QE1.xml", XML),
    ("assemblee_fiche", "14-1QE.xml", FICHE),
    ("acteurs", "PA1.json", json.dumps({"acteur": ACTOR})),
    ("acteurs", "AMO.json", json.dumps({"export": {"acteurs": {"acteur": [ACTOR] * 3}}})),
    ("interchange", "questions.jsonl", f"{LINE}\n{LINE}\n"),
]
FOREIGN = [
    ("page.html", "<!DOCTYPE html><html><body><p>question identifiant</p></body></html>"),
    ("11-1QE.html", "<table border=2><leg>11</leg><quest><html>Où ?</html></quest></table>"),
    ("api.json", '{"questionecrite": {"id": "1", "numero": "24191"}}'),
    ("scrutin.json", '{"scrutin": {"uid": "VTANR5L16V1"}}'),
    ("questions.csv", "id|groupe|nom\n1|X|Y\n"),
    ("vide", ""),
]


def document(content: bytes | str, name: str) -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document(name, name, lambda: io.BytesIO(data))


def recognising(content: Document) -> list[str]:
    return [source.name for source in ALL if source.recognise(content)]


@pytest.mark.parametrize(("expected", "name", "content"), EXAMPLES)
@pytest.mark.parametrize("before", ["", "\ufeff", "\n \t"])
def test_each_document_has_one_source(expected: str, name: str, content: str, before: str) -> None:
    assert recognising(document(before + content, name)) == [expected]


@pytest.mark.parametrize(("name", "content"), FOREIGN)
def test_a_foreign_document_has_none(name: str, content: str) -> None:
    assert recognising(document(content, name)) == []


def test_the_examples_are_read() -> None:
    sources = {source.name: source for source in ALL}
    for expected, name, content in EXAMPLES:
        items = list(sources[expected].parse(document(content, name)))
        wanted = Actor if expected == "acteurs" else Question
        assert all(isinstance(item, wanted) or "identifiant.leg" in str(item) for item in items)
        assert len(items) in (1, 2, 3)


def outcome(source: Source, content: Document) -> list[Any]:
    """Return what a source makes of a document; only the errors that it may raise are caught."""
    try:
        return list(source.parse(content))
    except SourceError as error:
        return [error]


@given(st.binary(max_size=400), st.sampled_from(["a.json", "a.xml", "a.jsonl", "a"]))
def test_random_bytes_give_nothing_but_bad_records(data: bytes, name: str) -> None:
    content = document(data, name)
    assert len(recognising(content)) <= 1
    for source in OFFICIAL:
        assert all(isinstance(item, BadRecord) for item in outcome(source, content))


PIECES = st.sampled_from(
    [
        b"\x00", b"\xff", b"\xe9", b"\xef\xbb\xbf", b'"', b"{", b"}", b"[", b"]", b",", b":", b"<",
        b">", b"</", b"&", b"&lt;", b"&x;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x", b"?>",
        b"\\ud800", b"\\u0000", b"9" * 40, b"-1", b"1e999", b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
        b"<question>", b"</question>", b'"question":', b"<acteur/>", b"[[[[[[", b"<a><a>",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), PIECES | st.binary(max_size=5)),
    min_size=1,
    max_size=6,
)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for where, cut, piece in edits:
        start = int(where * len(data))
        data = data[:start] + piece + data[start + cut :]
    return data


@given(st.sampled_from(EXAMPLES), EDITS)
def test_a_damaged_document_gives_records_or_bad_records(
    example: tuple[str, str, str], edits: list[tuple[float, int, bytes]]
) -> None:
    _, name, whole = example
    content = document(edited(whole.encode(), edits), name)
    assert len(recognising(content)) <= 1
    for source in OFFICIAL:
        for item in outcome(source, content):
            assert isinstance(item, Question | Actor | BadRecord)
            if isinstance(item, Question):
                assert to_line(item).encode()


@pytest.fixture(scope="module")
def real_files(shared_data: Path) -> list[tuple[str, bytes]]:
    def found() -> Iterator[tuple[str, bytes]]:
        for folder in ("an_json", "an_xml"):
            for item in documents(shared_data / "formats" / folder):
                assert isinstance(item, Document)
                yield item.basename, item.read()

    return list(found())


@pytest.mark.real_data
def test_each_real_file_has_one_source(
    shared_data: Path, real_files: list[tuple[str, bytes]]
) -> None:
    names = {source for name, data in real_files for source in recognising(document(data, name))}
    assert names == {"assemblee_json", "assemblee_fiche"}
    assert all(len(recognising(document(data, name))) == 1 for name, data in real_files)
    for folder in ("an_html", "nosdeputes", "an_csv", "senat_html"):
        for item in documents(shared_data / "formats" / folder):
            assert isinstance(item, Document)
            assert recognising(item) == []


@pytest.mark.real_data
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), EDITS)
def test_a_damaged_real_file_gives_records_or_bad_records(
    real_files: list[tuple[str, bytes]], data: st.DataObject, edits: list[tuple[float, int, bytes]]
) -> None:
    name, whole = data.draw(st.sampled_from([*real_files[:20], real_files[-1]]))
    content = document(edited(copy.copy(whole), edits), name)
    assert len(recognising(content)) <= 1
    for source in OFFICIAL:
        for item in outcome(source, content):
            assert isinstance(item, Question | Actor | BadRecord)
