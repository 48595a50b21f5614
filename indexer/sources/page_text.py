"""A question page of NosDéputés.fr saved as text: copied into a file, or "save as text".

The lines are those that the page shows, in its order, with or without the photo's caption, the
title, menus around, and the comments. Without any link the legislature follows from the date.

::

    Jeanne Exemple
    Question N° 12 au Ministère de la défense
    Question soumise le 5 novembre 2019
    Mme Jeanne Exemple interroge…
    Réponse émise le 19 novembre 2019
    Le ministère…
    Aucun commentaire n'a encore été formulé sur cette question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from indexer.errors import BadRecord
from indexer.question import Comment, parse_reference
from indexer.sources.documents import Document
from indexer.sources.drafts import assemblee_question
from indexer.sources.french_dates import find_date, is_bare_date
from indexer.sources.markup import one_line, paragraphs
from indexer.sources.nosdeputes_sentences import (
    ANSWERED,
    ASKED,
    Heading,
    outcome_of,
    read_comment,
    read_group,
    read_heading,
)
from indexer.sources.page import head_text, is_markup, read_page
from indexer.sources.source import Item, Source

_HEADING_LINE = re.compile(r"^.{0,300}\bQuestion\s+N\s?°\s*\d", re.IGNORECASE | re.MULTILINE)
_ASKED_LINE = re.compile(r"^\s*Question soumise le\s+\d", re.IGNORECASE | re.MULTILINE)
_WITHDRAWN_LINE = re.compile(r"Retirée(?:\s+le\s+\d.*|\s*\([^()]*\))?", re.IGNORECASE)
_CAPTION = re.compile(r"Photo (?:issue|de|du)\b.*|Groupe parlementaire\b.*", re.IGNORECASE)
_SOURCE_LINE = re.compile(r"\[?source\]?\s*:?\s*(?:[<(\[]?https?://\S+)?", re.IGNORECASE)
_LINK_LINE = re.compile(r"[<(\[]?https?://\S+", re.IGNORECASE)
_ALERT_LINE = re.compile(
    r"Être alerté lorsque cette.*|question aura une réponse|par e-?mail|par RSS", re.IGNORECASE
)
# What the page shows after the answer, whether there are comments or not.
_AFTER_ANSWER = re.compile(
    r"Aucun commentaire n['’]a encore été formulé.*|\d+ commentaires?\s*:?|Ajouter un commentaire.*"
    r"|Cette législature étant désormais achevée.*|Vous pouvez commenter .*"
    r"|Le \d{1,2}/\d{1,2}/\d{4} à \d{1,2}[:h]\d{2},.* a dit\s*:",
    re.IGNORECASE,
)
_AFTER_COMMENT = re.compile(
    r"Le \d{1,2}/\d{1,2}/\d{4} à .* a dit\s*:|Vous trouvez ce commentaire constructif.*"
    r"|Ajouter un commentaire.*|Cette législature étant désormais achevée.*",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"()\[\]]+", re.IGNORECASE)
_OWN_URL = re.compile(r"/([0-9]{1,2})/question/QE/([0-9]{1,7})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Places:
    """Line numbers: of the heading, and where each part starts and ends."""

    asked: int
    answer: int
    end: int


def recognise(document: Document) -> bool:
    """Tell whether a text without markup has a page's heading and its line "Question soumise"."""
    head = head_text(document).replace("\r", "\n")
    return bool(
        not is_markup(head)
        and not head.startswith(("{", "["))
        and _HEADING_LINE.search(head)
        and _ASKED_LINE.search(head)
    )


