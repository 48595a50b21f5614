"""``questions index``: make the index.

The engine and the corpus are imported inside the functions: Whoosh costs start-up time.
"""

import atexit
import gc
from typing import TYPE_CHECKING, Any, Final

import click

from indexer.cli.french import FrenchCommand, json_option
from indexer.cli.terminal import (
    ProgressLine,
    advance,
    clean,
    duration,
    number,
    plural,
    write,
    write_json,
)
from indexer.errors import CorpusError
from indexer.garbage import without_collector
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.corpus import Corpus
    from indexer.whoosh_engine import BuildReport

EMPTY: Final = (
    "Le corpus est vide. Ajoutez-y des questions avec « questions import CHEMIN », "
    "ou indexez l'échantillon avec « questions index --sample »."
)


@click.command(cls=FrenchCommand)
@click.option("--full", is_flag=True, help="Refait tout l'index au lieu de le mettre à jour.")
@click.option("--sample", is_flag=True, help="Indexe l'échantillon fourni, non le corpus.")
@json_option
def index(full: bool, sample: bool, as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Rend le corpus cherchable : construit l'index ou le met à jour.

    L'ancien index sert jusqu'à ce que le nouveau soit entier ; une construction interrompue ne
    l'abîme pas.
    """
    settings = Settings.from_environment()
    report = build_index(settings, full=full, sample=sample)
    if as_json:
        write_json(_report_json(report))
    else:
        write(_report_lines(report))


def build_index(settings: Settings, *, full: bool = False, sample: bool = False) -> "BuildReport":
    """Build or update the index, showing how far it is.

    Raises:
        CorpusError: there is nothing to index.
        IndexingError: the index could not be built.
    """
    with without_collector():
        from indexer.corpus import sample_corpus  # noqa: PLC0415  # start-up cost
        from indexer.whoosh_engine import build  # noqa: PLC0415  # start-up cost

    # What a build remembers is no garbage: looking for some as the process ends takes 0.04 s.
    atexit.register(gc.freeze)
    corpus = sample_corpus() if sample else the_corpus(settings)
    if corpus.is_empty():
        raise CorpusError(EMPTY)
    line = ProgressLine()

    def progress(done: int, total: int | None) -> None:
        line.show(advance(done, total, line.seconds(), "questions"))

    try:
        return build(corpus, settings, full=full, is_sample=sample, progress=progress)
    finally:
        line.end()


def the_corpus(settings: Settings) -> "Corpus":
    """Return the corpus of the settings."""
    from indexer.corpus import Corpus  # noqa: PLC0415  # start-up cost

    return Corpus(settings.corpus / "questions")


def _report_json(report: "BuildReport") -> dict[str, Any]:
    return {
        "generation": report.generation,
        "is_new": report.is_new,
        "added": report.added,
        "updated": report.updated,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "total": report.total,
        "seconds": round(report.seconds, 3),
    }


def _report_lines(report: "BuildReport") -> list[str]:
    if not report.is_new:
        return [
            f"L'index {clean(report.generation)} est à jour : {plural(report.total, 'question')}."
        ]
    changed = report.added + report.updated
    speed = f", {number(round(changed / report.seconds))} questions/s" if report.seconds else ""
    counts = (
        plural(report.added, "ajoutée"),
        plural(report.updated, "mise à jour", "mises à jour"),
        plural(report.removed, "retirée"),
        plural(report.unchanged, "inchangée"),
    )
    took = f"{duration(report.seconds)}{speed}"
    return [
        f"Index {clean(report.generation)} : {plural(report.total, 'question')} en {took}.",
        f"{', '.join(counts)}.",
    ]
