"""The embedded engine: questions in a Whoosh index, in immutable generations.

``schema`` maps a question to a document, ``building`` makes and publishes generations,
``checking`` compares one with the corpus, ``snapshot`` opens one, ``translate`` turns a typed query
into a plan, ``finding`` runs it, and ``engine`` answers. Open it with :func:`open_engine`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from indexer.settings import Settings

if TYPE_CHECKING:
    from indexer.search.engine import Engine
    from indexer.whoosh_engine.building import BuildReport, build
    from indexer.whoosh_engine.checking import check, check_files

__all__ = ["BuildReport", "build", "check", "check_files", "open_engine"]

# What a search has no use for, loaded when it is first asked for.
_MODULE_OF: Final = {
    "BuildReport": "building",
    "build": "building",
    "check": "checking",
    "check_files": "checking",
}


def __getattr__(name: str) -> Any:
    """Return what is built and checked with."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def open_engine(settings: Settings) -> "Engine":
    """Open the index of the settings.

    Raises:
        IndexMissing: nothing was built yet.
        IndexDamaged: it cannot be read.
    """
    # Not at the head: a build has no use for what searches.
    from indexer.whoosh_engine.engine import WhooshEngine  # noqa: PLC0415  # start-up cost

    return WhooshEngine(settings)
