"""Runs of a piece of the benchmark in a process of its own, and what each piece does there.

Building, memory, commits and throughput are measured in fresh processes: an engine's imports,
caches and threads are then its own. A task is a JSON object on the command line, its result a
JSON object on the standard output.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.bench.corpus import Corpus
from tests.bench.engines import engine_class
from tests.bench.model import COMMON, Document, Engine, Query, Search

ROOT: Final = Path(__file__).resolve().parents[2]
# A word that no document has, and its own stem.
MARKER: Final = "zqxw"
_BATCH: Final = 100
_WARMING_SECONDS: Final = 1.0
_READY: Final = "ready"
Task = dict[str, Any]


def start(task: Task) -> "subprocess.Popen[str]":
    """Start a process that does a task."""
    command = [sys.executable, "-m", "tests.bench.running", json.dumps(task)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def wait_until_ready(process: "subprocess.Popen[str]") -> None:
    """Return when the process has said that it is ready to be measured.

    Raises:
        RuntimeError: it ended before.
    """
    assert process.stdout
    if process.stdout.readline().strip() != _READY:
        raise RuntimeError(f"a measurement failed: {process.args!r}")


def go(process: "subprocess.Popen[str]") -> None:
    """Let a process that is ready begin."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def finish(process: "subprocess.Popen[str]") -> Any:
    """Return what a process has measured.

    Raises:
        RuntimeError: it failed; its own message is on the standard error.
    """
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a measurement failed: {process.args!r}")
    return json.loads(out)


def run(task: Task) -> Any:
    """Do a task in a process of its own and return what it measured."""
    return finish(start(task))


def opened(task: Task) -> Engine:
    """Return the engine of a task, open."""
    engine = engine_class(task["engine"])(Path(task["folder"]))
    engine.open()
    return engine


def queries_of(task: Task) -> list[Query]:
    """Return the queries of a task."""
    return [_query(*q) for q in task["queries"]]


def _query(shape: str, words: list[str], days: list[int] | None, surfaces: list[str]) -> Query:
    return Query(shape, tuple(words), (days[0], days[1]) if days else None, tuple(surfaces))


def build(task: Task) -> Any:
    """Build an index: ``{"seconds", "documents"}``."""
    engine = engine_class(task["engine"])(Path(task["folder"]))
    documents = Corpus(Path(task["corpus"])).held(task["most"])
    gc.collect()
    gc.freeze()
    counted = _Counted(documents)
    start_time = time.perf_counter()
    engine.build(counted, task["procs"])
    return {"seconds": time.perf_counter() - start_time, "documents": counted.count}


def snippets(task: Task) -> Any:
    """Build what the engine needs for snippets alone."""
    engine: Any = engine_class(task["engine"])(Path(task["folder"]))
    engine.build_for_snippets(Corpus(Path(task["corpus"])).documents())
    return {}


class _Counted:
    """Documents that are counted as they are taken."""

    def __init__(self, documents: Any) -> None:
        self._documents = documents
        self.count = 0

    def __iter__(self) -> Any:
        for document in self._documents:
            self.count += 1
            yield document


def memory(task: Task) -> Any:
    """Open, run all queries once: ``{"pss", "anonymous"}`` in MB, None where it is not told."""
    engine = opened(task)
    for query in queries_of(task):
        engine.prepare(query)()
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.is_file():
        return {"pss": None, "anonymous": None}
    fields = dict(line.split(":", 1) for line in rollup.read_text("ascii").splitlines()[1:])
    sizes = {name: int(text.split()[0]) / 1024 for name, text in fields.items()}
    return {"pss": sizes["Pss"], "anonymous": sizes["Pss_Anon"]}


def commit(task: Task) -> Any:
    """Add 100 documents, reopen, query, several times: ``{"ms"}``, the median."""
    engine = opened(task)
    documents = list(Corpus(Path(task["corpus"])).documents(_BATCH))
    first = task["documents"]
    marker = Query(COMMON, (MARKER,))
    times = []
    for turn in range(task["repeat"]):
        batch = [_marked(d, first + turn * _BATCH + place) for place, d in enumerate(documents)]
        start_time = time.perf_counter()
        engine.append(batch)
        answer = engine.prepare(marker)()
        times.append(time.perf_counter() - start_time)
        if answer.total != (turn + 1) * len(batch):
            raise RuntimeError(f"{engine.name} sees {answer.total} of the added documents")
    return {"ms": median(times) * 1000}


def _marked(document: Document, number: int) -> Document:
    return document._replace(
        number=number,
        text=f"{document.text}\n{MARKER}",
        stems=f"{document.stems} {MARKER}",
        exact=f"{document.exact} {MARKER}",
    )


def throughput(task: Task) -> Any:
    """Run the queries in threads for some seconds once told to: ``{"rate"}``, queries a second."""
    queries = queries_of(task)
    prepared = [_prepared(opened(task), queries) for _ in range(task["threads"])]
    sys.stdout.write(f"{_READY}\n")
    sys.stdout.flush()
    sys.stdin.readline()
    begin = time.perf_counter()
    with ThreadPoolExecutor(len(prepared)) as pool:
        ends = [begin + task["seconds"]] * len(prepared)
        done = sum(pool.map(_searched_until, prepared, ends, range(len(prepared))))
    return {"rate": done / (time.perf_counter() - begin)}


def _searched_until(searches: Sequence[Search], end: float, place: int) -> int:
    """Run searches in turn, each thread from another one on; return how many until the end."""
    done = 0
    while time.perf_counter() < end:
        searches[(place * len(searches) // 3 + done) % len(searches)]()
        done += 1
    return done


def _prepared(engine: Engine, queries: Sequence[Query]) -> list[Search]:
    """Return the searches of the queries, warm as far as there is time for."""
    searches = [engine.prepare(query) for query in queries]
    end = time.perf_counter() + _WARMING_SECONDS
    for search in searches:
        if time.perf_counter() < end:
            search()
    return searches


_TASKS: Final[dict[str, Callable[[Task], Any]]] = {
    "build": build,
    "snippets": snippets,
    "memory": memory,
    "commit": commit,
    "throughput": throughput,
}


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(_TASKS[given["task"]](given)))
