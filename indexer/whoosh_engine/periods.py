"""Day numbers by month and by year: the tables that count the days of a column.

>>> place = int.from_bytes(buckets(MONTHS)[4 * 43_772 : 4 * 43_773], "little")
>>> month_of(place)
(2019, 11)
"""

from array import array
from datetime import date
from functools import cache
from typing import Final

from indexer.fastwhoosh.counting import counted_range
from indexer.fastwhoosh.histogram import NOWHERE
from indexer.fastwhoosh.request import FacetCodes
from indexer.search.results import Months
from indexer.whoosh_engine.schema import day_number

# Days from the first of these years to the last are counted.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
# Buckets of a year.
YEARS: Final = 1
MONTHS: Final = 12


def size(parts: int) -> int:
    """Return the number of buckets: ``parts`` (``YEARS`` or ``MONTHS``) a year."""
    return parts * (LAST_YEAR - FIRST_YEAR + 1)


@cache
def buckets(parts: int) -> bytes:
    """Return the bucket of each day number, 32 bits each; the day 0 is unknown, and has none."""
    table = array("I", [NOWHERE])
    for place in range(size(parts)):
        following = place + 1
        end = date(FIRST_YEAR + following // parts, following % parts * (MONTHS // parts) + 1, 1)
        table.extend([place] * (day_number(end) - len(table)))
    return table.tobytes()


def month_facet(column: str, segments: int) -> FacetCodes:
    """Return the facet that counts the days of a column by month."""
    return FacetCodes(column, (buckets(MONTHS),) * segments, size(MONTHS))


def months_of(counts: bytes) -> Months:
    """Return the months from the first that counts anything to the last, of a facet by month."""
    first, end = counted_range(counts)
    known = tuple(memoryview(counts)[4 * first : 4 * end].cast("I"))
    return Months(*month_of(first), known) if known else Months()


def year_of(place: int) -> int:
    """Return the year of a bucket of ``YEARS``."""
    return FIRST_YEAR + place


def month_of(place: int) -> tuple[int, int]:
    """Return the year and the month (from 1) of a bucket of ``MONTHS``."""
    return FIRST_YEAR + place // MONTHS, place % MONTHS + 1
