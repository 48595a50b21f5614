"""The embedded engine: questions in a Whoosh index, in immutable generations.

``schema`` maps a question to a document, ``building`` makes and publishes generations,
``checking`` compares one with the corpus, ``snapshot`` opens one, ``translate`` turns a typed query
into a plan, ``finding`` runs it, and ``engine`` answers. Open it with :func:`open_engine`.
"""

from indexer.search.engine import Engine
from indexer.settings import Settings
from indexer.whoosh_engine.building import BuildReport, build
from indexer.whoosh_engine.checking import check, check_files

__all__ = ["BuildReport", "build", "check", "check_files", "open_engine"]


def open_engine(settings: Settings) -> Engine:
    """Open the index of the settings.

    Raises:
        IndexMissing: nothing was built yet.
        IndexDamaged: it cannot be read.
    """
    # Not at the head: a build has no use for what searches.
    from indexer.whoosh_engine.engine import WhooshEngine  # noqa: PLC0415  # start-up cost

    return WhooshEngine(settings)
