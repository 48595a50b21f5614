"""Values of the Assemblée's official records, with the forms that its exports give them.

The same record is published as JSON, which was made from XML: what is absent is null, an empty
string or ``{"@xsi:nil": "true"}``; what repeats is a list only where there are several; dates come
in three forms; some texts were encoded twice. Nothing here knows which field means what.

>>> items({"@xsi:nil": "true"}), items("a"), items(["a", None, "b"])
([], ['a'], ['a', 'b'])
>>> day("07/01/2014"), day("2014-01-07T00:00:00+01:00")
(datetime.date(2014, 1, 7), datetime.date(2014, 1, 7))
"""

import re
from datetime import date
from typing import Any, Final

import ftfy

from indexer.interchange import clean_text
from indexer.sources.french_dates import find_date
from indexer.sources.markup import one_line, plain

# UTF-8 read as cp1252 turns each accented letter into one of these heads and a byte of the range
# 80-BF, which cp1252 shows as what the class lists. No French word has such a pair.
_CONTINUATION: Final = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_DOUBLY_ENCODED = re.compile(f"[ÂÃ][{_CONTINUATION}]|Å[“’¸]|â€|Ã ")
# Exports write an unknown date as the first day of year 1, or as the last of year 9999.
_YEARS: Final = range(1958, 2100)
_PAGE = re.compile(r"(?:p(?:age|\.)?\s*)?(\d{1,6})", re.IGNORECASE)


def items(value: Any) -> list[Any]:
    """Return what a field holds as a list: nothing, one thing or several, without the nulls."""
    if isinstance(value, list):
        return [item for item in value if not _is_null(item)]
    return [] if _is_null(value) else [value]


def _is_null(value: Any) -> bool:
    if isinstance(value, dict):
        nil = value.get("@xsi:nil") or value.get("@nil")
        return not value or nil in ("true", "1", True)
    return value is None or value == ""


def every(value: Any, *path: str) -> list[Any]:
    """Return all that a path of keys leads to, through single objects and lists alike."""
    found = items(value)
    for key in path:
        objects = [item for item in found if isinstance(item, dict)]
        found = [child for item in objects for child in items(item.get(key))]
    return found


def last(value: Any, *path: str) -> Any:
    """Return the last thing that a path of keys leads to, None where there is none."""
    found = every(value, *path)
    return found[-1] if found else None


def text(value: Any) -> str | None:
    """Return a scalar as text (markup and all), repaired if it was encoded twice.

    None stands for a null, for nothing but spaces, and for what is no scalar.
    """
    if isinstance(value, dict):
        value = None if _is_null(value) else value.get("#text")
    if value is None or isinstance(value, bool | list | dict):
        return None
    return repaired(clean_text(str(value))).strip() or None


def line(value: Any) -> str | None:
    """Return a scalar as one line of plain text, None where there is none."""
    return one_line(text(value) or "") or None


def verbatim(value: Any) -> str | None:
    """Return a scalar on one line with its spaces as they were written."""
    return re.sub(r"[\t\n]+", " ", plain(text(value) or "")).strip() or None


def repaired(value: str) -> str:
    """Return text whose UTF-8 had been read as cp1252 as it should have been read.

    Text without the marks of that accident comes back untouched.
    """
    return ftfy.fix_encoding(value) if _DOUBLY_ENCODED.search(value) else value


def day(value: Any) -> date | None:
    """Return the date in ``2014-01-07T00:00:00``, ``07/01/2014`` or ``7 janvier 2014``.

    None where there is none, or where it is no day of the Fifth Republic.
    """
    found = find_date(line(value) or "")
    return found if found and found.year in _YEARS else None


def page(value: Any) -> int | None:
    """Return a page number of the Journal officiel, None where there is none."""
    match = _PAGE.fullmatch(line(value) or "")
    return int(match[1]) or None if match else None


def ministry(value: Any) -> str | None:
    """Return a ministry's name, with the one typing error that the official files repeat mended."""
    name = line(value)
    return name.replace("Minsitère", "Ministère") if name else None


def erratum_notice(published: date | None, at_page: int | None) -> str | None:
    """Return a French sentence for an erratum of which only date and page are told."""
    if not published:
        return None
    where = f", page {at_page}" if at_page else ""
    return f"Erratum publié au JO le {published:%d/%m/%Y}{where}"
