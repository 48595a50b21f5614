"""Stored fields come back one by one, or say that they are damaged."""

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest
import zstandard

from indexer.fastwhoosh.errors import Malformed
from indexer.fastwhoosh.stored import StoredReader, encode

DOCUMENTS: list[dict[str, Any] | None] = [
    {"a": "é", "b": [1, 2]},
    None,
    {},
    {"d": dt.date(2020, 1, 2), "text": "la même phrase " * 50},
]


def test_round_trip() -> None:
    reader = StoredReader(encode(DOCUMENTS), len(DOCUMENTS))
    assert [reader[doc] for doc in range(4)] == [document or {} for document in DOCUMENTS]
    for doc in (-1, 4):
        with pytest.raises(IndexError):
            reader[doc]


def test_documents_share_a_dictionary_where_it_pays() -> None:
    rng = random.Random(1)
    words = [f"mot{number}" for number in range(2000)]
    documents = [{"text": " ".join(rng.choices(words, k=80))} for _ in range(800)]
    sections = encode(documents)
    assert len(sections.dictionary) > 1000
    reader = StoredReader(sections, 800)
    assert [reader[doc] for doc in range(800)] == documents
    alone = sum(len(zstandard.compress(repr(document).encode())) for document in documents)
    assert len(sections.data) < alone


def test_pickled_documents_are_taken_as_they_are() -> None:
    again = encode([b"", bytes(encode([{"a": 1}]).data[5:])])
    assert StoredReader(again, 2)[1] == {"a": 1}


def test_equal_documents_need_no_dictionary() -> None:
    documents: list[dict[str, Any]] = [{"text": "x" * 300_000}]
    assert StoredReader(encode(documents), 1)[0] == documents[0]


def test_damage_is_seen() -> None:
    sections = encode(DOCUMENTS)
    for place in range(len(sections.data)):
        data = bytearray(sections.data)
        data[place] ^= 16
        reader = StoredReader(replace(sections, data=data), 4)
        damaged = []
        for doc in range(4):
            try:
                assert reader[doc] == (DOCUMENTS[doc] or {})
            except Malformed:
                damaged.append(doc)
        assert len(damaged) == 1
    with pytest.raises(Malformed):
        StoredReader(replace(sections, data=sections.data[:-1]), 4)[3]
    with pytest.raises(Malformed):
        StoredReader(sections, 5)
