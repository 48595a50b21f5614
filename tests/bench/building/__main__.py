"""The command: ``python -m tests.bench.building --processes 1,2 --rounds 3``."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import click

from tests.bench.building.amendments import corpus_of
from tests.bench.building.watching import Memory, Run, timed, watched
from tests.bench.machine import this_machine
from tests.bench.running import ROOT

_DATA: Final = ROOT.parent / "shared" / "data"
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
_SOURCES: Final = click.Path(exists=True, file_okay=False, path_type=Path)
_OURS: Final = "questions index"
_PEER: Final = "tantivy"


# What is run, with the environment that it needs.
Command = tuple[list[str], dict[str, str]]


@dataclass(frozen=True)
class Place:
    """Where a run finds the corpus and may write its index."""

    corpus: Path
    index: Path


def command_of(engine: str, place: Place, processes: int) -> Command:
    """Return what builds an index from nothing in fresh processes, after emptying its folder."""
    shutil.rmtree(place.index, ignore_errors=True)
    place.index.mkdir(parents=True)
    if engine == _PEER:
        script = [sys.executable, "-m", "tests.bench.building.tantivy_script"]
        return [*script, str(place.corpus), str(place.index), str(processes)], {}
    settings = {
        "QUESTIONS_CORPUS": str(place.corpus),
        "QUESTIONS_INDEX": str(place.index),
        "QUESTIONS_INDEX_PROCESSES": str(processes),
    }
    return [sys.executable, "-m", "indexer.cli", "index", "--full"], settings


@dataclass
class Measured:
    """What an engine took with so many processes, run after run, and held in one run more."""

    runs: list[Run]
    memory: Memory


Results = dict[tuple[str, int], Measured]


def measured(place: Place, processes: Sequence[int], rounds: int) -> Results:
    """Return what both engines take by engine and processes, taken in turn."""
    results = {
        (engine, count): Measured([], watched(*command_of(engine, place, count)))
        for count in processes
        for engine in (_OURS, _PEER)
    }
    for _ in range(rounds):
        for (engine, count), result in results.items():
            result.runs.append(timed(*command_of(engine, place, count)))
    shutil.rmtree(place.index)
    return results


def table(results: Results, documents: int) -> Iterator[str]:
    """Yield the lines of the report."""
    yield (
        "| engine | processes or threads | documents/s (each run) | processor s | µs a document "
        "| RSS, MB | PSS, MB |"
    )
    yield "|---|---:|---|---:|---:|---:|---:|"
    for (engine, count), result in results.items():
        rates = ", ".join(f"{documents / run.seconds:,.0f}" for run in result.runs)
        rate, processor = _rate(result, documents), _processor(result)
        yield (
            f"| {engine} | {count} | {rate:,.0f} ({rates}) | {processor:.2f} "
            f"| {processor / documents * 1e6:.0f} "
            f"| {_told(result.memory.rss)} | {_told(result.memory.pss)} |"
        )
    yield ""
    for count in dict.fromkeys(count for _, count in results):
        ours, peer = (results[engine, count] for engine in (_OURS, _PEER))
        faster = _rate(ours, documents) / _rate(peer, documents)
        cheaper = _processor(peer) / _processor(ours)
        yield f"- {count} at once, documents a second, ours / tantivy: {faster:.2f}"
        yield f"- {count} at once, processor time, tantivy / ours: {cheaper:.2f}"


def _rate(result: Measured, documents: int) -> float:
    return documents / median(run.seconds for run in result.runs)


def _processor(result: Measured) -> float:
    return median(run.processor for run in result.runs)


def _told(size: float | None) -> str:
    return "—" if size is None else f"{size:,.0f}"


def _counts(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        counts = tuple(int(each) for each in value.split(","))
    except ValueError:
        counts = ()
    if not counts or min(counts) < 1:
        raise click.BadParameter("numbers from 1, separated by commas", ctx=ctx, param=param)
    return counts


@click.command()
@click.option("--processes", callback=_counts, default="1,2", show_default=True)
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True)
@click.option("--docs", type=click.IntRange(min=1), help="So many documents, repeated if need be.")
@click.option("--data", type=_SOURCES, default=_DATA, help="Where the amendments are.")
@click.option("--work", type=_FOLDER, help="Keep the corpus here, and use what is there.")
def main(
    processes: tuple[int, ...], rounds: int, docs: int | None, data: Path, work: Path | None
) -> None:
    """Time whole builds of one corpus: ours and a script that fills tantivy, in turn."""
    with tempfile.TemporaryDirectory(prefix="building-") as temporary:
        folder = (work or Path(temporary)).resolve()
        corpus = corpus_of(data, docs, folder)
        documents = sum(corpus.counts().values())
        machine = this_machine()
        click.echo(f"{documents:,} documents, {machine.date}, {machine.processors} processors")
        click.echo()
        place = Place(corpus.folder.parent, folder / "built")
        click.echo("\n".join(table(measured(place, processes, rounds), documents)))


if __name__ == "__main__":
    main()
