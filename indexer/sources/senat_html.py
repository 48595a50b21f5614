"""Pages of the Sénat's site: one question, or a list of results of its search.

This module tells them apart; ``senat_question_page`` and ``senat_results_page`` read them. Both
declare ISO-8859-1 and are Windows-1252 or UTF-8 in fact.

::

    questions = list(parse(document))
"""

import re
from collections.abc import Iterator
from typing import Final

from indexer.sources import senat_question_page, senat_results_page
from indexer.sources.documents import Document
from indexer.sources.page import head_text, read_page
from indexer.sources.senat_numbers import find_identifier
from indexer.sources.source import Item, Source

# Every page of the site marks its parts so; pages about its questions say one of these besides.
_PART = re.compile(r"<!--\s*START\s*:\s")
_TELLING = re.compile(
    r"rechercheQuestion\.do|/questions/base/\d{4}/|\bJO\s+S(?:é|&eacute;)nat\b"
    r"|Recherche de questions",
    re.IGNORECASE,
)
_RESULTS: Final = 'id="block-results"'


def recognise(document: Document) -> bool:
    """Tell whether a page has the marks of the Sénat's site and is about questions."""
    head = head_text(document)
    if not _PART.search(head):
        return False
    return bool(find_identifier(document.basename) or _TELLING.search(head))


def parse(document: Document) -> Iterator[Item]:
    """Yield the questions of a page, or a BadRecord where it shows none."""
    text = read_page(document)
    if _RESULTS in text:
        yield from senat_results_page.questions(text, document.name)
    else:
        identifier = find_identifier(document.basename)
        yield senat_question_page.question(text, identifier, document.name)


SOURCE = Source("senat_html", "Page du Sénat", recognise, parse)
