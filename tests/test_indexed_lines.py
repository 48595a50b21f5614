"""A line read for the index says what the whole record says."""

import gzip
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.corpus import sample_corpus
from indexer.indexed_lines import (
    LEFT_OUT,
    indexed_question,
    indexed_questions,
    is_to_clean,
    is_to_clean_in_python,
)
from indexer.interchange import from_record, to_line
from indexer.question import Question
from indexer.sources.interchange_lines import with_turns
from tests.edited_records import EDITED, KEY

READ = tuple(each.name for each in fields(Question) if each.name not in LEFT_OUT)
PROPERTIES = tuple(name for name, value in vars(Question).items() if isinstance(value, property))


def same(line: bytes) -> None:
    whole = from_record(json.loads(line))
    for read in (indexed_question(line), indexed_questions([line, line_of()]).questions[0]):
        for name in READ:
            assert getattr(read, name) == getattr(whole, name), name
        for name in set(PROPERTIES) - {"official_url"}:
            assert getattr(read, name) == getattr(whole, name), name


def line_of(**more: Any) -> bytes:
    return json.dumps({**KEY, **more}).encode()


def test_lines_of_the_corpus_are_read_as_whole_records(
    shared_data: Path,
) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rb") as stream:
        real = [with_turns(from_record(json.loads(line))) for line in stream]
    for question in (*real, *sample_corpus().questions()):
        same(to_line(question).encode())


def test_every_field_is_read() -> None:
    whole = {
        **KEY,
        "chamber": "AN",
        "attributions": [{"date": "2020-01-02", "ministry": "Santé", "ministry_short": None}],
        "renewals": ["2020-03-04", "2020-05-06"],
        "date_signal": "2020-02-03",
        "analyses": ["un", "deux"],
        "page_question": 12,
        "comments": [{"id": "1", "author": "a", "date": None, "text": "t"}],
        "answer_turns": [[0, "M. le président"]],
        "extra_of_another": {"deep": [1, 2, {"x": None}]},
    }
    same(json.dumps(whole).encode())


@pytest.mark.parametrize("more", EDITED)
def test_what_another_hand_wrote_is_mended_as_an_import_would(more: dict[str, Any]) -> None:
    same(line_of(**more))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (line_of(type="QX"), "contredit"),
        (line_of(legislature=14), "contredit"),
        (line_of(legislature=0), "contredit"),
        (line_of(question_text=3), "question_text"),
        (b'{"uid":"QANR5L15QE1"', "delimiter"),
        (b"[]", "objet"),
        (b"[" * 100_000, "niveaux"),
    ],
)
def test_what_is_no_record_is_refused_with_its_reason(line: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        indexed_question(line)
    with pytest.raises(ValueError, match=said):
        indexed_questions([line_of(), line])


TEXTS = [
    "",
    "loup",
    "é’\u0153",
    'a\nb\t"\\/',
    "\r\n",
    "\u2028",
    "😀",
    "\ud800",
    "\x7f",
    None,
    3,
    ["a"],
]


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_long_texts_are_read_as_any_json_reader_does(text: Any, escaped: bool) -> None:
    for name in ("question_text", "answer_text"):
        record = {**KEY, name: text}
        line = json.dumps(record, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
        try:
            from_record(json.loads(line))
        except ValueError:
            with pytest.raises(ValueError):  # noqa: PT011 - any of several, told by the reader
                indexed_questions([line])
        else:
            same(line)


def test_of_some_lines_each_is_read_as_alone() -> None:
    lines = [line_of(**more) for more in EDITED]
    lines[1::2] = [line_of(title=f"Loup {place}") for place in range(len(lines[1::2]))]
    questions, columns = indexed_questions(lines)
    assert set(columns) == {"uid", *READ}
    for place, line in enumerate(lines):
        alone = indexed_question(line)
        assert columns["uid"][place] == alone.uid
        for name in READ:
            told = getattr(alone, name)
            assert getattr(questions[place], name) == columns[name][place] == told


NAMES = st.sampled_from(
    [
        "title",
        "question_text",
        "answer_text",
        "author",
        "group",
        "date_answer",
        "analyses",
        "number",
        "renewals",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_any_values_are_read_or_refused_alike(more: dict[str, Any]) -> None:
    line = line_of(**more)
    try:
        from_record(json.loads(line))
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - the same call, then
            indexed_question(line)
        with pytest.raises(ValueError):  # noqa: PT011 - the same call, then
            indexed_questions([line])
        return
    same(line)


@given(st.lists(st.sampled_from((b"a", b"\\", b"n", b"u", b"r", b"b", b"f", b"\x7f", b"\xc3\xa9"))))
def test_both_readings_see_the_same_lines_to_clean(pieces: list[bytes]) -> None:
    line = b"".join(pieces)
    # One that looks at what is escaped may pass over a mark behind an escaped backslash.
    assert is_to_clean_in_python(line) or not is_to_clean(line)
    if b"\\\\" not in line:
        assert is_to_clean(line) == is_to_clean_in_python(line)
