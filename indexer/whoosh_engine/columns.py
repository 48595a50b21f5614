"""Ranges of days and of delays as plans over the columns in which they stand.

>>> delay_range(0, 30)
Range(column='delay', low=1, high=31, score=0.0, op=5)
"""

from datetime import date
from typing import Final

from indexer.fastwhoosh.plan import Range
from indexer.whoosh_engine.schema import day_number

# A delay stands in its column as its days plus one: 0 is an unknown delay.
_MOST_DAYS: Final = 2**32 - 2


def range_of(column: str, first: date | None, last: date | None) -> Range:
    """Return the plan of the questions between two days, both included; None is open."""
    return Range(column, day_number(first or date.min), day_number(last or date.max))


def delay_range(low: int | None, high: int | None) -> Range:
    """Return the plan of the questions answered after so many days, both included."""
    return Range("delay", 1 + (low or 0), 1 + (_MOST_DAYS if high is None else high))
