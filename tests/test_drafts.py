"""From the fields that a page gave to a question, or to a reason."""

from datetime import date
from typing import Any

import pytest

from indexer.errors import BadRecord
from indexer.question import Attribution, Question
from indexer.sources.drafts import assemblee_question, moved, question_from

FIELDS: dict[str, Any] = {"kind": "QE", "number": 12, "legislature": 15}


def test_empty_fields_count_as_unknown() -> None:
    question = question_from({**FIELDS, "author": "", "title": None}, "x")
    assert question == Question(kind="QE", number=12, legislature=15)


def test_the_legislature_follows_from_the_date_unless_it_is_told() -> None:
    day: dict[str, Any] = {"kind": "QE", "number": 12, "date_question": date(2019, 11, 5)}
    assert question_from(day, "x") == Question(**day, legislature=15)
    assert question_from({**day, "legislature": 14}, "x") == Question(**day, legislature=14)
    assert question_from({**FIELDS, "legislature": None, "date_answer": date(2013, 1, 1)}, "x") == (
        Question(kind="QE", number=12, legislature=14, date_answer=date(2013, 1, 1))
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": None}, "type de question introuvable"),
        ({"number": None}, "numéro introuvable"),
        ({"legislature": None}, "législature introuvable"),
        ({"legislature": None, "date_question": date(1900, 1, 1)}, "législature introuvable"),
        ({"number": 0}, "numéro 0 impossible"),
        ({"kind": "QX"}, "type « QX » inconnu"),
    ],
)
def test_what_cannot_be_a_question_tells_why(change: dict[str, Any], reason: str) -> None:
    bad = question_from({**FIELDS, **change}, "page.html")
    assert isinstance(bad, BadRecord)
    assert str(bad).startswith(f"page.html : {reason}")
    assert isinstance(assemblee_question({**FIELDS, **change}, "page.html"), BadRecord)


def test_a_question_of_the_assemblee_gets_the_address_of_its_page() -> None:
    question = assemblee_question(FIELDS, "x")
    assert isinstance(question, Question)
    assert question.source_url == "https://questions.assemblee-nationale.fr/q15/15-12QE.htm"


def test_a_move_to_another_ministry_is_two_attributions_and_no_move_is_none() -> None:
    first, last = date(1998, 6, 24), date(1998, 6, 29)
    assert moved((first, "emploi"), (last, "santé")) == (
        Attribution(first, "emploi"),
        Attribution(last, "santé"),
    )
    assert moved((first, "emploi"), (None, "santé")) == ()
