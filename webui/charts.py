"""What was found over time, as bars: by month where that is readable, else by year.

Only numbers and addresses come out; the template draws them, as a picture for the eye and as a
table for everybody.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from indexer.search.request import Search
from indexer.search.results import Months, Timeline
from webui import params
from webui.renderers import typography
from webui.renderers.navigation import results_url

# More bars than this are years.
_MOST_MONTHS: Final = 36
_HEIGHT: Final = 40
# A period that has any question shows, however few they are.
_LEAST: Final = 1.0
_MONTHS_A_YEAR: Final = 12
_TITLES: Final = {"asked": "Questions posées", "answered": "Réponses publiées"}
_Period = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month or a year: its name, its questions, its bar, the search for it.

    ``place`` counts from 0; ``height`` is at most that of the chart. ``url`` is None where there
    is no question.
    """

    label: str
    questions: int
    place: int
    height: float
    url: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in the order of time, those without a question included; ``unit`` is what each is."""

    name: str
    title: str
    unit: str
    bars: tuple[Bar, ...]
    height: int = _HEIGHT

    @property
    def highest(self) -> Bar:
        """The period of most questions, the first of several."""
        return max(self.bars, key=lambda bar: bar.questions)


def charts(search: Search, timeline: Timeline) -> list[Chart]:
    """Return the charts of a search, by the date of the question and by that of the answer.

    A chart of one bar would compare it with nothing: there is none.
    """
    found = {"asked": timeline.asked, "answered": timeline.answered}
    drawn = (_chart(search, name, months) for name, months in found.items() if months.counts)
    return [chart for chart in drawn if len(chart.bars) > 1]


def _chart(search: Search, name: str, months: Months) -> Chart:
    by_month = len(months.counts) <= _MOST_MONTHS
    counts: Counter[date] = Counter()
    for year, month, questions in months.known():
        counts[date(year, month if by_month else 1, 1)] += questions
    highest = max(counts.values())
    bars = (
        _bar(params.within(search, *period, name), period, place, counts[period[0]], highest)
        for place, period in enumerate(_periods(months, 1 if by_month else _MONTHS_A_YEAR))
    )
    return Chart(name, _TITLES[name], "mois" if by_month else "an", tuple(bars))


def _periods(months: Months, size: int) -> Iterator[_Period]:
    """Yield the periods of 1 or 12 months that hold all of some months."""
    start = months.year * _MONTHS_A_YEAR + months.month - 1
    for first in range(start // size * size, start + len(months.counts), size):
        last_year, last_month = divmod(first + size - 1, _MONTHS_A_YEAR)
        last_day = monthrange(last_year, last_month + 1)[1]
        yield (
            date(first // _MONTHS_A_YEAR, first % _MONTHS_A_YEAR + 1, 1),
            date(last_year, last_month + 1, last_day),
        )


def _bar(within: Search, period: _Period, place: int, questions: int, highest: int) -> Bar:
    height = max(_HEIGHT * questions / highest, _LEAST) if questions else 0.0
    url = results_url(within) if questions else None
    return Bar(typography.whole_period(*period), questions, place, round(height, 2), url)
