"""One question's page on the Sénat's site.

The page is a run of lines: headings that tell something, and paragraphs of the two texts. Each
line is classified by what it says, whatever its tag; the line that announces the answer divides
the page in two.

A page names one ministry: the one that answers or is waited for. It is the one that was asked too,
unless the question was passed on ("Transmise au…"): the first one is then in the text only.

>>> classify("En attente de réponse du Ministère de l'intérieur").name
'waiting'
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from indexer.errors import BadRecord
from indexer.question import Attribution, Question
from indexer.sources.drafts import question_from
from indexer.sources.french_dates import Publication, publications
from indexer.sources.kinds import kind_of
from indexer.sources.markup import turns_of
from indexer.sources.page import line_in, paragraphs_in, soup_of
from indexer.sources.senat_numbers import page_url, read_number

_PRIMARY = re.compile(
    r"<!--\s*START\s*:\s*primary\s*-->(.*?)(?:<!--\s*END\s*:\s*primary|\Z)", re.DOTALL
)
_OF: Final = r"(?:du|de la|de l['’]|des|de)\s*"
_LINES: Final = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("legislature", r"(?P<number>[0-9]{1,2})\s?(?:e|è|ème|eme)?\s+législature"),
        (
            "question",
            (
                r"(?P<kind>Question\b.{0,80}?)\s*n\s?°\s*(?P<number>[0-9]{1,7}\s?[A-Z]?)"
                r"(?:\s+(?P<author>(?:posée\s+par|de)\s.{1,400}))?"
            ),
        ),
        ("author", r"(?:posée\s+par|de)\s+(?:M\.|Mme|Mlle)\s.{1,150}\(.{1,150}\)"),
        ("published", r"(?:publiée|parue) dans le JO Sénat du\s.{1,40}"),
        ("waiting", rf"En attente de réponse {_OF}(?P<ministry>.{{3,300}})"),
        ("answer", rf"Réponse {_OF}(?P<ministry>.{{3,300}}[^.!?])"),
        ("passed_on", r"Transmise (?:aux?|à la|à l['’]|à)\s*(?P<ministry>.{3,300}[^.!?])"),
        ("recall", r"Rappelle la question\s*(?:n\s?°)?\s*(?P<number>[0-9]{1,7}\s?[A-Z]?)\b.{0,60}"),
        ("changed", r"Transformée (?:en )?.{1,60}"),
        ("lapsed", r"La question est caduque\s*\.?"),
        ("withdrawn", r"La question a été retirée(?:\s+pour cause de\s+(?P<reason>.*?))?\s*\.?"),
        ("erratum", r"Erratum\s*:\s*JO\b.{0,100}"),
        ("theme", r"Concerne le thème\s*:\s*(?P<theme>.*)"),
        ("noise", r"Voir la vidéo|Page mise à jour le.*|Imprimer|Retour.{0,40}"),
        ("text", r".*"),
    )
)
_AUTHOR = re.compile(
    r"(?:posée\s+par|de)\s+(?P<author>[^()]*?)\s*"
    r"(?:\((?P<department>.*?)(?:\s+-\s+(?P<group>.*))?\))?",
    re.IGNORECASE,
)
_PUBLISHED: Final = "dans le JO Sénat"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page, by the name of what it tells, with the parts of it."""

    name: str
    match: re.Match[str]

    @property
    def text(self) -> str:
        """The line itself."""
        return self.match[0]


def classify(line: str) -> Line:
    """Return what a line tells; ``text`` where it tells nothing of the kind."""
    matches = ((name, pattern.fullmatch(line)) for name, pattern in _LINES)
    return next(Line(name, match) for name, match in matches if match)


