"""Damages a small index in thousands of ways and demands that every answer is right or refused.

``python -m tests.fastwhoosh.damage --cases 20000 --seed 1``

Each case runs in a worker process, so that a crash is seen, attributed to its case and survived;
a case that takes longer than a limit counts as a hang. Failures are printed with their number:
``--only NUMBER`` runs one case in this process (segment names, which are random, apart).
"""

import argparse
import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.fastwhoosh.damage_judge import ALLOWED, prepare, try_case, write_whole

TIME_LIMIT: Final = 60.0
# Memory of a worker: a size that is read from a file and believed must not be granted.
MEMORY: Final = 3 << 30
_ROOT: Final = Path(__file__).parents[2]
_SHARED_MEMORY: Final = Path("/dev/shm")
_SAID: Final = 6000


@dataclass
class Report:
    """How many cases came to which outcome, and what was not allowed."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def note(self, outcome: str, detail: str) -> None:
        """Count a case."""
        self.outcomes[outcome] += 1
        if outcome not in ALLOWED:
            self.failures.append(f"{outcome}: {detail}")


@dataclass(frozen=True)
class Work:
    """What workers share: the whole indexes, the cases, and seconds that one may take."""

    whole: Path
    seed: int
    cases: int
    limit: float
    command: tuple[str, ...] = (sys.executable, "-m", "tests.fastwhoosh.damage", "--worker")

    def arguments(self, numbers: range) -> list[str]:
        """Return the command of a worker for some cases."""
        given = (self.seed, self.cases, numbers.start, numbers.step, numbers.stop)
        return [*self.command, str(self.whole), *map(str, given)]


def run(cases: int, seed: int, processes: int = 2, limit: float = TIME_LIMIT) -> Report:
    """Run cases 0 to ``cases`` - 1 of a seed in worker processes."""
    place = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as name:
        whole = Path(name, "whole")
        whole.mkdir()
        write_whole(whole)
        return run_workers(Work(whole, seed, cases, limit), processes)


def run_workers(work: Work, processes: int) -> Report:
    """Run all cases of some work, dealt to processes in turn."""
    report, lock = Report(), threading.Lock()

    def drive(numbers: range) -> None:
        for outcome, detail in _outcomes(work, numbers):
            with lock:
                report.note(outcome, detail)

    dealt = [range(first, work.cases, processes) for first in range(processes)]
    threads = [threading.Thread(target=drive, args=(numbers,)) for numbers in dealt]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return report


def _outcomes(work: Work, numbers: range) -> Iterator[tuple[str, str]]:
    """Yield the outcome of each case, from as many processes one after the other as it takes."""
    while numbers:
        done = 0
        for done, outcome in enumerate(_in_process(work, numbers), 1):  # noqa: B007 - used below
            yield outcome
        numbers = numbers[done:]


def _in_process(work: Work, numbers: range) -> Iterator[tuple[str, str]]:
    """Yield the outcomes of one process; a crash or a hang is its last."""
    rest = numbers
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            work.arguments(numbers), stdout=subprocess.PIPE, stderr=errors, cwd=_ROOT
        )
        for line in _lines(process, work.limit):
            number, outcome, detail = json.loads(line)
            rest = rest[rest.index(number) + 1 :]
            yield outcome, detail
        # A process that is silent for too long is still there.
        hangs = bool(rest) and not _ends(process)
        process.kill()
        code = process.wait()
        if rest:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-_SAID:]
            yield "hang" if hangs else f"crash {code}", f"#{rest[0]} of seed {work.seed}: {said}"


def _ends(process: "subprocess.Popen[bytes]") -> bool:
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _lines(process: "subprocess.Popen[bytes]", limit: float) -> Iterator[bytes]:
    """Yield the lines that a process writes, until its end or a silence longer than the limit."""
    lines: queue.Queue[bytes] = queue.Queue()
    stream: Any = process.stdout

    def read() -> None:
        with stream:
            for line in stream:
                lines.put(line)
        lines.put(b"")

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=limit)
        except queue.Empty:
            return
        if not line:
            return
        yield line


def _work(whole: Path, seed: int, cases: int, numbers: Sequence[int]) -> None:
    """Run cases in this process; write the outcome of each on a line."""
    with tempfile.TemporaryDirectory(dir=whole.parent) as name:
        grounds = prepare(whole, Path(name))
        for number in numbers:
            outcome, detail = try_case(grounds, seed, number, cases)
            sys.stdout.write(json.dumps([number, outcome, detail]) + "\n")
            sys.stdout.flush()


def _limit_memory() -> None:
    maps = Path("/proc/self/maps")
    if not maps.exists() or "libasan" in maps.read_text():  # which maps far more than it uses
        return
    import resource  # noqa: PLC0415 - not on every system

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _worker(whole: str, *given: str) -> None:
    _limit_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    seed, cases, first, step, stop = map(int, given)
    _work(Path(whole), seed, cases, range(first, stop, step))


def _one(seed: int, cases: int, number: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name, "whole")
        whole.mkdir()
        write_whole(whole)
        _work(whole, seed, cases, [number])


def main() -> int:
    """Run from the command line; the exit status is 1 where a case failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--limit", type=float, default=TIME_LIMIT, help="seconds a case")
    parser.add_argument("--only", type=int, help="run one case here")
    parser.add_argument("--worker", nargs=6, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _worker(*options.worker)
        return 0
    if options.only is not None:
        _one(options.seed, options.cases, options.only)
        return 0
    report = run(options.cases, options.seed, options.processes, options.limit)
    sys.stdout.write("\n".join([*report.failures, str(dict(report.outcomes))]) + "\n")
    return bool(report.failures)


if __name__ == "__main__":
    sys.exit(main())
