"""The sentences that a NosDéputés.fr question page is made of, as HTML or saved as text.

>>> read_heading("Jeanne Exemple : Question N° 12 au Ministère de la défense (retirée)")
Heading(author='Jeanne Exemple', number=12, ministry='Ministère de la défense', withdrawn=True)
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from indexer.question import Comment
from indexer.sources.french_dates import find_date, withdrawal_of
from indexer.sources.markup import one_line

_HEADING = re.compile(
    r"(?P<author>.*?)\s*:?\s*\bQuestion\s+N\s?°\s*(?P<number>[0-9]{1,7})(?![0-9])"
    r"(?:\s+(?:aux?\b|à\s+la\b|à\s+l['’])\s*(?P<ministry>.*?))?"
    r"\s*(?P<withdrawn>\(retirée\))?\s*(?:-\s*NosDéputés\.fr.*)?",
    re.IGNORECASE,
)
# The site puts its own word before a name that already says it.
_DOUBLED = re.compile(
    r"(?:secr[ée]tariat d['’][ée]tat|minist[èe]re)\s+"
    r"(?=(?:secr[ée]tariat|minist|premi[eè]re?\s+minist|haut[- ]commissariat))",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\(\s*Groupe parlementaire\s*:\s*([^()]{1,100})\)", re.IGNORECASE)
_COMMENT = re.compile(
    r"Le\s+(?P<day>\d{1,2}/\d{1,2}/\d{4})\s+à\s+(?P<hour>[0-9]{1,2})[:h](?P<minute>[0-9]{2}),?"
    r"\s*(?P<author>.*?)\s+a dit\s*:?",
    re.IGNORECASE,
)
ASKED = re.compile(r"Question soumise le\s+(.*)", re.IGNORECASE)
ANSWERED = re.compile(r"Réponse(?:\s+(?P<how>émise|à venir)\s+le\s+(?P<day>.*))?", re.IGNORECASE)
_UNANSWERED = re.compile(r"Cette question n['’]a pas encore de réponse\s*\.?", re.IGNORECASE)
RATING = re.compile(r"Vous trouvez ce commentaire constructif", re.IGNORECASE)
_WITHDRAWN_LABEL: Final = "Retirée"


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a page: who asks which ministry, and whether the question was withdrawn."""

    author: str
    number: int
    ministry: str
    withdrawn: bool


def read_heading(line: str) -> Heading | None:
    """Read "NOM : Question N° 12 au MINISTÈRE (retirée)"; None where a line is no heading."""
    match = _HEADING.fullmatch(one_line(line))
    if not match:
        return None
    ministry = _DOUBLED.sub("", match["ministry"] or "", count=1)
    return Heading(match["author"], int(match["number"]), ministry, bool(match["withdrawn"]))


def read_group(text: str) -> str | None:
    """Return the group's short name from "NOM -- (Groupe parlementaire : LAREM)"."""
    match = _GROUP.search(text)
    return one_line(match[1]) or None if match else None


def outcome_of(headings: str, text: str, *, withdrawn: bool) -> dict[str, Any]:
    """Return the fields that the block of the answer gives.

    Args:
        headings: what announces the answer, the wait for it, or the withdrawal.
        text: what follows, comments left out.
        withdrawn: whether the heading of the page says that the question is withdrawn.
    """
    answer = "" if _UNANSWERED.match(text) else text
    withdrawal = withdrawal_of(headings)
    if withdrawal or (withdrawn and not answer):
        return {
            "date_withdrawn": withdrawal.day if withdrawal else None,
            "withdrawal_reason": withdrawal.reason if withdrawal else None,
            "closing_label": _WITHDRAWN_LABEL,
            "answer_text": answer,
        }
    answered = ANSWERED.search(headings)
    day = answered["day"] if answer and answered and answered["how"] != "à venir" else None
    return {"date_answer": find_date(day) if day else None, "answer_text": answer}


def read_comment(heading: str, text: str, number: str | None) -> Comment | None:
    """Return a reader's comment from the line that announces it and its text."""
    match = _COMMENT.fullmatch(one_line(heading))
    if not match:
        return None
    day = find_date(match["day"])
    hour, minute = int(match["hour"]), int(match["minute"])
    moment = f"{day.isoformat()}T{hour:02}:{minute:02}:00" if day else None
    return Comment(number, match["author"] or None, moment, text)
