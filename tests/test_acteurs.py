import io
import json
import tracemalloc
from typing import Any

import pytest

from indexer.errors import BadRecord
from indexer.sources.acteurs import SOURCE, parse, recognise
from indexer.sources.documents import Document
from indexer.sources.source import Actor

JEANNE = Actor("PA1", "Mme Jeanne Exemple")
PAUL = Actor("PA2", "M. Paul Modèle")
NIL = {"@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "@xsi:nil": "true"}


def actor(ref: Any, civility: str | None, given: Any, family: Any) -> dict[str, Any]:
    return {
        "@xmlns": "http://schemas.assemblee-nationale.fr/referentiel",
        "uid": ref,
        "etatCivil": {
            "ident": {"civ": civility, "prenom": given, "nom": family, "trigramme": NIL},
            "infoNaissance": {"dateNais": "1970-01-01"},
        },
        "mandats": {"mandat": [{"uid": "PM1", "acteurRef": "PA1"}]},
    }


ONE = actor({"@xsi:type": "IdActeur_type", "#text": "PA1"}, "Mme", "Jeanne", "Exemple")
TWO = actor("PA2", "M.", "Paul", "Modèle")


def document(content: Any, name: str = "PA1.json") -> Document:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Document(name, name, lambda: io.BytesIO(data))


def read(content: Any) -> list[Any]:
    return list(parse(document(content)))


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n "])
def test_one_actor_a_file(before: bytes) -> None:
    content = before + json.dumps({"acteur": ONE}).encode()
    assert recognise(document(content))
    assert read(content) == [JEANNE]


@pytest.mark.parametrize(
    "content",
    [
        {"export": {"@xmlns:xsi": "x", "acteurs": {"acteur": [ONE, TWO]}, "organes": {}}},
        {"export": {"organes": {"organe": [{"uid": "PO1"}]}, "acteurs": {"acteur": [ONE, TWO]}}},
        {"acteurs": {"acteur": [ONE, TWO]}},
        {"acteur": [ONE, TWO]},
        [{"acteur": ONE}, {"acteur": TWO}],
        [ONE, TWO],
    ],
)
def test_all_actors_in_one_file(content: Any) -> None:
    assert recognise(document(content))
    assert read(content) == [JEANNE, PAUL]


def test_bodies_may_fill_the_head_before_the_actors() -> None:
    organes = {"organe": [{"uid": f"PO{number}", "libelle": "x" * 100} for number in range(500)]}
    content = {"export": {"organes": organes, "acteurs": {"acteur": ONE}}}
    assert recognise(document(content))
    assert read(content) == [JEANNE]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://schemas.assemblee-nationale.fr/referentiel"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <organes><organe><uid>PO1</uid></organe></organes>
  <acteurs>
    <acteur><uid xsi:type="IdActeur_type">PA1</uid><etatCivil><ident><civ>Mme</civ>
      <prenom>Jeanne</prenom><nom>Exemple</nom><trigramme xsi:nil="true"/></ident></etatCivil>
    </acteur>
    <acteur><uid>PA2</uid><etatCivil><ident><civ>M.</civ>
      <prenom>Paul</prenom><nom>Modèle</nom></ident></etatCivil></acteur>
  </acteurs>
</export>"""


def test_the_xml_files_say_the_same() -> None:
    content = XML.encode()
    assert recognise(document(content))
    assert read(content) == [JEANNE, PAUL]
    single = XML[XML.index("<acteur>") : XML.index("</acteur>") + 9].replace("xsi:", "")
    assert recognise(document(single.encode()))
    assert read(single.encode()) == [JEANNE]


@pytest.mark.parametrize(
    ("incomplete", "expected"),
    [
        (actor("PA1", None, "Jeanne", "Exemple"), "Jeanne Exemple"),
        (actor("PA1", "Mme", None, "Exemple"), "Mme Exemple"),
        (actor("PA1", "Mme", NIL, "Exemple"), "Mme Exemple"),
    ],
)
def test_a_name_may_lack_a_part(incomplete: Any, expected: str) -> None:
    assert read({"acteur": incomplete}) == [Actor("PA1", expected)]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (actor(None, "Mme", "Jeanne", "Exemple"), "« uid » absent"),
        (actor(NIL, "Mme", "Jeanne", "Exemple"), "« uid » absent"),
        (actor("PA9", "Mme", "Jeanne", None), "acteur PA9 sans champ « etatCivil.ident.nom »"),
        ({"uid": "PA9"}, "acteur PA9 sans champ"),
        ({}, "« uid » absent"),
    ],
)
def test_an_actor_without_reference_or_name_is_told_of(wrong: Any, reason: str) -> None:
    first, second, third = read({"export": {"acteurs": {"acteur": [ONE, wrong, TWO]}}})
    assert (first, third) == (JEANNE, PAUL)
    assert isinstance(second, BadRecord)
    assert str(second) == f"PA1.json, acteur 2 : {reason}" or reason in str(second)


def test_what_comes_before_broken_json_is_read() -> None:
    content = json.dumps({"export": {"acteurs": {"acteur": [ONE, TWO]}}}).encode()[:-30]
    first, error = read(content)
    assert first == JEANNE
    assert "JSON illisible" in str(error)


def test_a_file_without_actors_is_told_of() -> None:
    (error,) = read({"export": {"acteurs": {}}})
    assert str(error) == "PA1.json : aucun enregistrement « acteur » dans ce fichier"


@pytest.mark.parametrize(
    "content",
    [
        b'{"question": {"uid": "QANR5L16QG1", "identifiant": {}, "indexationAN": {}}}',
        b'[{"uid": "QANR5L16QG1", "identifiant": {}, "indexationAN": {}, "etatCivil": 1}]',
        b'{"export": {"scrutins": {}}}',
        b'{"uid": "QANR5L16QG1", "question_text": "acteurs"}',
        b"<export><questions><question/></questions><acteurs/></export>",
        b"<html><acteur></acteur></html>",
        b"<QUESTION/>",
        b"acteur",
        b"",
    ],
)
def test_other_documents_are_not_recognised(content: bytes) -> None:
    assert not recognise(document(content))


def test_memory_does_not_grow_with_the_composite_file() -> None:
    count = 5000
    found = parse(document({"export": {"acteurs": {"acteur": [ONE] * count}}}))
    for _ in range(500):
        next(found)
    tracemalloc.start()
    assert sum(item == JEANNE for item in found) == count - 500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The actors as objects would take more than 10 MB.
    assert peak < 2**20


def test_the_source_says_what_it_is() -> None:
    assert (SOURCE.name, SOURCE.recognise, SOURCE.parse) == ("acteurs", recognise, parse)
