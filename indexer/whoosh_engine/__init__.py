"""The embedded engine: questions in a Whoosh index, in immutable generations.

``schema`` maps a question to a document, ``building`` makes and publishes generations,
``checking`` compares one with the corpus, ``snapshot`` opens one, ``translate`` turns a typed query
into a plan, ``finding`` runs it, and ``engine`` answers. Open it with :func:`open_engine`.
"""

from indexer.search.engine import Engine
from indexer.settings import Settings
from indexer.whoosh_engine.building import BuildReport, build
from indexer.whoosh_engine.checking import check
from indexer.whoosh_engine.engine import WhooshEngine

__all__ = ["BuildReport", "build", "check", "open_engine"]


def open_engine(settings: Settings) -> Engine:
    """Open the index of the settings.

    Raises:
        IndexMissing: nothing was built yet.
        IndexDamaged: it cannot be read.
    """
    return WhooshEngine(settings)
