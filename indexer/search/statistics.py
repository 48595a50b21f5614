"""Answers and delays, counted over what a search finds: for all of it, and for each value.

The answer rate is the share of the questions that have an answer. A delay is the days from the date
of the question to that of its answer, counted where both are known. A quartile is a delay that was
reached: half of the answers came in ``median`` days or less.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from indexer.search.request import FILTERS, Search
from indexer.search.results import Understood

BY_YEAR: Final = "annee"
# What questions can be told apart by: every filter but the status, which is what is counted.
DEFAULT_GROUPING: Final = "portefeuille"
_FIRST: Final = (DEFAULT_GROUPING, "ministere", "ministere_reponse", "groupe")
GROUPINGS: Final[Mapping[str, str]] = {
    **{name: FILTERS[name].label for name in _FIRST},
    BY_YEAR: "Année de la question",
    **{name: spec.label for name, spec in FILTERS.items() if name not in (*_FIRST, "statut")},
}
# Rows given at most, those of most questions first; the others are counted.
MAX_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Delays:
    """Delays in days of some answers, of which there is at least one."""

    answers: int
    mean: float
    shortest: int
    first_quartile: int
    median: int
    third_quartile: int
    longest: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Some questions by their status; ``delays`` is None where no delay is known."""

    questions: int
    answered: int
    waiting: int
    withdrawn: int
    lapsed: int
    delays: Delays | None

    @property
    def answer_rate(self) -> float:
        """The share of the questions that have an answer, 0 to 1; 0 where there is no question."""
        return self.answered / self.questions if self.questions else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """The questions that have a value, and what the value is called."""

    value: str
    label: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Statistics:
    """The questions that a search finds, all of them and by a grouping of :data:`GROUPINGS`.

    Rows come by their number of questions, years and legislatures the newest first; ``others`` is
    the number of rows left out. A question is in no row where it has no value (``without`` counts
    those), and in several where it has several.
    """

    search: Search
    by: str
    understood: Understood
    whole: Tally
    rows: tuple[Row, ...]
    others: int
    without: int
    took_ms: float
    generation: str


def as_json(statistics: Statistics) -> dict[str, Any]:
    """Return the JSON form of statistics, the same for the command line and the API."""
    return {
        "query": statistics.search.text,
        "understood": statistics.understood.text,
        "notices": list(statistics.understood.notices),
        "by": statistics.by,
        "all": _tally_json(statistics.whole),
        "rows": [
            {"value": row.value, "label": row.label, **_tally_json(row.tally)}
            for row in statistics.rows
        ],
        "other_rows": statistics.others,
        "questions_without_value": statistics.without,
        "took_ms": round(statistics.took_ms, 2),
        "generation": statistics.generation,
    }


def _tally_json(tally: Tally) -> dict[str, Any]:
    delays = asdict(tally.delays) if tally.delays else None
    if delays:
        delays["mean"] = round(delays["mean"], 2)
    return {
        "questions": tally.questions,
        "answered": tally.answered,
        "waiting": tally.waiting,
        "withdrawn": tally.withdrawn,
        "lapsed": tally.lapsed,
        "answer_rate": round(tally.answer_rate, 4),
        "delays": delays,
    }
