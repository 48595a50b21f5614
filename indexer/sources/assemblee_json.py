"""Open data of the Assemblée nationale in JSON: one question a file, or a legislature in one file.

Since the 15th legislature the archives hold ``{"question": {…}}`` per file; before, one file of
hundreds of megabytes, ``{"questionsGvt": {"question": […]}}``. A bare list is read too.
"""

from collections.abc import Iterator
from typing import Final

from indexer.sources import json_records
from indexer.sources.assemblee_opendata import question_of
from indexer.sources.documents import Document
from indexer.sources.record_stream import read_all
from indexer.sources.source import Item, Source

_FIELDS: Final = (b'"identifiant"', b'"indexationAN"')


def recognise(document: Document) -> bool:
    """Tell whether the document opens as official questions in JSON."""
    key = json_records.first_key(document)
    if key is None or not (key == json_records.LIST or key.startswith("question")):
        return False
    return all(field in document.head for field in _FIELDS)


def parse(document: Document) -> Iterator[Item]:
    """Yield the questions in the order of the document.

    A record that is no question, and the place where broken JSON stops the reading, come as a
    BadRecord.
    """
    records = json_records.records(document, "question")
    return read_all(records, question_of, document.name, "question")


SOURCE = Source(
    "assemblee_json", "Données ouvertes de l'Assemblée nationale (JSON)", recognise, parse
)
