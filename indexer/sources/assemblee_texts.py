"""What the Assemblée's pages have in common: how they give the two texts and their dates.

A question to the Government has no text of its own: the page holds the minutes of the exchange,
and all of it is kept as the answer. The same goes for the answer to an oral question.
"""

from collections.abc import Mapping
from typing import Any, Final

from indexer.sources.french_dates import Publication, Withdrawal
from indexer.sources.markup import Exchange, exchange_of, text_of
from indexer.sources.official_values import repaired

_WRITTEN: Final = "QE"
_TO_THE_GOVERNMENT: Final = "QG"


def texts_of(kind: str | None, question: str, answer: str) -> dict[str, Any]:
    """Return the texts of a question of some kind, and who speaks in its answer.

    Args:
        kind: ``QE``, ``QG`` or ``QOSD``.
        question: the HTML of the question's block.
        answer: the HTML of the answer's block.
    """
    question, answer = repaired(question), repaired(answer)
    if kind == _WRITTEN:
        return {"question_text": text_of(question), "answer_text": text_of(answer)}
    if kind != _TO_THE_GOVERNMENT:
        return {"question_text": text_of(question), **_spoken(exchange_of(answer))}
    return _spoken(exchange_of("<br>".join(part for part in (question, answer) if part.strip())))


def _spoken(exchange: Exchange) -> dict[str, Any]:
    return {"answer_text": exchange.text, "answer_turns": exchange.turns}


def same_day_answer(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the date of a question to the Government for both dates: it is answered at once."""
    day = fields.get("date_question") or fields.get("date_answer")
    if fields.get("kind") != _TO_THE_GOVERNMENT or day is None:
        return {}
    return {
        "date_question": day,
        "date_answer": fields.get("date_answer") or day,
    }


def publication_fields(question: Publication | None, answer: Publication | None) -> dict[str, Any]:
    """Return the dates and pages of both texts in the Journal officiel."""
    return {
        "date_question": question.day if question else None,
        "page_question": question.page if question else None,
        "date_answer": answer.day if answer else None,
        "page_answer": answer.page if answer else None,
    }


def withdrawal_fields(withdrawal: Withdrawal | None) -> dict[str, Any]:
    """Return what a withdrawal fills."""
    return {
        "date_withdrawn": withdrawal.day if withdrawal else None,
        "withdrawal_reason": withdrawal.reason if withdrawal else None,
        "closing_label": "Question retirée" if withdrawal else None,
    }
