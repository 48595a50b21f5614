"""``questions status`` and ``check``: say what state the corpus and the index are in.

The engine and the corpus are imported inside the functions: Whoosh costs start-up time.
"""

import platform
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import click

from indexer import __version__
from indexer.cli.french import FrenchCommand, json_option
from indexer.cli.indexing import the_corpus
from indexer.cli.ministries import unknown_json, unknown_lines
from indexer.cli.searching import opened_engine
from indexer.cli.terminal import clean, day, number, plural, say, write, write_json
from indexer.errors import IndexMissing, QuestionsError
from indexer.search.results import IndexInfo
from indexer.search.results_json import working_json
from indexer.settings import Settings

_LIBRARIES: Final = ("click", "lxml")
# The distributions that install the package `whoosh`; any one of them will do.
_WHOOSHES: Final = ("whoosh-reloaded", "whoosh3", "Whoosh")


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
        engine = opened_engine()
        info, unknown = engine.info(), engine.unknown_ministries()
    except IndexMissing:
        return {"state": "absent", "up_to_date": False}
    except QuestionsError as error:
        return {"state": "inutilisable", "reason": str(error), "up_to_date": False}
    return {
        "state": "présent",
        "up_to_date": info.corpus_digest == corpus_digest,
        **_info_json(info),
        "unknown_ministries": unknown_json(unknown),
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
        **working_json(info),
        "period": f"du {day(info.first_date)} au {day(info.last_date)}"
        if info.first_date and info.last_date
        else None,
    }


def _versions() -> dict[str, str]:
    found = {"questions": __version__, "python": platform.python_version()}
    for library in (*_WHOOSHES, *_LIBRARIES):
        with suppress(PackageNotFoundError):
            found[library] = version(library)
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
    yield from _working_lines(state)
    yield from unknown_lines(state["unknown_ministries"])
    if state["up_to_date"]:
        yield "  à jour avec le corpus"
    elif state["is_sample"]:
        yield "  indépendant du corpus"
    else:
        yield "  en retard sur le corpus : « questions index » le met à jour"


def _working_lines(state: dict[str, Any]) -> Iterator[str]:
    if state["native"]:
        yield "  extension native : oui"
    else:
        yield f"  extension native : non, Python seul, plus lent : {clean(state['why_not_native'])}"
    for codec, parts in groupby(state["segments"], key=itemgetter("codec")):
        held = list(parts)
        documents = sum(segment["documents"] for segment in held)
        deleted = sum(segment["deleted"] for segment in held)
        yield (
            f"  {plural(len(held), 'segment')} {clean(codec)} : {plural(documents, 'document')}, "
            f"dont {plural(deleted, 'supprimé')}"
        )
    fallbacks = sum(state["fallbacks"].values())
    yield f"  recherches confiées à Whoosh depuis l'ouverture : {number(fallbacks)}"


@click.command(cls=FrenchCommand)
@click.option(
    "--deep",
    is_flag=True,
    help="Relit aussi chaque octet de l'index : sommes de contrôle, puis contenu. C'est plus long.",
)
@json_option
@click.pass_context
def check(ctx: click.Context, deep: bool, as_json: bool) -> None:  # noqa: FBT001  # click passes by keyword
    """Vérifie que le corpus est lisible et que l'index lui est fidèle.

    Chaque problème est nommé ; s'il y en a, le code de sortie est 1. « questions index --full »
    refait l'index à partir du corpus.
    """
    settings = Settings.from_environment()
    problems = _problems(settings)
    if deep:
        problems += [found for found in _file_problems(settings) if found not in problems]
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


def _file_problems(settings: Settings) -> tuple[str, ...]:
    from indexer.whoosh_engine import check_files  # noqa: PLC0415  # start-up cost

    return check_files(settings)
