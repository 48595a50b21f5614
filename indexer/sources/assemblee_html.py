"""Question pages of the Assemblée nationale's site, in the three generations of its pages.

This module tells them apart; each has a module that reads it: ``assemblee_html_8_12``,
``assemblee_html_13_15`` and ``assemblee_html_16``, by the legislatures that they were first made
for. All of them show one question with its author, ministries, dates, index terms and texts; the
exchange of an oral question is kept whole as the answer, with its turns of speech.

::

    questions = list(parse(document))
"""

import re
from collections.abc import Iterator

from indexer.errors import BadRecord
from indexer.sources import assemblee_html_8_12, assemblee_html_13_15, assemblee_html_16
from indexer.sources.documents import Document
from indexer.sources.drafts import assemblee_question
from indexer.sources.page import head_text, read_page, soup_of, title_of
from indexer.sources.source import Item, Source

_OLD_TITLE = "FICHE QUESTION"
_OLD_MARK = re.compile(r"<(?:leg|num|nat)>", re.IGNORECASE)
_TITLE = re.compile(r"Question\s+n\s?°\s*\d.*\bAssemblée nationale", re.IGNORECASE)
_GENERATIONS = (assemblee_html_8_12, assemblee_html_13_15, assemblee_html_16)


def recognise(document: Document) -> bool:
    """Tell whether the title of the page is that of one of the Assemblée's question pages."""
    head = head_text(document)
    title = title_of(head)
    if title.upper() == _OLD_TITLE:
        return bool(_OLD_MARK.search(head))
    return bool(_TITLE.fullmatch(title))


def parse(document: Document) -> Iterator[Item]:
    """Yield the one question of a page, or a BadRecord where it shows none."""
    page = soup_of(read_page(document), document.name)
    for generation in _GENERATIONS:
        fields = generation.fields_of(page)
        if fields is not None:
            yield assemblee_question(fields, document.name)
            return
    yield BadRecord(document.name, "aucune question sur cette page de l'Assemblée nationale")


SOURCE = Source("assemblee_html", "Page de l'Assemblée nationale", recognise, parse)
