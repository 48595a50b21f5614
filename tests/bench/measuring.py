"""What is measured besides query times: builds, start-up, memory, commits, throughput."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.bench.engines import engine_class
from tests.bench.model import Query
from tests.bench.running import ROOT, finish, go, run, start, wait_until_ready

_COMMITS: Final = 5
_STARTS: Final = 7
_START_UP: Final = """
import json, sys
from pathlib import Path
from tests.bench.engines import engine_class
from tests.bench.model import Query
name, folder, shape, word = sys.argv[1:]
engine = engine_class(name)(Path(folder))
engine.open()
engine.prepare(Query(shape, (word,)))()
"""


@dataclass(frozen=True, slots=True)
class Built:
    """An index that was built: ``mb`` is the size of its folder in 10**6 bytes."""

    engine: str
    procs: int
    folder: str
    documents: int
    seconds: float
    mb: float

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.documents / self.seconds


@dataclass(frozen=True, slots=True)
class Place:
    """Where the index of an engine over a corpus is; ``record`` is there once it is whole."""

    engine: str
    procs: int
    corpus: Path

    @property
    def folder(self) -> Path:
        """The folder of the index."""
        return self.corpus / f"{self.engine}-{self.procs}"

    @property
    def record(self) -> Path:
        """The file that says what building cost."""
        return self.folder.with_suffix(".json")


def built(place: Place, documents: int) -> Built:
    """Return the index of an engine over a corpus, built unless a whole one is there."""
    if not place.record.is_file():
        shutil.rmtree(place.folder, ignore_errors=True)
        place.folder.mkdir()
        most = engine_class(place.engine).most_documents
        done = run(
            {
                "task": "build",
                "engine": place.engine,
                "folder": str(place.folder),
                "corpus": str(place.corpus),
                "most": min(documents, most or documents),
                "procs": place.procs,
            }
        )
        made = Built(place.engine, place.procs, str(place.folder), mb=_size(place.folder), **done)
        place.record.write_text(json.dumps(asdict(made)), "utf-8")
    return Built(**json.loads(place.record.read_text("utf-8")))


def make_ready_for_snippets(index: Built, corpus: Path) -> None:
    """Build, once, what the engine needs for snippets alone; most need nothing."""
    if not hasattr(engine_class(index.engine), "build_for_snippets"):
        return
    folder = Path(f"{index.folder}-snippets")
    record = folder.with_suffix(".json")
    if not record.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        task = {"engine": index.engine, "folder": index.folder, "corpus": str(corpus)}
        record.write_text(json.dumps(run({**task, "task": "snippets"})), "utf-8")


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def start_up(indexes: Sequence[Built], query: Query) -> dict[str, float]:
    """Return milliseconds of a fresh process that imports, opens and asks once, medians.

    ``python`` is the interpreter alone.
    """
    commands = {"python": ["-c", "pass"]}
    for index in indexes:
        arguments = [index.engine, index.folder, query.shape, query.words[0]]
        commands[index.engine] = ["-c", _START_UP, *arguments]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_STARTS):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, *command], cwd=ROOT, check=True)
            times[name].append((time.perf_counter() - begin) * 1000)
    return {name: median(each) for name, each in times.items()}


def memory(index: Built, queries: Sequence[Query]) -> dict[str, float | None]:
    """Return the memory in MB of a process that opened the index and ran all queries once."""
    told: dict[str, float | None] = run({**_task("memory", index), "queries": queries})
    return told


def commit(index: Built, corpus: Path) -> float:
    """Return the milliseconds from 100 new documents to a query that sees them."""
    with tempfile.TemporaryDirectory(dir=corpus) as folder:
        copy = Path(folder) / "index"
        shutil.copytree(index.folder, copy)
        told = run(
            {
                **_task("commit", index),
                "folder": str(copy),
                "corpus": str(corpus),
                "documents": index.documents,
                "repeat": _COMMITS,
            }
        )
    return float(told["ms"])


def _task(name: str, index: Built) -> dict[str, Any]:
    return {"task": name, "engine": index.engine, "folder": index.folder}


def throughput(
    index: Built, queries: Sequence[Query], seconds: float, workers: Sequence[int]
) -> dict[str, float]:
    """Return queries a second by workers, ``{"2 threads": …, "2 processes": …}``."""
    told = {}
    for count in workers:
        told[f"{count} thread{'s' if count > 1 else ''}"] = _throughput(
            index, queries, seconds, (1, count)
        )
        if count > 1:
            told[f"{count} processes"] = _throughput(index, queries, seconds, (count, 1))
    return told


def _throughput(
    index: Built, queries: Sequence[Query], seconds: float, workers: tuple[int, int]
) -> float:
    processes, threads = workers
    task = {
        **_task("throughput", index),
        "queries": queries,
        "threads": threads,
        "seconds": seconds,
    }
    # Each prepares, says so, and waits for the word to go: none starts while others still open.
    running = [start(task) for _ in range(processes)]
    for process in running:
        wait_until_ready(process)
    for process in running:
        go(process)
    return sum(float(finish(process)["rate"]) for process in running)
