"""Dates as French pages print them, and what they say of a day.

Long dates (``5 novembre 2019``, ``1er janvier 2018``), short ones (``21/08/2012``) and ISO ones
are read everywhere; an impossible date is no date. Nothing here knows a page.

>>> find_date("Question soumise le 1er janvier 2018")
datetime.date(2018, 1, 1)
>>> publications("Question publiée au JO le : 21/08/2012 page : 4774", "Question publiée")
(Publication(day=datetime.date(2012, 8, 21), page=4774),)
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_MONTHS: Final = (
    "janvier", "f[ée]vrier", "mars", "avril", "mai", "juin", "juillet", "ao[ûu]t", "septembre",
    "octobre", "novembre", "d[ée]cembre",
)  # fmt: skip
_DATE_PATTERN: Final = (
    r"(?<!\d)(?:[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|[0-9]{{1,2}}\s?(?:er)?\s+(?:{'|'.join(_MONTHS)})\s+[0-9]{{4}})(?!\d)"
)
_DATE = re.compile(_DATE_PATTERN, re.IGNORECASE)
_LONG = re.compile(r"([0-9]{1,2})\s?(?:er)?\s+(\w+)\s+([0-9]{4})")
# What may stand between a label and its date: "au JO le : ", "au Journal Officiel du ".
_BETWEEN: Final = r"[^\d\n]{0,80}?"
_PAGE: Final = r"(?:[\s,:()–-]{0,8}p(?:age|\.)\s{0,4}:?\s{0,4}([0-9]{1,6})(?!\d))?"
_WITHDRAWN = re.compile(
    rf"\bretir[ée]e\b(?:{_BETWEEN}(?P<day>{_DATE_PATTERN}))?"
    r"\s*(?:\((?P<bracketed>[^()\n]*)\)|pour\s+cause\s+de\s+(?P<cause>[^.\n]+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """A day, and the page of that day's issue of the Journal officiel where it is printed."""

    day: date
    page: int | None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """When and why a question was withdrawn, as far as the page tells."""

    day: date | None
    reason: str | None


def find_date(text: str) -> date | None:
    """Return the first date in a text, None where there is none or it is impossible."""
    match = _DATE.search(text)
    return _read(match[0]) if match else None


def find_dates(text: str) -> tuple[date, ...]:
    """Return all the possible dates in a text, in order."""
    days = (_read(match[0]) for match in _DATE.finditer(text))
    return tuple(day for day in days if day)


def is_bare_date(text: str) -> bool:
    """Tell whether a text is a date and nothing else."""
    return bool(_DATE.fullmatch(text.strip()))


def publications(text: str, label: str) -> tuple[Publication, ...]:
    """Return what follows every occurrence of ``label``, a regular expression, on its line."""
    pattern = re.compile(rf"(?:{label}){_BETWEEN}({_DATE_PATTERN}){_PAGE}", re.IGNORECASE)
    found: list[Publication] = []
    for match in pattern.finditer(text):
        day, page = match.groups()[-2:]
        if read := _read(day):
            found.append(Publication(read, int(page) or None if page else None))
    return tuple(found)


def withdrawal_of(text: str) -> Withdrawal | None:
    """Read "Retirée le 13 mai 2014 (fin de mandat)" and its like; None where nothing says so."""
    match = _WITHDRAWN.search(text)
    if not match:
        return None
    reason = (match["bracketed"] or match["cause"] or "").strip()
    return Withdrawal(_read(match["day"]) if match["day"] else None, reason or None)


def _read(text: str) -> date | None:
    try:
        if "/" in text:
            day, month, year = text.split("/")
            return date(int(year), int(month), int(day))
        if "-" in text:
            return date.fromisoformat(text)
        return _read_long(text)
    except ValueError:
        return None


def _read_long(text: str) -> date | None:
    match = _LONG.fullmatch(text)
    if not match:
        return None
    names = enumerate(_MONTHS, start=1)
    month = next(number for number, name in names if re.fullmatch(name, match[2], re.IGNORECASE))
    return date(int(match[3]), month, int(match[1]))
