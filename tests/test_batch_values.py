"""Filters of a batch are asked once for questions alike: what they depend on must be all told."""

import gzip
import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.corpus import sample_corpus
from indexer.indexed_lines import batch_of
from indexer.interchange import from_record
from indexer.question import Attribution, Question
from indexer.search.request import FILTERS
from indexer.whoosh_engine.batch_values import FILTER_ATTRIBUTES, filter_columns, titles
from indexer.whoosh_engine.schema import FILTER_VALUES, filter_values, title_text

NAMES = frozenset(each.name for each in fields(Question))
SEEN: set[str] = set()


class Watched(Question):
    """A question that notes which of its attributes are read."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        if name in NAMES:
            SEEN.add(name)
        return super().__getattribute__(name)


BASE = Question(legislature=15, kind="QE", number=1)
VALUES = st.sampled_from([None, "Santé", "Mer", "M. Jean Dupont"])
QUESTIONS = st.builds(
    replace,
    st.just(BASE),
    **dict.fromkeys(
        ("author", "author_ref", "group", "group_name", "department", "ministry", "ministry_short",
         "ministry_answering", "ministry_answering_short", "withdrawal_reason", "closing_label",
         "title", "rubrique", "tete_analyse"), VALUES,
    ),
    **dict.fromkeys(
        ("date_question", "date_answer", "date_signal", "date_withdrawn"),
        st.sampled_from([None, date(2019, 3, 4), date(2021, 5, 6)]),
    ),
    chamber=st.sampled_from(["AN", "SENAT"]),
    legislature=st.sampled_from([9, 15]),
    kind=st.sampled_from(["QE", "QG"]),
    answer_text=st.sampled_from(["", "Oui.", "Non."]),
    closing_code=st.sampled_from([None, "CAD", "RET", "REP_PUB"]),
    analyses=st.sampled_from([(), ("Mer",), ("Mer", "Ports")]),
    renewals=st.sampled_from([(), (date(2020, 1, 2),)]),
    attributions=st.lists(st.just(Attribution(None, "Mer")), max_size=2).map(tuple),
)  # fmt: skip


def test_every_filter_says_what_it_depends_on() -> None:
    assert FILTER_ATTRIBUTES.keys() == FILTER_VALUES.keys() == FILTERS.keys()


@given(QUESTIONS)
def test_filters_read_nothing_else(question: Question) -> None:
    watched = Watched(**{name: getattr(question, name) for name in NAMES})
    for name, value_of in FILTER_VALUES.items():
        SEEN.clear()
        value_of(watched)
        assert set(FILTER_ATTRIBUTES[name]) >= SEEN, name


def same(questions: list[Question]) -> None:
    batch = batch_of(questions)
    told = dict(filter_columns(batch))
    for place, question in enumerate(questions):
        wanted = {name: value or None for name, value in filter_values(question).items()}
        assert {name: values[place] for name, values in told.items()} == wanted
    assert titles(batch) == [title_text(question) or None for question in questions]


@given(st.lists(QUESTIONS, max_size=8))
def test_a_batch_has_what_each_question_has(questions: list[Question]) -> None:
    same(questions)
    same(questions * 2)


@pytest.mark.real_data
def test_a_batch_of_real_questions_has_what_each_has(shared_data: Path) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rb") as stream:
        same([from_record(json.loads(line)) for line in stream])
    same(list(sample_corpus().questions()))
