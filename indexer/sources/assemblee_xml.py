"""Open data of the Assemblée nationale in XML: one question a file, or a legislature in one file.

The 14th legislature is one file, root ``<questionsEcrites>``, without a namespace and with ISO
dates; later archives hold one namespaced ``<question>`` a file. Both are read as the JSON that the
Assemblée makes of them.
"""

from collections.abc import Iterator
from typing import Final

from indexer.sources import xml_records
from indexer.sources.assemblee_opendata import question_of
from indexer.sources.documents import Document
from indexer.sources.record_stream import read_all
from indexer.sources.source import Item, Source

# Roots of other sources and of pages: what stands in those is theirs.
_FOREIGN_ROOTS: Final = ("", "QUESTION", "acteur", "acteurs", "html")


def recognise(document: Document) -> bool:
    """Tell whether the document opens as official questions in XML."""
    root = xml_records.root_name(document.head)
    if root == "question" or root.startswith("questions"):
        return True
    elements = ("question", "identifiant")
    return root not in _FOREIGN_ROOTS and all(
        xml_records.has_element(document.head, name) for name in elements
    )


def parse(document: Document) -> Iterator[Item]:
    """Yield the questions in the order of the document.

    A record that is no question, and the place where broken or dangerous XML stops the reading,
    come as a BadRecord.
    """
    records = xml_records.records(document, "question")
    return read_all(records, question_of, document.name, "question")


SOURCE = Source(
    "assemblee_xml", "Données ouvertes de l'Assemblée nationale (XML)", recognise, parse
)
