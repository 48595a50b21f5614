"""Pages of the 8th to 12th legislatures: a table whose cells hold home-made tags.

The tags are the fields: ``<num>``, ``<civ>``, ``<aut>`` ("Nom Prénom"), ``<mini>``, ``<dpq>``…, and
after the table a hidden ``<span>`` holds the short name of the group and the closing code. Texts
of the 8th to 10th legislatures have no accents, and some have an answer without a question: they
are kept as they are.
"""

import re
from datetime import date
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.sources.assemblee_texts import same_day_answer, texts_of
from indexer.sources.drafts import moved
from indexer.sources.french_dates import find_date, find_dates
from indexer.sources.kinds import kind_of
from indexer.sources.official_values import erratum_notice
from indexer.sources.page import line_in

_LEGISLATURE = re.compile(r"[0-9]{1,2}")
_NUMBER = re.compile(r"[0-9]{1,7}")
_ANSWERED_FLAG = "O"


def fields_of(page: BeautifulSoup) -> dict[str, Any] | None:
    """Return the attributes of the question that a page shows, None for any other page."""
    if not page.find("num") or not page.find("nat"):
        return None
    kind = kind_of(_line(page, "nat"))
    fields = {
        "legislature": _integer(_LEGISLATURE, _line(page, "nleg") or _line(page, "leg")),
        "kind": kind,
        "number": _integer(_NUMBER, _line(page, "num")),
        **_people(page),
        **_publications(page),
        **_closing(page),
        "rubrique": _line(page, "rub"),
        "tete_analyse": _line(page, "tana"),
        "analyses": tuple(filter(None, map(line_in, page.find_all("ana")))),
        **texts_of(kind, _block(page, "quest"), _block(page, "rep") + _block(page, "comprep")),
    }
    return {**fields, **same_day_answer(fields)}


def _people(page: BeautifulSoup) -> dict[str, Any]:
    printed, short = _line(page, "groupe"), _line(page, "grp")
    return {
        "author": f"{_line(page, 'civ')} {_line(page, 'aut')}".strip(),
        "group": short or printed,
        "group_name": printed if short and short != printed else None,
        "department": _line(page, "dept") or _line(page, "reg"),
        "ministry": _line(page, "mini"),
        "ministry_answering": _line(page, "mina"),
    }


def _publications(page: BeautifulSoup) -> dict[str, Any]:
    asked = _day(page, "dpq")
    return {
        "date_question": asked,
        "page_question": _integer(_NUMBER, _line(page, "pgq")),
        "date_answer": _day(page, "dpr"),
        "page_answer": _integer(_NUMBER, _line(page, "pgrep")),
        "question_erratum": _erratum(page, "derq", "pgerq"),
        "answer_erratum": _erratum(page, "derr", "pgerrep"),
        "date_signal": _day(page, "dsign"),
        "renewals": find_dates(_line(page, "draps")),
        "attributions": moved(
            (asked, _line(page, "mini")), (_day(page, "dca"), _line(page, "mina"))
        ),
    }


def _closing(page: BeautifulSoup) -> dict[str, Any]:
    code = _line(page, "codret")
    withdrawn = " ".join(filter(None, (_line(page, "ret"), _line(page, "dret"))))
    reason = _line(page, "cret").strip("() ")
    answered = _line(page, "reponse").upper() == _ANSWERED_FLAG
    label = "Réponse publiée" if answered and not code else None
    return {
        "closing_code": code,
        "closing_label": "Question retirée" if withdrawn or reason else label,
        "date_withdrawn": find_date(withdrawn),
        "withdrawal_reason": reason,
    }


def _erratum(page: BeautifulSoup, day: str, number: str) -> str | None:
    return erratum_notice(_day(page, day), _integer(_NUMBER, _line(page, number)))


def _line(page: BeautifulSoup, tag: str) -> str:
    found = page.find(tag)
    return line_in(found) if isinstance(found, Tag) else ""


def _block(page: BeautifulSoup, tag: str) -> str:
    found = page.find(tag)
    return f"<div>{found.decode_contents()}</div>" if isinstance(found, Tag) else ""


def _day(page: BeautifulSoup, tag: str) -> date | None:
    return find_date(_line(page, tag))


def _integer(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return int(match[0]) if match else None
