"""Ends of ranges, as people type them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadParameter
from indexer.search.ranges import (
    DateRange,
    NumberRange,
    date_range,
    parse_date,
    parse_days,
    parse_period,
    written_days,
    written_period,
)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("03/2019", "2019-03-01", "2019-03-31"),
        ("2019-2", "2019-02-01", "2019-02-28"),
        ("février 2020", "2020-02-01", "2020-02-29"),
        ("AOÛT 2020", "2020-08-01", "2020-08-31"),
        ("sept. 2020", "2020-09-01", "2020-09-30"),
        ("1er mai 2019", "2019-05-01", "2019-05-01"),
        ("le 5 novembre 2019", "2019-11-05", "2019-11-05"),
        ("05/11/2019", "2019-11-05", "2019-11-05"),
        ("5.11.2019", "2019-11-05", "2019-11-05"),
        ("2018..2019", "2018-01-01", "2019-12-31"),
        ("..2019", None, "2019-12-31"),
        ("03/2018..", "2018-03-01", None),
        ("depuis 2018", "2018-01-01", None),
        ("Depuis le 5 novembre 2019", "2019-11-05", None),
        ("à partir de mars 2019", "2019-03-01", None),
        (">=2018", "2018-01-01", None),
        (">2018", "2019-01-01", None),
        ("après mars 2019", "2019-04-01", None),
        ("avant 2018", None, "2017-12-31"),
        ("<2018", None, "2017-12-31"),
        ("jusqu'en 2018", None, "2018-12-31"),
        ("jusqu’au 05/11/2019", None, "2019-11-05"),
        ("<=2018", None, "2018-12-31"),
    ],
)
def test_periods(typed: str, first: str | None, last: str | None) -> None:
    assert parse_period(typed, "date") == DateRange(
        date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
    )


@pytest.mark.parametrize(
    "typed",
    ["demain", "31/02/2019", "2019-13", "00/2019", "0 mai 2019", "2020..2019", "..", "depuis",
     "avant 0001", "après 9999", "5 brumaire 2019", "0000"],
)  # fmt: skip
def test_what_is_no_period_is_refused(typed: str) -> None:
    with pytest.raises(BadParameter):
        parse_period(typed, "date")


def test_the_two_fields_of_a_form_say_what_opens_them() -> None:
    both = date_range("depuis 2018", "avant 2020")
    assert both == DateRange(date(2018, 1, 1), date(2019, 12, 31))
    for typed, last_day in (("avant 2018", False), ("depuis 2018", True), ("2018..2019", True)):
        with pytest.raises(BadParameter):
            parse_date(typed, "du", last_day=last_day)


DAYS = st.none() | st.dates(min_value=date(1000, 1, 1))


@given(DAYS, DAYS)
def test_a_period_is_written_as_it_is_read(one: date | None, other: date | None) -> None:
    if one and other and one > other:
        one, other = other, one
    if one or other:
        assert parse_period(written_period(DateRange(one, other)), "date") == DateRange(one, other)


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [("60", 60, 60), (">60", 61, None), (">=60", 60, None), ("<60", None, 59), ("<=60", None, 60),
     ("30..90", 30, 90), ("30..", 30, None), ("..90", None, 90), ("plus de 60 jours", 61, None),
     ("moins de 30 j", None, 29), ("", None, None)],
)  # fmt: skip
def test_days(typed: str, low: int | None, high: int | None) -> None:
    days = parse_days(typed, "delai")
    assert days == NumberRange(low, high)
    assert parse_days(written_days(days), "delai") == days


@pytest.mark.parametrize("typed", ["long", "90..30", "-5", "1000000", "..", "3.5", "٣"])
def test_what_is_no_number_of_days_is_refused(typed: str) -> None:
    with pytest.raises(BadParameter, match="un nombre de jours"):
        parse_days(typed, "delai")


@given(st.text(max_size=30))
def test_any_text_is_a_range_or_is_refused(typed: str) -> None:
    for read in (parse_days, parse_period):
        with suppress(BadParameter):
            read(typed, "x")
