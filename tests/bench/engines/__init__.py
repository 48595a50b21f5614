"""The engines that are compared, each in a module of its own, loaded when it is asked for."""

import importlib
from typing import Final

from tests.bench.model import Engine

# Name, module and class; the first is ours, and the ratios are of the second to it.
_WHERE: Final = {
    "fastwhoosh": ("fast", "Fast"),
    "tantivy": ("tantivy_peer", "Tantivy"),
    "fts5": ("fts5", "Fts5"),
    "whoosh": ("stock", "Stock"),
    "bm25s": ("bm25s_peer", "Bm25s"),
    "tantivy-text": ("tantivy_peer", "TantivyFromText"),
}
NAMES: Final = tuple(_WHERE)
OURS: Final = "fastwhoosh"
PEER: Final = "tantivy"
# These answer in microseconds: they are timed in turn with one another alone, since a neighbour
# that works for milliseconds leaves them processor caches without any of their code and data.
QUICK: Final = frozenset({OURS, PEER})
# The same engine where it analyses the text, as ours does.
PEER_FROM_TEXT: Final = "tantivy-text"


def engine_class(name: str) -> type[Engine]:
    """Return the class of an engine.

    Raises:
        ImportError: what it needs is not installed.
        KeyError: there is no engine of that name.
    """
    module, class_name = _WHERE[name]
    found: type[Engine] = getattr(importlib.import_module(f"{__name__}.{module}"), class_name)
    return found
