"""``questions export``: the interchange form of the corpus, or of what a search finds in it.

The engine is imported only where a search is asked for: Whoosh costs start-up time.
"""

import gzip
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from indexer.cli.filters import (
    QueryCommand,
    asks_for_nothing,
    dates_epilog,
    order_option,
    query_options,
    search_of,
)
from indexer.cli.searching import opened_engine
from indexer.cli.terminal import ProgressLine, binary_output, plural, say, valid_text
from indexer.durable import replaced
from indexer.errors import BadParameter
from indexer.interchange import to_line
from indexer.question import Question
from indexer.settings import Settings


@click.command(
    cls=QueryCommand,
    epilog=dates_epilog(
        "questions export --output questions.jsonl.gz",
        "questions export loup --legislature 15 | wc -l",
    ),
)
@query_options
@order_option
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FICHIER",
    help="Fichier à écrire, compressé si son nom finit en .gz ; sinon, la sortie standard.",
)
def export(output: Path | None, **values: Any) -> None:
    """Écrit des questions entières, une par ligne de JSON.

    Sans texte ni filtre : tout le corpus. Le fichier obtenu se relit avec « questions import ».
    """
    records = _records(values)
    if output is None or str(output) == "-":
        _write(records, binary_output())
        return
    with _opened(output) as stream:
        count = _write(records, stream)
    say(f"{plural(count, 'question écrite', 'questions écrites')} dans {output}.")


def _records(values: dict[str, Any]) -> Iterable[Question]:
    if asks_for_nothing(values):
        from indexer.corpus import Corpus  # noqa: PLC0415  # start-up cost

        corpus = Corpus(Settings.from_environment().corpus / "questions")
        if not corpus.is_empty():
            return corpus.questions()
    return opened_engine().export(search_of(values, facets=False))


def _write(records: Iterable[Question], stream: IO[bytes]) -> int:
    count, progress = 0, ProgressLine()
    to_terminal = stream.isatty()
    for count, record in enumerate(records, 1):  # the count is what is returned
        stream.write(valid_text(to_line(record)).encode() + b"\n")
        if not to_terminal:
            progress.show(plural(count, "question"))
    progress.end()
    stream.flush()
    return count


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of another one once it is whole; a pipe is written to."""
    target = path.resolve()
    if not target.parent.is_dir():
        raise BadParameter("output", str(path), "un fichier d'un dossier qui existe")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        with target.open("wb") as special:
            yield special
        return
    with replaced(target) as stream, _compressed(stream, target.name) as body:
        yield body


@contextmanager
def _compressed(stream: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    if not name.endswith(".gz"):
        yield stream
        return
    # Neither name nor time in the header: the same questions give the same bytes.
    with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as body:
        yield body  # type: ignore[misc]  # a GzipFile is written to like any other file
