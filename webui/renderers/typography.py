r"""How French prints numbers, dates, delays and punctuation: filters of the templates.

Nothing here makes markup; what comes out is text that a template escapes.

>>> counted(1234, "question")
'1\u202f234 questions'
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from indexer.question import KINDS
from indexer.search.ranges import DateRange, NumberRange

NO_BREAK: Final = "\u00a0"
NARROW: Final = "\u202f"

_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_BEFORE_COLON: Final = re.compile(r" (?=[:»])")
_BEFORE_SIGN: Final = re.compile(r" (?=[;!?%])")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\\]")
_DECEMBER: Final = 12


def number(value: int) -> str:
    """Group digits by three with narrow no-break spaces."""
    return f"{value:,}".replace(",", NARROW)


def counted(value: int, singular: str, plural: str | None = None) -> str:
    """Return a number and its noun; French is plural from two on."""
    noun = singular if abs(value) < 2 else plural or f"{singular}s"  # noqa: PLR2004  # French plurals begin at two
    return f"{number(value)} {noun}"


def punctuated(text: str) -> str:
    """Put no-break spaces where French wants them, in a sentence of the project."""
    text = _BEFORE_COLON.sub(NO_BREAK, text).replace("« ", f"«{NO_BREAK}")
    return _BEFORE_SIGN.sub(NARROW, text)


def day(value: date) -> str:
    """Return ``5 novembre 2019``, and ``1er`` for the first."""
    place = "1er" if value.day == 1 else str(value.day)
    return f"{place}{NO_BREAK}{_MONTHS[value.month - 1]} {value.year}"


def stamp(text: str) -> str:
    """Return the day of an ISO 8601 date and time, or the text where it is none."""
    try:
        return day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def period(span: DateRange) -> str:
    """Return a period in words: ``en 2019``, ``depuis le 1er mai 2019``, and so on."""
    first, last = span.first, span.last
    if first and last:
        return _whole(first, last) or f"du {day(first)} au {day(last)}"
    if first:
        return f"depuis le {day(first)}"
    return f"jusqu’au {day(last)}" if last else ""


def whole_period(first: date, last: date) -> str:
    """Return the name of a month or a year: ``novembre 2019``, ``2019``."""
    return (_whole(first, last) or "").removeprefix("en ")


def _whole(first: date, last: date) -> str | None:
    """Name the day, month or year that a period is exactly, if it is one."""
    if first == last:
        return f"le {day(first)}"
    month_end = monthrange(last.year, last.month)[1]
    if (first.day, last.day) != (1, month_end):
        return None
    if (first.year, first.month) == (last.year, last.month):
        return f"en {_MONTHS[first.month - 1]} {first.year}"
    if (first.month, last.month) != (1, _DECEMBER):
        return None
    return f"en {first.year}" if first.year == last.year else f"de {first.year} à {last.year}"


def days(span: NumberRange) -> str:
    """Return a range of days in words: ``60 jours ou plus``, ``de 30 à 90 jours``."""
    low, high = span.low, span.high
    if low is not None and high is not None:
        return (
            counted(low, "jour") if low == high else f"de {number(low)} à {counted(high, 'jour')}"
        )
    if low is not None:
        return f"{counted(low, 'jour')} ou plus"
    return "" if high is None else f"{counted(high, 'jour')} ou moins"


def delay(days: int) -> str:
    """Return how long an answer took, behind the word « répondue »."""
    return (
        "le jour même" if days == 0 else f"en {counted(days, 'jour')}".replace(" j", f"{NO_BREAK}j")
    )


def percent(share: float) -> str:
    """Return a share of 1 as ``43,5 %``; what is neither none nor all never looks like it."""
    shown = min(max(share, 0.001), 0.999) if 0 < share < 1 else share
    return f"{100 * shown:.1f}{NARROW}%".replace(".", ",")


def decimal(value: float) -> str:
    """Return a number with one decimal, after a comma."""
    whole, _, tenth = f"{value:.1f}".partition(".")
    return f"{number(int(whole))},{tenth}"


def ordinal(value: int) -> str:
    """Return ``15e``, and ``1re`` for the first: of a legislature."""
    return "1re" if value == 1 else f"{value}e"


def designation(kind: str, figure: int) -> str:
    """Return ``Question écrite n° 24191``."""
    return f"{KINDS.get(kind, kind)} n°{NO_BREAK}{figure}"


def lower_first(text: str) -> str:
    """Return a label as it reads within a sentence."""
    return text[:1].lower() + text[1:]


def capitalize_first(text: str) -> str:
    """Return a phrase as it reads at the head of a sentence; the rest keeps its capitals."""
    return text[:1].upper() + text[1:]


def web_address(url: str | None) -> str | None:
    """Return an address that may become a link: http or https, with a host, and nothing odd."""
    if not url or _UNPRINTABLE.search(url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return None
    return url if usable else None


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "number": number,
    "counted": counted,
    "punctuated": punctuated,
    "day": day,
    "stamp": stamp,
    "period": period,
    "delay": delay,
    "percent": percent,
    "decimal": decimal,
    "ordinal": ordinal,
    "lower_first": lower_first,
    "capitalize_first": capitalize_first,
    "web_address": web_address,
}
