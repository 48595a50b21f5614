import io
import json
from typing import Any

import pytest

from indexer.errors import BadRecord
from indexer.sources import record_stream
from indexer.sources.documents import Document
from indexer.sources.json_records import LIST, MAX_DEPTH, first_key, records


def document(content: bytes | str, name: str = "essai.json") -> Document:
    data = content.encode() if isinstance(content, str) else content
    return Document(name, name, lambda: io.BytesIO(data))


def read_to_the_end(content: bytes | str) -> tuple[list[Any], str]:
    """Return the records before the break, and what is said of it."""
    found: list[Any] = []
    try:
        found.extend(records(document(content), "question"))
    except BadRecord as error:
        return found, str(error)
    return found, ""


def read(content: bytes | str, name: str = "question") -> list[Any]:
    return list(records(document(content), name))


@pytest.mark.parametrize(
    "content",
    [
        '{"question": {"n": 1}}',
        '\ufeff \n{"question": {"n": 1}}',
        '{"@xmlns": "…", "question": {"n": 1}}',
        '{"question": [{"n": 1}]}',
        '{"questionsGvt": {"question": [{"n": 1}]}}',
        '{"questionsGvt": {"@xmlns": "…", "question": {"n": 1}}}',
        '{"export": {"questions": {"question": [{"n": 1}]}, "other": [{"n": 2}]}}',
        '[{"n": 1}]',
        '[{"question": {"n": 1}}]',
    ],
)
def test_a_record_is_found_in_every_known_wrapping(content: str) -> None:
    assert read(content) == [{"n": 1}]


def test_records_come_in_order_and_whole() -> None:
    nested = [{"n": n, "list": [[n], {"deep": {"n": n}}], "null": None} for n in range(5)]
    assert read(json.dumps({"wrapper": {"question": nested}})) == nested


def test_a_key_of_the_same_name_inside_a_record_is_part_of_it() -> None:
    assert read('{"w": {"question": [{"n": {"question": {"m": 1}}}]}}') == [
        {"n": {"question": {"m": 1}}}
    ]


def test_what_comes_before_broken_json_is_still_read() -> None:
    found, error = read_to_the_end('{"w": {"question": [{"n": 1}, {"n": 2}, {"n": tru')
    assert found == [{"n": 1}, {"n": 2}]
    assert "essai.json : JSON illisible" in error


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"question": {"n": 1}',
        b'{"question": {"n": 1}} {"question": {"n": 2}}',
        b'{"question": {"n": "\xe9"}}',
        b'{"question": {"n": ' + b"9" * 5000 + b"}}",
        b'[{"n": ' + b"9" * 5000 + b"}]",
        b'[{"n": "\xe9"}]',
    ],
)
def test_broken_json_names_the_file(content: bytes) -> None:
    with pytest.raises(BadRecord, match=r"essai\.json : JSON illisible"):
        read(content)


@pytest.mark.parametrize("opening", ['{"a":', "["])
@pytest.mark.parametrize("wrapper", ['{"question": {"n": ', '[{"n": ', ""])
def test_nesting_without_end_is_refused(wrapper: str, opening: str) -> None:
    with pytest.raises(BadRecord, match=r"niveaux de JSON|JSON illisible"):
        read(wrapper + opening * 100_000)


def test_the_deepest_nesting_that_is_allowed_is_read() -> None:
    depth = MAX_DEPTH - 2
    content = '[{"n": ' + "[" * depth + "]" * depth + "}]"
    assert len(read(content)) == 1
    with pytest.raises(BadRecord, match=f"plus de {MAX_DEPTH} niveaux"):
        read(content.replace("[]", "[[]]"))


def test_a_record_that_is_too_large_stops_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "MAX_RECORD_BYTES", 2**20)
    small, large = '{"n": "' + "a" * 1000 + '"}', '{"n": "' + "a" * 2**21 + '"}'
    found, error = read_to_the_end(f"[{small}, {small}, {large}, {small}]")
    assert len(found) == 2
    assert "plus de 1 Mo" in error


def test_many_records_that_are_large_together_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "MAX_RECORD_BYTES", 2**20)
    small = '{"n": "' + "a" * 1000 + '"}'
    assert len(read("[" + ",".join([small] * 3000) + "]")) == 3000


def test_what_stands_between_records_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stream, "MAX_RECORD_BYTES", 2**20)
    other = json.dumps([{"organe": "a" * 500}] * 5000)
    assert read(f'{{"export": {{"organes": {other}, "w": {{"question": [{{"n": 1}}]}}}}}}') == [
        {"n": 1}
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"question": {', "question"),
        (b'\xef\xbb\xbf\n {"acteur" : 1', "acteur"),
        (b'{"@xmlns": "x", "@a": "", "export": {}', "export"),
        (b'[ {"n"', LIST),
        (b"[1, 2]", None),
        (b"<question>", None),
        (b"{}", None),
        (b"\xff\xfe{", None),
        (b"", None),
    ],
)
def test_the_first_key_is_read_from_the_head(head: bytes, expected: str | None) -> None:
    assert first_key(document(head)) == expected


def test_interchange_records_have_no_first_key() -> None:
    assert first_key(document('{"question": {}}', "a.jsonl")) is None
    assert first_key(document('{"question": {}}', "a.ndjson.gz")) is None
    assert first_key(document('{"question": {}, "question_text": ""}')) is None
