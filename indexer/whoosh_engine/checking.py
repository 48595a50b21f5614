"""Whether the index is the corpus, record by record, and whether its files are whole.

It never raises for what it finds: each problem is a French sentence that names it.
"""

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from indexer.digests import line_digest
from indexer.errors import IndexingError
from indexer.fastwhoosh.checking import check_deep
from indexer.settings import Settings
from indexer.whoosh_engine.building import versions
from indexer.whoosh_engine.damage import MENDING, damage_said
from indexer.whoosh_engine.families import FILE, families_of
from indexer.whoosh_engine.generations import current_name
from indexer.whoosh_engine.indexed import indexed_digests
from indexer.whoosh_engine.snapshot import Snapshot

if TYPE_CHECKING:
    # For its name only: it brings in the parsers of all sources.
    from indexer.corpus import Corpus


def check(corpus: "Corpus", settings: Settings) -> tuple[str, ...]:
    """Compare the index with the corpus, record by record.

    Returns:
        One French sentence for each problem; nothing where all is right.
    """
    try:
        snapshot = Snapshot(settings.index, current_name(settings.index))
    except IndexingError as error:
        return (str(error),)
    try:
        with damage_said():
            return tuple(_differences(snapshot, corpus))
    except IndexingError as error:
        return (str(error),)
    finally:
        snapshot.close()


def check_files(settings: Settings) -> tuple[str, ...]:
    """Read every byte of the current generation: check sums first, then what the bytes mean.

    Returns:
        One French sentence for each problem; nothing where all is right.
    """
    try:
        name = current_name(settings.index)
    except IndexingError as error:
        return (str(error),)
    return (*check_deep(settings.index / name), *_family_problems(settings, name))


def _family_problems(settings: Settings, name: str) -> Iterator[str]:
    """Compare the families with what the index says now; damage of the rest is said elsewhere."""
    with suppress(IndexingError), damage_said(), closing(Snapshot(settings.index, name)) as opened:
        try:
            written = opened.families
        except IndexingError as error:
            yield str(error)
            return
        if written != families_of(opened.executor, opened.documents):
            yield f"{opened.path / FILE} n'est pas ce que disent les questions. {MENDING}"


def _differences(snapshot: Snapshot, corpus: "Corpus") -> Iterator[str]:
    if (snapshot.manifest.schema_version, snapshot.manifest.analysis_digest) != versions():
        yield "L'index est d'une autre version du logiciel : « questions index »."
    indexed = list(indexed_digests(snapshot.executor))
    known = {uid: digest for uid, digest, _ in indexed}
    wanted = dict(corpus.digests())
    gone, lacking = sorted(known.keys() - wanted.keys()), sorted(wanted.keys() - known.keys())
    yield from (f"{uid} est dans l'index et n'est plus dans le corpus." for uid in gone)
    yield from (f"{uid} est dans le corpus et pas dans l'index." for uid in lacking)
    for uid, digest, number in indexed:
        problem = _record_problem(snapshot, number, digest, wanted.get(uid))
        if problem:
            yield f"{uid} {problem}"


def _record_problem(snapshot: Snapshot, number: int, digest: str, wanted: str | None) -> str | None:
    try:
        stored = line_digest(snapshot.line(number))
        snapshot.record(number)
    except IndexingError as error:
        return f": {error}"
    if stored != digest:
        return "est abîmée dans l'index."
    if wanted not in (None, stored):
        return "a changé dans le corpus depuis l'indexation."
    return None
