"""The engines that are compared, each in a module of its own, loaded when it is asked for."""

import importlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from indexer.question import Question


class Engine(Protocol):
    """One search engine over one set of questions, built and open."""

    def __init__(self, folder: Path, questions: Iterable[Question]) -> None: ...

    def search(self, text: str, mode: str, limit: int) -> list[str]:
        """Return the identifiers of at most ``limit`` questions, best first, for a typed text."""


class Spec(NamedTuple):
    """Where the class of an engine is, and in which of its modes it is asked."""

    module: str
    class_name: str
    mode: str


# The first is ours; modes of one class share an index.
SPECS: Final = {
    "ours": Spec("ours", "Ours", "typed"),
    "fts5": Spec("fts5", "Fts5", "or"),
    "bm25s": Spec("bm25s_peer", "Bm25s", "or"),
    "tantivy": Spec("tantivy_peer", "Tantivy", "or"),
    "whoosh": Spec("stock", "Stock", "or"),
    "fts5-and": Spec("fts5", "Fts5", "and"),
    "whoosh-and": Spec("stock", "Stock", "and"),
}
NAMES: Final = tuple(SPECS)
OURS: Final = "ours"


def engine_class(spec: Spec) -> type[Engine]:
    """Return the class of an engine.

    Raises:
        ImportError: what it needs is not installed.
    """
    module = importlib.import_module(f"{__name__}.{spec.module}")
    found: type[Engine] = getattr(module, spec.class_name)
    return found
