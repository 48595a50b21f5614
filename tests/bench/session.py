"""One run from the corpus to the results: build what is missing, then measure part after part."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench import measuring, model
from tests.bench.corpus import Corpus
from tests.bench.engines import engine_class
from tests.bench.machine import this_machine
from tests.bench.making import Recipe, corpus_of
from tests.bench.measuring import Built
from tests.bench.model import Engine, Query
from tests.bench.queries import Drawer
from tests.bench.reference import Reference
from tests.bench.results import Results
from tests.bench.timing import Checked, time_shape

SEARCH: Final = "search"
START_UP: Final = "start-up"
MEMORY: Final = "memory"
COMMITS: Final = "commits"
THROUGHPUT: Final = "throughput"
PARTS: Final = (SEARCH, START_UP, MEMORY, COMMITS, THROUGHPUT)
# The slow obvious answer is asked where the corpus, or what an engine holds of it, is this small.
_REFERENCE_DOCUMENTS: Final = 5_000
_MIXED: Final = (
    model.RARE, model.COMMON, model.AND3, model.OR5, model.PHRASE, model.OR5_DATES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does. ``procs`` are tried in turn; the index of the first is searched."""

    recipe: Recipe
    work: Path
    engines: tuple[str, ...]
    rebuild: tuple[str, ...]
    shapes: tuple[str, ...]
    parts: tuple[str, ...]
    procs: tuple[int, ...]
    queries: int
    repeat: int
    seconds: float
    workers: tuple[int, ...]


def tell(message: str) -> None:
    """Say on the standard error what is being done."""
    sys.stderr.write(f"bench: {message}\n")
    sys.stderr.flush()


def carry_out(plan: Plan) -> Results:
    """Do a run.

    Raises:
        CountsDiffer: engines that count exactly count different hits.
    """
    plan.work.mkdir(parents=True, exist_ok=True)
    tell(f"corpus of {plan.recipe.docs} documents")
    corpus = corpus_of(plan.recipe, plan.work)
    drawer = Drawer(corpus, plan.recipe.seed)
    drawn = {shape: drawer.queries(shape, plan.queries) for shape in plan.shapes}
    session = _Session(plan, corpus, {shape: each for shape, each in drawn.items() if each})
    return session.results()


class _Session:
    def __init__(self, plan: Plan, corpus: Corpus, queries: dict[str, list[Query]]) -> None:
        self._plan = plan
        self._corpus = corpus
        self._queries = queries
        self._absent: dict[str, str] = {}
        self._engines = dict(self._present())

    def _present(self) -> Iterable[tuple[str, type[Engine]]]:
        for name in self._plan.engines:
            try:
                yield name, engine_class(name)
            except ImportError as error:
                self._absent[name] = str(error)
                tell(f"{name} is left out: {error}")

    def results(self) -> Results:
        builds = [build for name in self._engines for build in self._built(name)]
        first = {build.engine: build for build in reversed(builds)}
        searched = {name: first[name] for name in self._engines if self._engines[name].shapes}
        whole = [index for name, index in searched.items() if self._holds_all(name)]
        results = Results(
            this_machine(),
            self._corpus.facts,
            builds,
            queries=self._queries,
            absent=self._absent,
        )
        measures = {
            SEARCH: lambda: self._search(searched, results),
            START_UP: lambda: self._start_up(whole, results),
            MEMORY: lambda: self._memory(whole, results),
            COMMITS: lambda: self._commits(whole, results),
            THROUGHPUT: lambda: self._throughput(whole, results),
        }
        for part in self._plan.parts:
            tell(part)
            measures[part]()
        return results

    def _holds_all(self, name: str) -> bool:
        return self._engines[name].most_documents is None

    def _built(self, name: str) -> Iterable[Built]:
        for procs in self._plan.procs:
            if procs <= self._engines[name].most_procs:
                tell(f"index of {name}, {procs} at once")
                place = measuring.Place(name, procs, self._corpus.folder)
                if name in self._plan.rebuild:
                    place.record.unlink(missing_ok=True)
                yield measuring.built(place, self._corpus.facts.documents)

    def _search(self, indexes: dict[str, Built], results: Results) -> None:
        engines = {name: self._opened(index) for name, index in indexes.items()}
        results.segments.update({name: engine.segments() for name, engine in engines.items()})
        checked = self._checked(indexes)
        for shape, queries in self._queries.items():
            tell(f"{shape}, {len(queries)} queries")
            results.shapes[shape] = time_shape(engines, queries, self._plan.repeat, checked)
        results.fallbacks.update(
            {name: each.fallbacks() for name, each in engines.items() if hasattr(each, "fallbacks")}
        )

    def _opened(self, index: Built) -> Engine:
        if model.SNIPPETS in self._queries:
            measuring.make_ready_for_snippets(index, self._corpus.folder)
        engine = self._engines[index.engine](Path(index.folder))
        engine.open()
        return engine

    def _checked(self, indexes: dict[str, Built]) -> Checked:
        total = self._corpus.facts.documents
        exact = {name: self._engines[name].exact for name in indexes}
        whole = {name: exact[name] for name in exact if indexes[name].documents == total}
        part = min(total, _REFERENCE_DOCUMENTS)
        few = {name: exact[name] for name in exact if indexes[name].documents == part}
        return Checked(whole, few, Reference(self._corpus.documents(part)) if few else None)

    def _start_up(self, indexes: list[Built], results: Results) -> None:
        query = next(iter(self._queries.values()))[0]
        results.start_up.update(measuring.start_up(indexes, query))

    def _memory(self, indexes: list[Built], results: Results) -> None:
        for index in indexes:
            shapes = self._engines[index.engine].shapes
            queries = [q for shape in shapes for q in self._queries.get(shape, [])]
            results.memory[index.engine] = measuring.memory(index, queries)

    def _commits(self, indexes: list[Built], results: Results) -> None:
        for index in indexes:
            results.commits[index.engine] = measuring.commit(index, self._corpus.folder)

    def _throughput(self, indexes: list[Built], results: Results) -> None:
        queries = [q for shape in _MIXED for q in self._queries.get(shape, [])]
        for index in indexes:
            if queries:
                results.throughput[index.engine] = measuring.throughput(
                    index, queries, self._plan.seconds, self._plan.workers
                )
