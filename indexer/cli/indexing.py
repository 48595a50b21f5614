"""``questions index``, ``status`` and ``check``: make the index, and say what state it is in.

The engine and the corpus are imported inside the functions: Whoosh costs start-up time.
"""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

import click

from indexer import __version__
from indexer.cli.french import FrenchCommand, json_option
from indexer.cli.searching import opened_engine
from indexer.cli.terminal import (
    ProgressLine,
    advance,
    clean,
    day,
    duration,
    number,
    plural,
    say,
    write,
    write_json,
)
from indexer.errors import CorpusError, IndexMissing, QuestionsError
from indexer.search.results import IndexInfo
from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.corpus import Corpus
    from indexer.whoosh_engine import BuildReport

EMPTY: Final = (
    "Le corpus est vide. Ajoutez-y des questions avec « questions import CHEMIN », "
    "ou indexez l'échantillon avec « questions index --sample »."
)
_LIBRARIES: Final = ("whoosh-reloaded", "click", "lxml")


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
    from indexer.corpus import sample_corpus  # noqa: PLC0415  # start-up cost
    from indexer.whoosh_engine import build  # noqa: PLC0415  # start-up cost

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


@click.command(cls=FrenchCommand)
@json_option
def status(as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Dit ce que contiennent le corpus et l'index, et si l'index est à jour."""
    settings = Settings.from_environment()
    state = _state(settings)
    if as_json:
        write_json(state)
    else:
        write(_state_lines(state))


def _state(settings: Settings) -> dict[str, Any]:
    corpus = the_corpus(settings)
    counts, digest = corpus.counts(), corpus.digest()
    described = _index_state(digest)
    return {
        "corpus": {
            "folder": str(corpus.folder),
            "questions": sum(counts.values()),
            "counts": counts,
            "digest": digest,
        },
        "index": {"folder": str(settings.index), **described},
        "versions": _versions(),
    }


def _index_state(corpus_digest: str) -> dict[str, Any]:
    try:
        info = opened_engine().info()
    except IndexMissing:
        return {"state": "absent", "up_to_date": False}
    except QuestionsError as error:
        return {"state": "inutilisable", "reason": str(error), "up_to_date": False}
    return {
        "state": "présent",
        "up_to_date": info.corpus_digest == corpus_digest,
        **_info_json(info),
    }


def _info_json(info: IndexInfo) -> dict[str, Any]:
    return {
        "generation": info.generation,
        "built_at": info.built_at,
        "questions": info.questions,
        "is_sample": info.is_sample,
        "first_date": info.first_date.isoformat() if info.first_date else None,
        "last_date": info.last_date.isoformat() if info.last_date else None,
        "corpus_digest": info.corpus_digest,
        "analysis_digest": info.analysis_digest,
        "schema_version": info.schema_version,
        "period": f"du {day(info.first_date)} au {day(info.last_date)}"
        if info.first_date and info.last_date
        else None,
    }


def _versions() -> dict[str, str]:
    found = {"questions": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "inconnue"
    return found


def _state_lines(state: dict[str, Any]) -> Iterator[str]:
    corpus, index_state = state["corpus"], state["index"]
    yield f"Corpus : {plural(corpus['questions'], 'question')} dans {clean(corpus['folder'])}"
    for name, count in corpus["counts"].items():
        yield f"  {clean(name)} : {number(count)}"
    yield f"  empreinte {corpus['digest']}"
    yield from _index_lines(index_state)
    yield "Versions : " + ", ".join(f"{name} {value}" for name, value in state["versions"].items())


def _index_lines(state: dict[str, Any]) -> Iterator[str]:
    if state["state"] == "absent":
        yield f"Index : absent de {clean(state['folder'])} ; « questions index » le construit."
        return
    if state["state"] == "inutilisable":
        yield f"Index : inutilisable. {clean(state['reason'])}"
        return
    sample = " de l'échantillon" if state["is_sample"] else ""
    yield f"Index : {plural(state['questions'], 'question')}{sample} dans {clean(state['folder'])}"
    yield f"  génération {clean(state['generation'])}, construite le {clean(state['built_at'])}"
    if state["period"]:
        yield f"  questions posées {state['period']}"
    if state["up_to_date"]:
        yield "  à jour avec le corpus"
    elif state["is_sample"]:
        yield "  indépendant du corpus"
    else:
        yield "  en retard sur le corpus : « questions index » le met à jour"


@click.command(cls=FrenchCommand)
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Vérifie que le corpus est lisible et que l'index lui est fidèle."""
    problems = _problems(Settings.from_environment())
    if as_json:
        write_json({"ok": not problems, "problems": problems})
    elif not problems:
        write(["Le corpus est lisible et l'index lui est fidèle."])
    for problem in [] if as_json else problems:
        say(problem)
    ctx.exit(1 if problems else 0)


def _problems(settings: Settings) -> list[str]:
    from indexer.corpus import sample_corpus  # noqa: PLC0415  # start-up cost
    from indexer.whoosh_engine import check as check_index  # noqa: PLC0415  # start-up cost

    try:
        info = opened_engine().info()
        corpus = sample_corpus() if info.is_sample else the_corpus(settings)
        for _ in the_corpus(settings).questions():
            pass
        return list(check_index(corpus, settings))
    except QuestionsError as error:
        return [str(error)]
