"""What the page of statistics shows: rows that lead to their questions, bars, other groupings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from indexer.search.request import FILTERS, Search
from indexer.search.statistics import GROUPINGS, Row, Statistics, Tally
from webui import params
from webui.renderers import navigation
from webui.renderers.navigation import Link

_WRITTEN: Final = ("QE",)


@dataclass(frozen=True, slots=True)
class RowView:
    """A row: the address of its questions, and its bar, in hundredths of the longest one.

    ``answered`` is the part of the bar that stands for questions with an answer.
    """

    label: str
    url: str
    tally: Tally
    length: float
    answered: float


def context(statistics: Statistics) -> dict[str, Any]:
    """Return what the template is given."""
    search, by = statistics.search, statistics.by
    return {
        "statistics": statistics,
        "search": search,
        "whole": statistics.whole,
        "by_label": GROUPINGS[by],
        "rows": row_views(statistics),
        "groupings": [
            Link(label, navigation.statistics_url(search, name), name == by)
            for name, label in GROUPINGS.items()
        ],
        "chips": navigation.chips(search, (), partial(navigation.statistics_url, by=by)),
        "results_url": navigation.results_url(search),
        "written_url": _written_url(search, by),
        "canonical": navigation.statistics_url(search, by),
    }


def row_views(statistics: Statistics) -> list[RowView]:
    """Return the rows as they are shown."""
    longest = max((row.tally.questions for row in statistics.rows), default=1)
    return [_row_view(statistics, row, longest) for row in statistics.rows]


def _row_view(statistics: Statistics, row: Row, longest: int) -> RowView:
    by = statistics.by
    label = row.label
    if by in FILTERS and label == row.value:
        label = navigation.value_label(by, row.value)
    return RowView(
        label,
        navigation.results_url(params.with_row(statistics.search, by, row.value)),
        row.tally,
        round(100 * row.tally.questions / longest, 2),
        round(100 * row.tally.answered / longest, 2),
    )


def _written_url(search: Search, by: str) -> str | None:
    """Return the address of the same statistics of written questions, None where they are that."""
    kinds: Sequence[str] = search.filters.get("type", ())
    if kinds and "QE" not in kinds:
        return None
    if tuple(kinds) == _WRITTEN:
        return None
    return navigation.statistics_url(params.with_row(search, "type", "QE"), by)
