"""``questions stats``: how many questions have an answer, and after how long, by ministry."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from indexer.cli.filters import QueryCommand, dates_epilog, query_options, search_of
from indexer.cli.french import json_option
from indexer.cli.searching import opened_engine
from indexer.cli.terminal import Style, clean, number, plural, write, write_json
from indexer.search.statistics import (
    DEFAULT_GROUPING,
    GROUPINGS,
    Delays,
    Row,
    Statistics,
    Tally,
)
from indexer.search.statistics import as_json as statistics_json

_HEADS: Final = ("questions", "réponses", "taux", "médiane", "3/4 en")
_NOTHING: Final = "–"
_WRITTEN: Final = "QE"


@click.command(
    cls=QueryCommand,
    epilog=dates_epilog(
        "questions stats --type QE --par ministere",
        "questions stats loup --du 2017 --par annee",
        "questions stats --portefeuille santé --par groupe --json",
    ),
)
@query_options
@click.option(
    "--par",
    default=DEFAULT_GROUPING,
    metavar="NOM",
    help=f"Ce qui distingue les lignes : {DEFAULT_GROUPING} (sans précision), "
    f"{', '.join(name for name in GROUPINGS if name != DEFAULT_GROUPING)}.",
)
@json_option
def stats(par: str, as_json: bool, **values: Any) -> None:  # noqa: FBT001  # click passes by keyword
    """Compte les réponses et mesure les délais de toutes les questions, ou de celles trouvées.

    Le taux est la part des questions qui ont une réponse ; le délai, le nombre de jours de la
    question à la réponse.
    """
    found = opened_engine().statistics(search_of(values), par)
    if as_json:
        write_json(statistics_json(found))
    else:
        write(lines(found, Style.of_output()))


def lines(found: Statistics, style: Style) -> Iterator[str]:
    """Yield the lines of a table of statistics."""
    if found.understood.text:
        yield f"Recherché : {clean(found.understood.text)}"
    yield from map(clean, found.understood.notices)
    if not found.whole.questions:
        yield style.bold("Aucune question trouvée.")
        return
    yield style.bold(_answers(found.whole))
    if found.whole.delays:
        yield _delays(found.whole.delays)
    if found.search.filters.get("type") != (_WRITTEN,):
        yield style.dim(
            "Une question orale a sa réponse en séance, souvent le jour même ; "
            "--type QE ne compte que les questions écrites."
        )
    yield ""
    yield from _table(found, style)
    if found.others:
        yield style.dim(f"… et {plural(found.others, 'autre ligne', 'autres lignes')}")
    if found.without:
        yield style.dim(f"{plural(found.without, 'question')} sans cette indication")


def _answers(tally: Tally) -> str:
    others = (
        (tally.waiting, "en attente", "en attente"),
        (tally.withdrawn, "retirée", "retirées"),
        (tally.lapsed, "caduque", "caduques"),
    )
    parts = [plural(count, one, many) for count, one, many in others if count]
    answered = f"{number(tally.answered)} avec réponse ({_percent(tally)})"
    return f"{plural(tally.questions, 'question')} : {', '.join((answered, *parts))}."


def _delays(delays: Delays) -> str:
    mean = f"{delays.mean:.1f}".replace(".", ",")
    return (
        f"Délai de {plural(delays.answers, 'réponse')} : la moitié en "
        f"{plural(delays.median, 'jour')} au plus, un quart en {number(delays.first_quartile)}, "
        f"trois quarts en {number(delays.third_quartile)} ; moyenne {mean}, "
        f"de {number(delays.shortest)} à {number(delays.longest)}."
    )


def _percent(tally: Tally) -> str:
    return f"{100 * tally.answer_rate:.1f} %".replace(".", ",")


def _table(found: Statistics, style: Style) -> Iterator[str]:
    cells = [_cells(row) for row in found.rows]
    widths = [max(map(len, column)) for column in zip(_HEADS, *cells, strict=True)]
    yield style.bold(_aligned(_HEADS, widths) + GROUPINGS[found.by])
    for row, each in zip(found.rows, cells, strict=True):
        yield _aligned(each, widths) + clean(row.label)


def _cells(row: Row) -> tuple[str, ...]:
    tally, delays = row.tally, row.tally.delays
    days = (
        (f"{number(delays.median)} j", f"{number(delays.third_quartile)} j")
        if delays
        else (_NOTHING, _NOTHING)
    )
    return (number(tally.questions), number(tally.answered), _percent(tally), *days)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    pairs = zip(cells, widths, strict=True)
    return "".join(f"{cell:>{width}}  " for cell, width in pairs)
