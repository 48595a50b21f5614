"""Pages of the 13th to 15th legislatures: a header, two columns of ministries, dates, two texts.

The same ``id`` is there twice, labels stand in the text before their values, and the second index
term is "Tête d'analyse" until the 14th legislature, "Titre" from the 15th on.
"""

import re
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.sources.assemblee_texts import (
    publication_fields,
    same_day_answer,
    texts_of,
    withdrawal_fields,
)
from indexer.sources.drafts import moved
from indexer.sources.french_dates import Publication, publications, withdrawal_of
from indexer.sources.kinds import kind_of
from indexer.sources.official_values import erratum_notice
from indexer.sources.page import href_of, line_in

_NUMBER = re.compile(r"Question\s+N\s?°\s*([0-9]{1,7})(?![0-9])", re.IGNORECASE)
_LEGISLATURE = re.compile(r"\s*([0-9]{1,2})(?![0-9])")
_ACTOR = re.compile(r"\bOMC_(PA[0-9]{1,9})\b")


def fields_of(page: BeautifulSoup) -> dict[str, Any] | None:
    """Return the attributes of the question that a page shows, None for any other page."""
    header = page.select_one("section.question_header")
    if header is None:
        return None
    ends = [line_in(cell) for cell in header.select("[id=question_col10]")]
    number = next(filter(None, map(_NUMBER.search, ends)), None)
    legislature = _LEGISLATURE.match(line_in(page.select_one("header.question_legislature")))
    kind = next(filter(None, map(kind_of, ends)), None)
    fields = {
        "legislature": int(legislature[1]) if legislature else None,
        "kind": kind,
        "number": int(number[1]) if number else None,
        **_author(header),
        **_index_terms(page),
        **_history(page),
        **texts_of(kind, _question(page), _contents(page.select_one("div.reponse_contenu"))),
    }
    return {**fields, **same_day_answer(fields)}


def _author(header: Tag) -> dict[str, Any]:
    cell = header.select_one("[id=question_col80]")
    link = cell.select_one("a") if cell else None
    actor = _ACTOR.search(href_of(link))
    name = line_in(link) or line_in(cell.select_one("span.question_big_content") if cell else None)
    where = cell.find_all("span", class_=False) if cell else []
    department = line_in(where[-1]) if where and isinstance(where[-1], Tag) else ""
    return {
        "author": name,
        "author_ref": actor[1] if actor else None,
        "group": _group(line_in(cell), name, department),
        "department": department,
    }


def _group(text: str, author: str, department: str) -> str:
    """Return what stands between the author's name and the department: "(Groupe - "."""
    after = text.partition(author)[2].strip() if author else ""
    inside = after.removesuffix(")").strip().removesuffix(department).strip()
    return inside.removeprefix("(").removesuffix("-").strip()


def _index_terms(page: BeautifulSoup) -> dict[str, Any]:
    terms = dict(map(_labelled, page.select("div.analyse_header div.question_col33")))
    analysis = terms.get("analyse")
    return {
        "rubrique": terms.get("rubrique"),
        "tete_analyse": terms.get("tête d'analyse"),
        "title": terms.get("titre"),
        "analyses": (analysis,) if analysis else (),
    }


def _labelled(cell: Tag) -> tuple[str, str]:
    """Return the label of a cell, lower case, and its value: "Rubrique >" and "État"."""
    label, _, value = line_in(cell).partition(">")
    return label.strip().lower().replace("’", "'"), value.strip()


def _history(page: BeautifulSoup) -> dict[str, Any]:
    """Return the ministries, and all that the block of dates tells."""
    ministries = dict(map(_labelled, page.select("div.ministere div.question_col50")))
    asked, answering = (
        ministries.get("ministère interrogé"),
        ministries.get("ministère attributaire"),
    )
    dates = "\n".join(map(line_in, page.select("div.question_publish_date > div")))
    question = _last(dates, r"question publiée")
    answer = _last(dates, r"réponse publiée")
    change = _last(dates, r"changement d['’]attribution")
    signal = _last(dates, r"date de signalement")
    withdrawal = withdrawal_of(dates)
    return {
        "ministry": asked,
        "ministry_answering": answering,
        **publication_fields(question, answer),
        **withdrawal_fields(withdrawal),
        "date_signal": signal.day if signal else None,
        "renewals": tuple(item.day for item in publications(dates, r"date de renouvellement")),
        "question_erratum": _erratum(dates, "question"),
        "answer_erratum": _erratum(dates, "réponse"),
        "attributions": moved(
            (question.day if question else None, asked), (change.day if change else None, answering)
        ),
    }


def _erratum(dates: str, part: str) -> str | None:
    printed = _last(dates, f"erratum de la {part}")
    return erratum_notice(printed.day, printed.page) if printed else None


def _last(dates: str, label: str) -> Publication | None:
    found = publications(dates, label)
    return found[-1] if found else None


def _question(page: BeautifulSoup) -> str:
    block = page.select_one("section.question_answer div.question")
    if block and (heading := block.find("h3")):
        heading.extract()
    return _contents(block)


def _contents(block: Tag | None) -> str:
    return block.decode_contents() if block else ""
