"""Which legislature a date belongs to; the table is ``data/legislatures.tsv``.

>>> from datetime import date
>>> legislature_of(date(2019, 11, 5))
15
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Legislature:
    """One legislature; ``last`` is None while it sits."""

    number: int
    first: date
    last: date | None


@cache
def legislatures() -> tuple[Legislature, ...]:
    """Return the table, oldest first."""
    text = files("indexer").joinpath("data/legislatures.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(
        Legislature(
            int(number), date.fromisoformat(first), date.fromisoformat(last) if last else None
        )
        for number, first, last in rows
    )


def legislature_of(day: date) -> int | None:
    """Return the number of the legislature that a day belongs to, None before the first."""
    table = legislatures()
    place = bisect_right([entry.first for entry in table], day)
    return table[place - 1].number if place else None
