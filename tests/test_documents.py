"""A batch of lines gives what each of them gives alone, and an index the same bytes."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.corpus import sample_corpus
from indexer.digests import line_digest
from indexer.interchange import from_record, to_line
from indexer.whoosh_engine.documents import documents_of
from indexer.whoosh_engine.schema import schema
from tests.plain_documents import document_of

KEY = {"uid": "QANR5L15QE1", "type": "QE", "legislature": 15, "number": 1}


def rows(lines: list[bytes]) -> list[dict[str, Any]]:
    table = documents_of([(line, line_digest(line)) for line in lines])
    assert {len(values) for values in table.values()} == {len(lines)}
    assert set(table) == set(schema().names())
    return [
        {name: values[place] for name, values in table.items() if values[place] is not None}
        for place in range(len(lines))
    ]


def same(lines: list[bytes]) -> None:
    assert rows(lines) == [document_of(line) for line in lines]


def test_the_sample_and_real_questions_are_read_as_one_by_one(shared_data: Path) -> None:
    with gzip.open(shared_data / "questions.jsonl.gz", "rb") as stream:
        real = [from_record(json.loads(line)) for line in stream]
    same([to_line(question).encode() for question in (*sample_corpus().questions(), *real)])


def test_amendments_are_read_as_one_by_one(shared_data: Path) -> None:
    from tests.bench.building.amendments import questions  # noqa: PLC0415  # for this one alone

    some = zip(range(1500), questions(shared_data, repeat=False), strict=False)
    same([to_line(question).encode() for _, question in some])


TEXTS = st.text(
    st.sampled_from("aéœ’' (),.;:\n\t\r\x01\x7f«»A B.R.S°n2 4191questionUESTION"), max_size=60
)
DAYS = st.sampled_from(["2019-03-04", "2020-02-29", "1850-01-01", "2020-01-01T00:00:00", "", None])
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ("title", "rubrique", "tete_analyse", "question_text", "answer_text", "author"), TEXTS
        ),
        **dict.fromkeys(("date_question", "date_answer", "date_signal", "date_withdrawn"), DAYS),
        **dict.fromkeys(("analyses",), st.lists(TEXTS, max_size=3)),
        **dict.fromkeys(
            ("group", "ministry", "ministry_short", "ministry_answering", "withdrawal_reason"),
            st.sampled_from(["Santé", "Ministère de la magie", "LR", "", None]),
        ),
        "status": st.sampled_from(["REP_PUB", "CAD", "RET", None]),
        "attributions": st.lists(st.fixed_dictionaries({"ministry": TEXTS}), max_size=3),
        "renewals": st.lists(st.just("2020-01-01"), max_size=2),
    },
)


@given(st.lists(RECORDS, max_size=5), st.booleans())
def test_any_records_are_read_as_one_by_one(records: list[dict[str, Any]], as_is: bool) -> None:
    whole = [{**KEY, **record} for record in records]
    same([json.dumps(record, ensure_ascii=as_is).encode() for record in whole])


def test_a_line_that_is_no_record_is_refused() -> None:
    good = json.dumps(KEY).encode()
    for bad in (b"", b"[]", b"{", b'{"uid":"\xff"}', good[:-1], b'{"uid":"QANR5L15QE1","type":3}'):
        with pytest.raises(ValueError):  # noqa: PT011 - any of several, told by the reader
            documents_of([(line, "0" * 32) for line in (good, bad)])
