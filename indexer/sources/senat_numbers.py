"""How the Sénat numbers its questions, and where it puts their pages.

The letter after a number is the kind, and a page's name holds year, month and number.

>>> read_number("0791G"), page_url("qSEQ16030791G")
((791, 'QG'), 'https://www.senat.fr/questions/base/2016/qSEQ16030791G.html')
"""

import re
from datetime import date
from typing import Final

_NUMBER = re.compile(r"([0-9]{1,7})\s?([A-Z]?)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"qSEQ([0-9]{2})([0-9]{2})[0-9]{3,6}[A-Z]?", re.IGNORECASE)
# Letters read in real lists; another one names a kind that only the page or the column tells.
_KINDS: Final = {"": "QE", "S": "QOSD", "G": "QG"}
# The base begins in 1978.
_FIRST_YEAR: Final = 78
_MONTHS: Final = 12


def read_number(text: str) -> tuple[int, str | None] | None:
    """Return number and kind from ``1054S``; the kind is None for a letter that is not known."""
    match = _NUMBER.fullmatch(text.strip())
    return (int(match[1]), _KINDS.get(match[2].upper())) if match else None


def find_identifier(text: str) -> str | None:
    """Return the first identifier such as ``qSEQ16030791G`` in a text."""
    match = _IDENTIFIER.search(text)
    return match[0] if match else None


def page_url(identifier: str) -> str | None:
    """Return the address of the page of a question, None for what is no identifier."""
    month = month_of(identifier)
    if month is None:
        return None
    return f"https://www.senat.fr/questions/base/{month.year}/{identifier}.html"


def month_of(identifier: str) -> date | None:
    """Return the first day of the month that an identifier names, None for what is none."""
    match = _IDENTIFIER.fullmatch(identifier)
    if not match:
        return None
    year, month = int(match[1]), int(match[2])
    century = 1900 if year >= _FIRST_YEAR else 2000
    return date(century + year, month, 1) if 1 <= month <= _MONTHS else None
