"""Ranges of days and of numbers, as a person types their ends.

A bound is a whole or partial date (``2019``, ``03/2019``, ``mars 2019``, ``5 novembre 2019``,
``2019-11-05``) or a number of days. A range is one bound, two with ``..`` between, or one with
what it opens: ``>=2018`` or ``depuis 2018``, ``>2018`` or ``après 2018``, ``<2018`` or ``avant
2018``, ``<=2018`` or ``jusqu'en 2018``.

>>> parse_date("2019", "du", last_day=True)
datetime.date(2019, 12, 31)
>>> parse_period("depuis mars 2018", "date")
DateRange(first=datetime.date(2018, 3, 1), last=None)
>>> parse_days(">60", "delai")
NumberRange(low=61, high=None)
"""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from indexer.errors import BadParameter

_Bound = TypeVar("_Bound", date, int)

_ISO: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_FRENCH: Final = re.compile(r"(?:(?:([0-9]{1,2})[/.])?([0-9]{1,2})[/.])?([0-9]{4})")
_LONG: Final = re.compile(r"(?:(?:le )?([0-9]{1,2})(?:er)? )?([a-z]{3,9})\.? ([0-9]{4})")
_DATE_FORMS: Final = "une date AAAA-MM-JJ, JJ/MM/AAAA, MM/AAAA ou AAAA"
_DAYS_FORMS: Final = "un nombre de jours : 60, >60, <=90 ou 30..90"
_MOST_DAYS: Final = 99_999
_DECEMBER: Final = 12
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("janvier janv", "fevrier fevr", "mars", "avril avr", "mai", "juin", "juillet juil",
         "aout", "septembre sept", "octobre oct", "novembre nov", "decembre dec"), 1
    )
    for name in names.split()
}  # fmt: skip
_BARE: Final = str.maketrans("àâäéèêëîïôöùûüç’", "aaaeeeeiioouuuc'")
_OPENED: Final = re.compile(
    r"(?P<ge>>=|≥|depuis\b|des\b|a partir d[eu]\b|a compter d[eu]\b)"
    r"|(?P<le><=|≤|jusqu'(?:en|au|a)\b)"
    r"|(?P<gt>>|apres\b|plus de\b)"
    r"|(?P<lt><|avant\b|moins de\b)"
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Both days included; None is open."""

    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return bool(self.first or self.last)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Both ends included; None is open."""

    low: int | None = None
    high: int | None = None

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None


def parse_date(text: str, parameter: str, *, last_day: bool) -> date | None:
    """Read the end of a range of days as a person types it.

    Args:
        text: ``2019-11-05``, ``05/11/2019``, ``11/2019``, ``novembre 2019``, ``2019``, or nothing;
            ``depuis 2018`` where it is the first end, ``avant 2018`` where it is the last.
        parameter: named in the error.
        last_day: whether it is the last end: a partial date then means its last day.

    Returns:
        The day, None for an empty text.

    Raises:
        BadParameter: it is no date, or opens the range on the other side.
    """
    if not text.strip():
        return None
    period = parse_period(text, parameter)
    wanted = period.last if last_day else period.first
    if wanted is None or ".." in text:
        raise BadParameter(parameter, text.strip(), _DATE_FORMS)
    return wanted


def date_range(first: str, last: str, names: Sequence[str] = ("du", "au")) -> DateRange:
    """Return the range between two typed dates, each of which may be empty or partial."""
    return DateRange(
        parse_date(first, names[0], last_day=False), parse_date(last, names[1], last_day=True)
    )


def parse_period(text: str, parameter: str) -> DateRange:
    """Read a range of days.

    Raises:
        BadParameter: it is none, or ends before it begins.
    """
    try:
        first, last = _range(_bare(text), _ends_of_date, timedelta(1))
    except (ValueError, OverflowError) as error:
        raise BadParameter(parameter, text.strip(), _DATE_FORMS) from error
    return DateRange(first, last)


def parse_days(text: str, parameter: str) -> NumberRange:
    """Read a range of numbers of days; an empty text is no range.

    Raises:
        BadParameter: it is none, or ends before it begins.
    """
    if not text.strip():
        return NumberRange()
    try:
        low, high = _range(_bare(text), _ends_of_number, 1)
    except ValueError as error:
        raise BadParameter(parameter, text.strip(), _DAYS_FORMS) from error
    return NumberRange(low, high)


def written_date(day: date | None, *, last_day: bool) -> str:
    """Return the shortest ISO form that ``parse_date`` reads as this day, ``""`` for None."""
    if day is None:
        return ""
    month_end = monthrange(day.year, day.month)[1]
    if day.day != (month_end if last_day else 1):
        return day.isoformat()
    if day.month != (_DECEMBER if last_day else 1):
        return f"{day.year:04d}-{day.month:02d}"
    return f"{day.year:04d}"


def written_period(period: DateRange) -> str:
    """Return the shortest form that ``parse_period`` reads as this range of days."""
    first = written_date(period.first, last_day=False)
    last = written_date(period.last, last_day=True)
    return first if first == last else f"{first}..{last}"


def written_days(days: NumberRange) -> str:
    """Return the form that ``parse_days`` reads as this range of numbers.

    >>> written_days(NumberRange(30, 90)), written_days(NumberRange(61))
    ('30..90', '>=61')
    """
    if days.low is not None and days.high is not None:
        return str(days.low) if days.low == days.high else f"{days.low}..{days.high}"
    if days.low is not None:
        return f">={days.low}"
    return "" if days.high is None else f"<={days.high}"


def _bare(text: str) -> str:
    return " ".join(text.lower().translate(_BARE).split())


def _opened(text: str) -> tuple[str, str]:
    match = _OPENED.match(text)
    return (match.lastgroup or "", text[match.end() :].strip()) if match else ("", text)


def _range(
    text: str, ends: Callable[[str], tuple[_Bound, _Bound]], step: Any
) -> tuple[_Bound | None, _Bound | None]:
    kind, bound = _opened(text)
    if kind:
        first, last = ends(bound)
        low = first if kind == "ge" else last + step if kind == "gt" else None
        return low, (last if kind == "le" else first - step if kind == "lt" else None)
    if ".." not in text:
        return ends(text)
    left, _, right = (part.strip() for part in text.partition(".."))
    if not left and not right:
        raise ValueError(text)
    low, high = ends(left)[0] if left else None, ends(right)[1] if right else None
    if low is not None and high is not None and low > high:
        raise ValueError(text)
    return low, high


def _ends_of_number(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,5}) ?(?:j|jours?)?", text)
    if not match:
        raise ValueError(text)
    number = int(match[1])
    return number, number


def _ends_of_date(text: str) -> tuple[date, date]:
    year, month, day = _fields(text)
    first_month, last_month = (month, month) if month else (1, _DECEMBER)
    if day:
        whole = date(year, first_month, day)
        return whole, whole
    first = date(year, first_month, 1)
    return first, date(year, last_month, monthrange(year, last_month)[1])


def _fields(text: str) -> tuple[int, int | None, int | None]:
    day: str | None
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _FRENCH.fullmatch(text):
        day, month, year = match.groups()
    elif (match := _LONG.fullmatch(text)) and match[2] in _MONTHS:
        day, month, year = match[1], str(_MONTHS[match[2]]), match[3]
    else:
        raise ValueError(text)
    if (month and not int(month)) or (day and not int(day)):
        raise ValueError(text)
    return int(year), int(month) if month else None, int(day) if day else None
