"""From what a page yielded to a question, or to the reason why it is none.

>>> str(question_from({"legislature": 15, "kind": "QE", "number": None}, "page.html"))
'page.html : numéro introuvable'
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from indexer.errors import BadRecord
from indexer.legislatures import legislature_of
from indexer.question import Attribution, Question

_KEY: Final[Mapping[str, str]] = {
    "kind": "type de question introuvable",
    "number": "numéro introuvable",
    "legislature": "législature introuvable : ni lien, ni date",
}


def question_from(fields: Mapping[str, Any], where: str) -> Question | BadRecord:
    """Return the question that has these attributes, or why there can be none.

    Attributes that are ``""`` count as unknown. A legislature that is not given follows from the
    date of the question, or of its answer.
    """
    known = {name: value for name, value in fields.items() if value not in (None, "")}
    day = known.get("date_question") or known.get("date_answer")
    if "legislature" not in known and isinstance(day, date):
        known["legislature"] = legislature_of(day)
    for name, reason in _KEY.items():
        if known.get(name) is None:
            return BadRecord(where, reason)
    try:
        return Question(**known)
    except ValueError as error:
        return BadRecord(where, str(error))


def assemblee_question(fields: Mapping[str, Any], where: str) -> Question | BadRecord:
    """Do as :func:`question_from`, and give the question the Assemblée's address of its page."""
    question = question_from(fields, where)
    if isinstance(question, BadRecord):
        return question
    return replace(question, source_url=question.official_url)


def moved(
    first: tuple[date | None, str | None], last: tuple[date | None, str | None]
) -> tuple[Attribution, ...]:
    """Return the attributions of a question that went from one ministry to another one.

    Args:
        first: date of the question and ministry asked.
        last: date of the change, None where there was none, and ministry that has it since.
    """
    if last[0] is None:
        return ()
    return (Attribution(first[0], first[1] or None), Attribution(last[0], last[1] or None))
