"""A stored line read quickly is the question that the interchange form gives."""

import gzip
import json
from dataclasses import fields
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import stored_lines
from indexer.corpus import sample_corpus
from indexer.indexed_lines import properties_of_question
from indexer.interchange import InvalidRecord, from_record, to_line
from indexer.question import Question, Turn
from indexer.sources.interchange_lines import with_turns
from indexer.stored_lines import question_of_line, shown_question
from tests.edited_records import EDITED, KEY

EVERY_FIELD = {
    **KEY,
    "chamber": "AN",
    "author": "Mme A. Bé",
    "attributions": [{"date": "2020-01-02", "ministry": "Santé", "ministry_short": None}],
    "renewals": ["2020-03-04", "2020-05-06"],
    "date_signal": "2020-02-03",
    "analyses": ["un", "deux"],
    "page_question": 12,
    "question_text": "Un\nDeux « trois »",
    "comments": [{"id": "1", "author": "a", "date": None, "text": "t"}],
    "answer_turns": [[0, "M. le président"]],
    "origins": {"title": "page"},
}


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_lines, "_read", repeat(stored_lines._WORTH_LOADING))


def line_of(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read_quickly(line: bytes) -> Question | None:
    return stored_lines._whole(line)


def test_lines_of_the_corpus_are_read_quickly(shared_data: Path) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rb") as stream:
        real = [with_turns(from_record(json.loads(line))) for line in stream]
    lines = [to_line(question).encode() for question in real]
    assert [question_of_line(line) for line in lines] == real
    slow = [question for question, line in zip(real, lines, strict=True) if not read_quickly(line)]
    assert all(question.extra for question in slow)


def test_what_is_shown_of_a_line_is_what_the_question_has(shared_data: Path) -> None:
    names = [field.name for field in fields(Question)] + [*properties_of_question()]
    with gzip.open(shared_data / "questions.jsonl.gz", "rb") as stream:
        lines = [*islice(stream, 300), line_of(EVERY_FIELD)]
    lines += [line_of({**KEY, "fictional": True, "notice": "n"}), line_of({**KEY, "x": 1})]
    for line in lines:
        whole, shown = question_of_line(line), shown_question(line)
        for name in names:
            value, wanted = getattr(shown, name), getattr(whole, name)
            if name == "answer_turns":
                value = tuple(Turn(turn.start, turn.speaker) for turn in value)
            if name == "extra":
                assert value.get("fictional") == wanted.get("fictional")
                continue
            assert value == wanted, name


def test_the_sample_is_read_the_same() -> None:
    for question in sample_corpus().questions():
        assert question_of_line(to_line(question).encode()) == question


def test_every_field_is_read_quickly() -> None:
    whole = from_record(EVERY_FIELD)
    assert read_quickly(line_of(EVERY_FIELD)) == whole


@pytest.mark.parametrize("more", [*EDITED, {"title": ""}])
def test_what_another_hand_wrote_is_mended_as_an_import_would(more: dict[str, Any]) -> None:
    record = {**KEY, **more}
    line = json.dumps(record).encode()
    assert read_quickly(line) in (None, from_record(json.loads(line)))
    assert question_of_line(line) == from_record(json.loads(line))


@pytest.mark.parametrize(
    "more", [{"page_question": -1}, {"page_question": 2**31 + 1}, {"number": 2}, {"type": "QX"}]
)
def test_what_an_import_refuses_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecord):
        question_of_line(line_of({**KEY, **more}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("2020-01-02"),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(tuple(EVERY_FIELD)), VALUES, max_size=3))
def test_no_line_is_read_otherwise(more: dict[str, Any]) -> None:
    line = json.dumps({**EVERY_FIELD, **more}).encode()
    try:
        wanted = from_record(json.loads(line))
    except InvalidRecord:
        assert read_quickly(line) is None
    else:
        assert read_quickly(line) in (None, wanted)


@pytest.mark.parametrize("line", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_line_is_an_error(line: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        question_of_line(line)
