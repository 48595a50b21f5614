"""Texts of JSON are read as a JSON reader reads them, or left to it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.native import kernel

pytestmark = pytest.mark.skipif(kernel is None, reason="the extension is not compiled")


@dataclass
class Record:
    text: Any
    other: Any = ""


def read(*written: bytes) -> list[Any]:
    """The texts of some pieces of JSON, the pieces themselves where they are left to a reader."""
    assert kernel is not None
    records = [Record(each) for each in written]
    left = kernel.read_json_texts(records, ("text", "other"))
    assert left == [place for place, each in enumerate(records) if isinstance(each.text, bytes)]
    assert all(each.other == "" for each in records)
    return [each.text for each in records]


def same(written: bytes) -> None:
    (text,) = read(written)
    if isinstance(text, bytes):
        assert text is written
        return
    told = json.loads(written.decode())
    assert text == told
    # Its characters are as narrow as can be: all that compares texts counts on it.
    assert (text + text).__sizeof__() == (told + told).__sizeof__()
    assert text.encode("utf-32") == told.encode("utf-32")


PIECES = st.sampled_from(
    ["a", "é", "’", "œ", "ÿ", "Ā", "\ufffd", "\uffff", "\ud7ff", "\ue000", "\x80", "\u07ff",
     "\u0800", "~", " ", "\\n", "\\t", '\\"', "\\\\", "\\/", "b" * 15, "d" * 16, "e" * 33]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
def test_what_the_corpus_writes_is_read(pieces: list[str]) -> None:
    written = f'"{"".join(pieces)}"'.encode()
    (text,) = read(written)
    assert isinstance(text, str)
    same(written)


HOSTILE = st.sampled_from(
    [b"a", b'"', b"\\", b"n", b"u", b"\\u00e9", b"\0", b"\x1f", b"\x7f", b"\x80", b"\xbf", b"\xc0",
     b"\xc1\xbf", b"\xc3", b"\xa9", b"\xe0\x9f\xbf", b"\xe0\xa0", b"\xe2\x80\x99", b"\xed\xa0\x80",
     b"\xed\x9f\xbf", b"\xef\xbf\xbf", b"\xf0\x9f\x98\x80", b"\xf5", b"\xff", b"x" * 17]
)  # fmt: skip


@given(st.lists(HOSTILE, max_size=24))
@example([b'"', b"\xe2\x80"])
@example([b'"', b"\\"])
def test_anything_is_read_rightly_or_left_to_a_reader(pieces: list[bytes]) -> None:
    for written in (b"".join(pieces), b'"%b"' % b"".join(pieces)):
        same(written)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_rightly_or_left_to_a_reader(written: bytes) -> None:
    same(b'"%b"' % written)


@pytest.mark.parametrize(
    "written", [b"", b'"', b"null", b"3", b'"a', b'a"', b'"a"b"', b'"\xed\xa0\x80"', b'"\xc3"']
)
def test_what_is_no_text_is_left(written: bytes) -> None:
    assert read(written) == [written]


def test_several_are_read_and_only_the_odd_left() -> None:
    assert read(b'"a"', b"1", b'"\xc3\xa9"', b'"\\u0041"') == ["a", b"1", "é", b'"\\u0041"']


def test_what_has_no_such_attribute_or_no_bytes_is_refused() -> None:
    assert kernel is not None
    with pytest.raises(AttributeError):
        kernel.read_json_texts([3], ("text",))
    with pytest.raises(TypeError):
        kernel.read_json_texts([Record(3)], ("text",))
    with pytest.raises(TypeError):
        kernel.read_json_texts((Record(b'""'),), ("text",))
