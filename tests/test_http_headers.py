from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.http_headers import (
    Validators,
    continues,
    from_byte,
    is_transformed,
    seconds_asked_for,
    unless_unchanged,
    whole_size,
)

DATE = "Mon, 06 Oct 2025 08:00:00 GMT"


@pytest.mark.parametrize(
    ("etag", "last_modified", "wanted"),
    [
        ('"a"', DATE, '"a"'),
        ('W/"a"', DATE, DATE),
        ('W/"a"', None, None),
        (None, DATE, DATE),
        (None, None, None),
    ],
)
def test_only_strong_validators_promise_the_same_bytes(
    etag: str | None, last_modified: str | None, wanted: str | None
) -> None:
    assert Validators(etag, last_modified).if_range == wanted


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (Validators('"a"', "1"), Validators('"a"', "2"), True),
        (Validators('"a"', "1"), Validators('"b"', "1"), False),
        (Validators('"a"', "1"), Validators(None, "2"), False),
        (Validators('"a"', "1"), Validators(None, "1"), True),
        (Validators('"a"', "1"), Validators(), True),
        (Validators('"a"'), Validators(None, "2"), True),
    ],
)
def test_versions_agree_unless_a_name_differs(
    one: Validators, other: Validators, *, agree: bool
) -> None:
    assert one.agree(other) is agree
    assert other.agree(one) is agree


def test_only_known_names_are_asked_about() -> None:
    assert unless_unchanged(Validators()) == {}
    assert unless_unchanged(Validators('"a"', DATE)) == {
        "If-None-Match": '"a"',
        "If-Modified-Since": DATE,
    }
    assert from_byte(7, Validators('W/"a"', DATE)) == {"Range": "bytes=7-", "If-Range": DATE}


@given(st.text())
def test_validators_can_stand_in_a_header(value: str) -> None:
    etag = Validators.of_headers({"ETag": value}).etag
    assert etag is None or (etag.isprintable() or "\xa0" in etag or "\xad" in etag)
    assert etag is None or not set(etag) & {"\r", "\n", "\0"}
    assert etag is None or etag.encode("latin-1")


@pytest.mark.parametrize("value", ["", "a\r\nX: y", "a" * 513, "€", "\x7f"])
def test_impossible_validators_count_as_none(value: str) -> None:
    assert Validators.of_headers({"ETag": value, "Last-Modified": value}) == Validators()
    assert Validators.of_record({"etag": value, "last_modified": 3}) == Validators()


@pytest.mark.parametrize(
    ("written", "offset", "size", "follows"),
    [
        ("bytes 5-9/10", 5, 10, True),
        ("bytes 5-9/*", 5, 10, True),
        ("bytes 4-9/10", 5, 10, False),
        ("bytes */10", 5, 10, False),
        ("5-9/10", 5, 10, False),
        ("", 5, 10, False),
    ],
)
def test_content_range(written: str, offset: int, size: int, *, follows: bool) -> None:
    headers = {"Content-Range": written, "Content-Length": "5"}
    assert continues(headers, offset, Validators()) is follows
    assert whole_size(headers, offset) == size


@pytest.mark.parametrize("length", ["", "-1", "5, 5", "x", "²"])
def test_a_length_that_makes_no_sense_is_unknown(length: str) -> None:
    assert whole_size({"Content-Length": length}, 0) is None


def test_the_size_said_by_a_range_that_nobody_asked_for_does_not_count() -> None:
    assert whole_size({"Content-Range": "bytes 0-4/10", "Content-Length": "5"}, 0) == 5


def test_transformations() -> None:
    assert is_transformed({"Content-Encoding": "GZIP"})
    assert not is_transformed({"Content-Encoding": "Identity"})
    assert not is_transformed({})


@given(st.text() | st.integers().map(str))
def test_any_retry_after_gives_a_wait(written: str) -> None:
    assert seconds_asked_for({"Retry-After": written}) >= 0


@pytest.mark.parametrize("seconds", [-86_400, -1])
def test_a_date_that_is_over_asks_for_nothing(seconds: int) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    assert seconds_asked_for({"Retry-After": format_datetime(moment, usegmt=True)}) == 0
