"""Builds the engines over a set and asks them its queries."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.relevance.collection import Collection
from tests.relevance.engines import SPECS, Engine, engine_class
from tests.relevance.measuring import DEPTH, Figures, Run, figures


@dataclass(frozen=True, slots=True)
class Results:
    """What each engine reached on a set, and the seconds that it took to build and to ask."""

    collection: Collection
    figures: dict[str, Figures]
    seconds: dict[str, float]


def run_set(collection: Collection, names: Sequence[str], folder: Path) -> Results:
    """Ask the named engines every query of a set; indexes that need a folder go into this one."""
    built: dict[type[Engine], Engine] = {}
    reached: dict[str, Figures] = {}
    seconds: dict[str, float] = {}
    for name in names:
        spec = SPECS[name]
        started = time.perf_counter()
        made = engine_class(spec)
        if made not in built:
            built[made] = made(folder / spec.module, collection.questions)
        run = ask(built[made], spec.mode, collection)
        seconds[name] = time.perf_counter() - started
        reached[name] = figures(collection.judgements, run)
    return Results(collection, reached, seconds)


def ask(engine: Engine, mode: str, collection: Collection) -> Run:
    """Return what an engine finds for each query of a set."""
    return {query: engine.search(text, mode, DEPTH) for query, text in collection.topics.items()}
