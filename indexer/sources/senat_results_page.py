"""The Sénat's search results: ten questions a page, each with what the list says of it.

A list gives number, title, author, one date, and the ministry that answered or is waited for; it
has no text. Its one date is what the search was made by: the form says so, and by default it is
the day that the question was published, so the date of an answer is known only where the form
says ``dateJORep``. Questions to the Government are answered in the sitting where they are put:
their date is both.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.errors import BadRecord
from indexer.legislatures import legislature_of
from indexer.question import KINDS
from indexer.sources.drafts import question_from
from indexer.sources.french_dates import find_date
from indexer.sources.page import href_of, line_in, soup_of
from indexer.sources.senat_numbers import find_identifier, month_of, page_url, read_number
from indexer.sources.source import Item

_NUMBER = re.compile(r"Question\s+n\s?°\s*([0-9]{1,7}\s?[A-Z]?)\b", re.IGNORECASE)
_AUTHOR = re.compile(
    r"\bposée\s+par\s+(.{1,150}?)\s*(?=\bRéponse\b|\bEn attente\b|\bLa question\b|$)"
)
_ANSWERED = re.compile(r"Réponse\s+(?:du|de la|de l['’]|des)\s*(.*)", re.IGNORECASE)
_WAITING = re.compile(
    r"En attente de réponse(?:\s+(?:du|de la|de l['’]|des)\s*(.*))?", re.IGNORECASE
)
_STATED_KIND = re.compile(r"[?&]_na=([A-Z]+)(?:&|$)")
_BY_ANSWER: Final = "dateJORep"
# A page of results has ten rows; the site's own form offers no longer page.
_MAX_ROWS: Final = 1000


def questions(text: str, where: str) -> Iterator[Item]:
    """Yield the questions of a results page in its order, a BadRecord for each unusable row."""
    page = soup_of(text, where)
    by_answer = _searched_by_answer(page)
    rows = page.select("#block-results div.document", limit=_MAX_ROWS)
    for place, row in enumerate(rows, start=1):
        yield _question(row, f"{where}, résultat {place}", by_answer=by_answer)
    if not rows:
        yield BadRecord(where, "aucune question dans cette page de résultats du Sénat")


def _searched_by_answer(page: BeautifulSoup) -> bool:
    choice = page.select_one("input[name=date][checked]")
    return choice is not None and choice.get("value") == _BY_ANSWER


def _question(row: Tag, where: str, *, by_answer: bool) -> Item:
    link = row.select_one("a[href]")
    told = line_in(row.select_one("small"))
    printed = _NUMBER.search(told)
    numbered = read_number(printed[1]) if printed else None
    number, kind = numbered or (None, None)
    kind = kind or _stated_kind(href_of(link))
    author = _AUTHOR.search(told)
    identifier = find_identifier(href_of(link))
    asked_in = month_of(identifier) if identifier else None
    fields = {
        "chamber": "SENAT",
        "kind": kind,
        "number": number,
        # An answer may come in the legislature after that of the question.
        "legislature": legislature_of(asked_in) if asked_in and by_answer else None,
        "title": line_in(link),
        "author": author[1] if author else None,
        "source_url": page_url(identifier) if identifier else None,
        **_state(line_in(row.select_one("em"))),
        **_dates(_listed_day(row), kind, by_answer=by_answer),
    }
    return question_from(fields, where)


def _listed_day(row: Tag) -> date | None:
    """Return the date in the last column of the row."""
    line = row.find_parent("tr")
    cells = line.select("td") if isinstance(line, Tag) else []
    return find_date(line_in(cells[-1])) if cells else None


def _stated_kind(href: str) -> str | None:
    match = _STATED_KIND.search(href)
    return match[1] if match and match[1] in KINDS else None


def _state(told: str) -> dict[str, Any]:
    """Return what the line in italics says: who answered, or who is waited for."""
    if waiting := _WAITING.match(told):
        return {"ministry": waiting[1]}
    answered = _ANSWERED.match(told)
    if answered is None:
        return {"closing_label": told}
    return {
        "ministry_answering": answered[1],
        "closing_code": "REP_PUB",
        "closing_label": "Réponse publiée",
    }


def _dates(day: date | None, kind: str | None, *, by_answer: bool) -> dict[str, Any]:
    if kind == "QG":
        return {"date_question": day, "date_answer": day}
    return {"date_answer" if by_answer else "date_question": day}