def parse(document: Document) -> Iterator[Item]:
    """Yield the one question of a saved page, or a BadRecord where the text shows none."""
    text = read_page(document)
    lines = [one_line(line) for line in paragraphs(text.replace("\r", "\n")).split("\n")]
    places = _places(lines)
    heading, before = _heading(lines[: places.asked]) if places else (None, [])
    if places is None or heading is None:
        yield BadRecord(document.name, "aucune question dans ce texte de page")
        return
    fields = {
        "legislature": _legislature(text, heading.number),
        "kind": "QE",
        "number": heading.number,
        "author": heading.author or _author(before),
        "group": read_group(" ".join(lines[: places.asked])),
        "ministry": heading.ministry,
        "comments": _comments(lines[places.end :]),
        **_question(lines[places.asked : places.answer]),
        **_outcome(lines[places.answer : places.end], heading),
    }
    yield assemblee_question(fields, document.name)


def _places(lines: Sequence[str]) -> _Places | None:
    asked = _first(lines, ASKED, 0)
    if asked == len(lines):
        return None
    answers = (_first(lines, pattern, asked + 1) for pattern in (ANSWERED, _WITHDRAWN_LINE))
    end = _first(lines, _AFTER_ANSWER, asked + 1)
    answer = min(*answers, end)
    return _Places(asked, answer, end)


def _first(lines: Sequence[str], pattern: re.Pattern[str], start: int) -> int:
    """Return the number of the first line that is ``pattern``, or how many lines there are."""
    numbers = range(start, len(lines))
    return next((number for number in numbers if pattern.fullmatch(lines[number])), len(lines))


def _heading(lines: Sequence[str]) -> tuple[Heading | None, Sequence[str]]:
    """Return the last heading before the question, with the author of any, and what precedes it."""
    found = [(number, read_heading(line)) for number, line in enumerate(lines)]
    headings = [(number, heading) for number, heading in found if heading]
    if not headings:
        return None, []
    number, heading = headings[-1]
    return heading, lines[:number]


def _author(lines: Sequence[str]) -> str | None:
    """Return the line above the heading, or the name in the title of the page further above."""
    above = [line for line in lines if not _is_beside(line)]
    if not above:
        return None
    title = read_heading(above[-1])
    return (title.author if title else above[-1]) or None


def _is_beside(line: str) -> bool:
    """Tell whether a line near the author's name is none: caption, group, address."""
    patterns = (_CAPTION, _SOURCE_LINE, _LINK_LINE)
    return bool(read_group(line)) or any(pattern.fullmatch(line) for pattern in patterns)


def _question(lines: Sequence[str]) -> dict[str, Any]:
    asked = ASKED.fullmatch(lines[0])
    text = _text(line for line in lines[1:] if not _ALERT_LINE.fullmatch(line))
    return {
        "date_question": find_date(asked[1]) if asked else None,
        "question_text": "" if is_bare_date(text) else text,
    }


def _outcome(lines: Sequence[str], heading: Heading) -> dict[str, Any]:
    first = lines[0] if lines else ""
    answer = "" if _WITHDRAWN_LINE.fullmatch(first) else _text(lines[1:])
    return outcome_of(first, answer, withdrawn=heading.withdrawn)


def _text(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(line for line in lines if not _SOURCE_LINE.fullmatch(line))


def _comments(lines: Sequence[str]) -> tuple[Comment, ...]:
    breaks = [number for number, line in enumerate(lines) if _AFTER_COMMENT.fullmatch(line)]
    comments = (
        read_comment(lines[start], "\n".join(lines[start + 1 : end]), None)
        for start, end in pairwise([*breaks, len(lines)])
    )
    return tuple(comment for comment in comments if comment)


def _legislature(text: str, number: int) -> int | None:
    """Return the legislature from a link to this very question, official or the site's own."""
    urls = _URL.findall(text)
    for url in urls:
        reference = parse_reference(url)
        if reference and reference.number == number and reference.kind == "QE":
            return reference.legislature
    own = (match for match in map(_OWN_URL.search, urls) if match and int(match[2]) == number)
    return next((int(match[1]) for match in own), None)


SOURCE = Source("page_text", "Page de NosDéputés.fr enregistrée en texte", recognise, parse)