def question(text: str, identifier: str | None, where: str) -> Question | BadRecord:
    """Return the question of a page, or a BadRecord where it shows none.

    Args:
        text: the page.
        identifier: ``qSEQ…``, the name of the page, None where the file has another one.
        where: the file, for messages.
    """
    primary = _PRIMARY.search(text)
    page = soup_of(primary[1] if primary else text, where)
    heading = page.h1.extract() if page.h1 else None
    lines = [classify(line) for line in paragraphs_in(page).split("\n")]
    start = _place(lines, "question", 0)
    if start == len(lines):
        return BadRecord(where, "aucune question sur cette page du Sénat")
    middle = _place(lines, "answer", start)
    fields = {
        "chamber": "SENAT",
        "title": line_in(heading),
        "source_url": page_url(identifier) if identifier else None,
        **_identity(lines, lines[start]),
        **_question_part(lines[start + 1 : middle]),
        **_answer_part(lines[middle + 1 :]),
        **_ministries(lines[start:]),
        **_closing(lines[start:]),
    }
    if fields["kind"] != "QE":
        fields["answer_turns"] = turns_of(fields["answer_text"])
    return question_from(fields, where)


def _place(lines: Sequence[Line], name: str, start: int) -> int:
    places = range(start, len(lines))
    return next((place for place in places if lines[place].name == name), len(lines))


def _first(lines: Iterable[Line], name: str) -> Line | None:
    return next((line for line in lines if line.name == name), None)


def _part(lines: Iterable[Line], name: str, group: str) -> str | None:
    line = _first(lines, name)
    return line.match[group] if line else None


def _identity(lines: Sequence[Line], heading: Line) -> dict[str, Any]:
    legislature = _part(lines, "legislature", "number")
    numbered = read_number(heading.match["number"])
    number, lettered = numbered or (None, None)
    told = heading.match["author"] or next((x.text for x in lines if x.name == "author"), "")
    author = _AUTHOR.fullmatch(told)
    recalled = _part(lines, "recall", "number")
    return {
        "legislature": int(legislature) if legislature else None,
        "kind": kind_of(heading.match["kind"]) or lettered,
        "number": number,
        "author": author["author"] if author else None,
        "department": author["department"] if author else None,
        "group": author["group"] if author else None,
        "rubrique": _part(lines, "theme", "theme"),
        "extra": {"recalled_question": recalled} if recalled else {},
    }


def _question_part(lines: Sequence[Line]) -> dict[str, Any]:
    printed = _publication(lines)
    return {
        "date_question": printed.day if printed else None,
        "page_question": printed.page if printed else None,
        "question_text": _text(lines),
        "question_erratum": _erratum(lines),
    }


def _answer_part(lines: Sequence[Line]) -> dict[str, Any]:
    printed = _publication(lines)
    return {
        "date_answer": printed.day if printed else None,
        "page_answer": printed.page if printed else None,
        "answer_text": _text(lines),
        "answer_erratum": _erratum(lines),
    }


def _publication(lines: Sequence[Line]) -> Publication | None:
    line = _first(lines, "published")
    found = publications(line.text, _PUBLISHED) if line else ()
    return found[0] if found else None


def _text(lines: Iterable[Line]) -> str:
    return "\n".join(line.text for line in lines if line.name == "text")


def _erratum(lines: Iterable[Line]) -> str | None:
    line = _first(lines, "erratum")
    return line.text if line else None


def _ministries(lines: Sequence[Line]) -> dict[str, Any]:
    answering = _part(lines, "answer", "ministry")
    named = answering or _part(lines, "waiting", "ministry")
    passed_on = _part(lines, "passed_on", "ministry")
    return {
        "ministry": None if passed_on else named,
        "ministry_answering": answering or passed_on,
        "attributions": (Attribution(None, passed_on),) if passed_on else (),
    }


def _closing(lines: Sequence[Line]) -> dict[str, Any]:
    lapsed, withdrawn = _first(lines, "lapsed"), _first(lines, "withdrawn")
    closing = lapsed or withdrawn
    return {
        "closing_label": closing.text.rstrip(" .") if closing else None,
        "withdrawal_reason": withdrawn.match["reason"] if withdrawn else None,
    }
