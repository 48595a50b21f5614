"""Pages of the 16th legislature and later: one block with the texts and a column "Données clés".

The texts are official HTML inside a paragraph, which ends at the first paragraph or table in it:
the whole of the block around is read instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from indexer.question import parse_reference
from indexer.sources.assemblee_texts import (
    publication_fields,
    same_day_answer,
    texts_of,
    withdrawal_fields,
)
from indexer.sources.drafts import moved
from indexer.sources.french_dates import Publication, publications, withdrawal_of
from indexer.sources.page import line_in

_UID = re.compile(r"QANR5L[0-9]{1,2}[A-Z]{2,4}[0-9]{1,7}")
_AUTHOR = re.compile(r"(?P<author>[^()]+?)\s*(?:\((?P<where>.*)\))?")
_ACTOR = re.compile(r"PA[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class _Block:
    """A text with the line that announces it."""

    heading: str
    contents: str


def fields_of(page: BeautifulSoup) -> dict[str, Any] | None:
    """Return the attributes of the question that a page shows, None for any other page."""
    block = page.select_one("div.an-bloc._style-question")
    uid = _UID.search(str(block.get("data-id") or "")) if block else None
    reference = parse_reference(uid[0]) if uid else None
    if block is None or reference is None:
        return None
    blocks = tuple(_blocks(block))
    fields = {
        "legislature": reference.legislature,
        "kind": reference.kind,
        "number": reference.number,
        "title": line_in(block.select_one(".title span._regular")),
        **_author(block),
        **_index_terms(block),
        **_history(block, blocks),
        **_texts(reference.kind, blocks),
    }
    return {**fields, **same_day_answer(fields)}


def _blocks(block: Tag) -> Iterator[_Block]:
    for inner in block.select(".ha-grid-item.size-3 div._pa-small"):
        heading = inner.find("p", recursive=False)
        if isinstance(heading, Tag):
            heading.extract()
            yield _Block(line_in(heading), inner.decode_contents())


def _texts(kind: str | None, blocks: tuple[_Block, ...]) -> dict[str, Any]:
    asked = (item.contents for item in blocks if item.heading.lower().startswith("question de"))
    answers = (item.contents for item in blocks if item.heading.lower().startswith("réponse"))
    return texts_of(kind, "<br>".join(asked), "<br>".join(answers))


def _author(block: Tag) -> dict[str, Any]:
    """Return the author of "Mme Jeanne Exemple (Région - Groupe)"; a group may hold a dash."""
    paragraph = _key_datum(block, "Auteur")
    link = paragraph.select_one("[data-document-id]") if paragraph else None
    ref = _ACTOR.fullmatch(str(link.get("data-document-id"))) if link else None
    match = _AUTHOR.fullmatch(_value(paragraph))
    region, _, group = (match["where"] or "").partition(" - ") if match else ("", "", "")
    return {
        "author": match["author"] if match else None,
        "author_ref": ref[0] if ref else None,
        "group": group.strip(),
        "department": region.strip(),
    }


def _index_terms(block: Tag) -> dict[str, Any]:
    analysis = _value(_key_datum(block, "Analyse"))
    return {
        "rubrique": _value(_key_datum(block, "Rubrique")),
        "tete_analyse": _value(_key_datum(block, "Tête d'analyse")),
        "analyses": (analysis,) if analysis else (),
    }


def _key_datum(block: Tag, label: str) -> Tag | None:
    """Return the paragraph of the column "Données clés" that begins with a label."""
    paragraphs = block.select(".ha-grid-item.size-1 p.h6")
    return next((item for item in paragraphs if line_in(item).startswith(label)), None)


def _value(paragraph: Tag | None) -> str:
    """Return the last value of a paragraph of that column: the ministry that answers, say."""
    values = paragraph.select("span._regular") if paragraph else []
    return line_in(values[-1]) if values else ""


def _history(block: Tag, blocks: tuple[_Block, ...]) -> dict[str, Any]:
    """Return the ministries, the dates and pages of both texts, and the withdrawal."""
    asked = _value(block.select_one("#blocMinistereInterroge"))
    answering = _value(block.select_one("#blocMinistereAttributaire"))
    told = "\n".join((*_statements(block), *(item.heading for item in blocks)))
    question = _publication(
        told,
        r"question publiée|publication de la question|paru[et]? dans le"
        r"|posée en séance",
    )
    answer = _publication(told, r"réponse publiée|publication de la réponse|réponse en séance")
    change = _publication(told, r"changement d['’]attribution")
    signal = _publication(told, r"signalée?|signalement")
    withdrawal = withdrawal_of(told)
    return {
        "ministry": asked,
        "ministry_answering": answering,
        **publication_fields(question, answer),
        **withdrawal_fields(withdrawal),
        "date_signal": signal.day if signal else None,
        "renewals": tuple(item.day for item in publications(told, r"renouvel\w+")),
        "attributions": moved(
            (question.day if question else None, asked), (change.day if change else None, answering)
        ),
    }


def _statements(block: Tag) -> Iterator[str]:
    """Yield the lines that hold dates: links to the Journal officiel, and the column."""
    yield from map(line_in, block.select("a.link"))
    yield from map(line_in, block.select(".ha-grid-item.size-1 p.h6 span._regular"))


def _publication(told: str, label: str) -> Publication | None:
    """Return the fullest of what is told of one publication: the one with a page, else the first.

    A line such as "Réponse publiée" may come without its date where nothing was published yet.
    """
    found = publications(told, label)
    return next((item for item in found if item.page), found[0] if found else None)
