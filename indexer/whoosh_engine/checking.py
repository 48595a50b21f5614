"""Whether the index is the corpus, record by record."""

from typing import TYPE_CHECKING

from indexer.digests import line_digest
from indexer.errors import IndexingError
from indexer.settings import Settings
from indexer.whoosh_engine import generations
from indexer.whoosh_engine.building import versions
from indexer.whoosh_engine.snapshot import Snapshot

if TYPE_CHECKING:
    from indexer.corpus import Corpus


def check(corpus: "Corpus", settings: Settings) -> tuple[str, ...]:
    """Compare the index with the corpus, record by record.

    Returns:
        One French sentence for each problem; nothing where all is right.
    """
    try:
        snapshot = Snapshot(settings.index, generations.current_name(settings.index))
    except IndexingError as error:
        return (str(error),)
    problems = []
    if (snapshot.manifest.schema_version, snapshot.manifest.analysis_digest) != versions():
        problems.append("L'index est d'une autre version du logiciel : « questions index ».")
    indexed = list(snapshot.indexed_digests())
    known = {uid: digest for uid, digest, _ in indexed}
    wanted = dict(corpus.digests())
    gone, lacking = sorted(known.keys() - wanted.keys()), sorted(wanted.keys() - known.keys())
    problems += [f"{uid} est dans l'index et n'est plus dans le corpus." for uid in gone]
    problems += [f"{uid} est dans le corpus et pas dans l'index." for uid in lacking]
    for uid, _, number in indexed:
        try:
            stored = line_digest(snapshot.line(number))
            snapshot.record(number)
        except IndexingError as error:
            problems.append(f"{uid} : {error}")
            continue
        if stored != known[uid]:
            problems.append(f"{uid} est abîmée dans l'index.")
        elif wanted.get(uid, stored) != stored:
            problems.append(f"{uid} a changé dans le corpus depuis l'indexation.")
    snapshot.close()
    return tuple(problems)
