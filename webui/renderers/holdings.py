"""What an index holds, as the table of the start page: a row a legislature, a column a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.question import KINDS
from indexer.search.request import FILTERS
from indexer.search.results import IndexInfo
from webui import params
from webui.renderers.navigation import Link, results_url
from webui.renderers.typography import ordinal


@dataclass(frozen=True, slots=True)
class Holding:
    """How many questions of each kind the index has of one legislature of one chamber."""

    label: str
    total: Link
    cells: tuple[Link | None, ...]


def holdings(info: IndexInfo) -> tuple[list[str], list[Holding]]:
    """Return the kinds of questions that an index has, and its rows, the newest first."""
    counts = {(chamber, number, kind): count for chamber, number, kind, count in info.counts}
    kinds = [kind for kind in KINDS if any(key[2] == kind for key in counts)]
    rows = sorted({(chamber, number) for chamber, number, _ in counts}, key=_newest_first)
    return kinds, [_holding(chamber, number, kinds, counts) for chamber, number in rows]


def _newest_first(row: tuple[str, int]) -> tuple[str, int]:
    return row[0], -row[1]


def _holding(
    chamber: str, number: int, kinds: Sequence[str], counts: Mapping[tuple[str, int, str], int]
) -> Holding:
    label = f"{FILTERS['chambre'].values.get(chamber, chamber)}, {ordinal(number)} législature"
    filters = {"chambre": (chamber,), "legislature": (str(number),)}
    every = params.new_search(filters=filters, sort=params.BY_DATE)
    found = [counts.get((chamber, number, kind), 0) for kind in kinds]
    cells = [
        Link(kind, results_url(params.with_value(every, "type", kind)), count=count)
        if count
        else None
        for kind, count in zip(kinds, found, strict=True)
    ]
    return Holding(label, Link("total", results_url(every), count=sum(found)), tuple(cells))
