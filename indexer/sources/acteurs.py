"""Official files of actors (AMO): which name stands behind the reference ``PA796018``.

The open data of questions name authors by reference only. Actors come one a file,
``{"acteur": {…}}``, or all in one file with the bodies that they sit in; as JSON or XML.
"""

from collections.abc import Iterator
from typing import Any, Final

from indexer.errors import BadRecord
from indexer.sources import json_records, xml_records
from indexer.sources.documents import Document
from indexer.sources.official_values import last, line
from indexer.sources.record_stream import read_all
from indexer.sources.source import Actor, Item, Source

_ROOTS: Final = ("acteur", "acteurs")
# What the composite file opens with; its bodies may come first and fill the head.
_COMPOSITE: Final = "export"
_PARTS: Final = ("acteurs", "organes")


def recognise(document: Document) -> bool:
    """Tell whether the document opens as one actor or as the composite file of all."""
    head = document.head
    root = xml_records.root_name(head)
    if root:
        parts = any(xml_records.has_element(head, part) for part in _PARTS)
        questions = xml_records.has_element(head, "question")
        return root in _ROOTS or (root == _COMPOSITE and parts and not questions)
    key = json_records.first_key(document)
    if key == json_records.LIST:
        return b'"etatCivil"' in head and b'"indexationAN"' not in head
    parts = any(b'"%s"' % part.encode() in head for part in _PARTS)
    return key in _ROOTS or (key == _COMPOSITE and parts)


def parse(document: Document) -> Iterator[Item]:
    """Yield the actors in the order of the document; a BadRecord for each without name."""
    reader = xml_records if xml_records.root_name(document.head) else json_records
    return read_all(reader.records(document, "acteur"), _actor, document.name, "acteur")


def _actor(record: Any, where: str) -> Actor:
    ref = line(last(record, "uid"))
    identity = last(record, "etatCivil", "ident")
    civility, given, family = (line(last(identity, key)) for key in ("civ", "prenom", "nom"))
    if not ref:
        raise BadRecord(where, "champ « uid » absent")
    if not family:
        raise BadRecord(where, f"acteur {ref[:40]} sans champ « etatCivil.ident.nom »")
    return Actor(ref, " ".join(part for part in (civility, given, family) if part))


SOURCE = Source("acteurs", "Fichier des acteurs de l'Assemblée nationale (AMO)", recognise, parse)
