"""A command run to its end: seconds and processor seconds, or the memory of each of its processes.

Memory is read from ``/proc`` several times a second: of each process the highest resident and
proportional set sizes that were seen. Where there is no ``/proc`` it stays unknown. That takes some
milliseconds a process, which a command would miss that keeps all processors busy: it is read in
runs of their own.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# Between two readings, which take some milliseconds each.
_INTERVAL: Final = 0.2
# Modules are compiled once and kept, as where nobody says otherwise.
_AS_INSTALLED: Final = {"PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took, in seconds; ``processor`` is of all its processes."""

    seconds: float
    processor: float


@dataclass(frozen=True, slots=True)
class Memory:
    """What a command held: MB of its largest process, None where it is not told."""

    rss: float | None
    pss: float | None
    processes: int


@dataclass(slots=True)
class _Peak:
    rss: float = 0.0
    pss: float = 0.0


def timed(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command and return what it took.

    Raises:
        RuntimeError: it failed; the message ends with its own.
    """
    started = time.perf_counter()
    with _running(command, environment) as process:
        # Not process.wait: the usage of the children that the process waited for is wanted too.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
    return Run(seconds, usage.ru_utime + usage.ru_stime)


def watched(command: Sequence[str], environment: Mapping[str, str]) -> Memory:
    """Run a command and return what it held.

    Raises:
        RuntimeError: it failed; the message ends with its own.
    """
    peaks: dict[int, _Peak] = {}
    with _running(command, environment) as process:
        while process.poll() is None:
            _note(process.pid, peaks)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_INTERVAL)
    return Memory(
        rss=max((peak.rss for peak in peaks.values()), default=None),
        pss=max((peak.pss for peak in peaks.values()), default=None),
        processes=len(peaks),
    )


@contextmanager
def _running(
    command: Sequence[str], environment: Mapping[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a command, for the caller to wait for; tell of its failure afterwards."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            env={**os.environ, **_AS_INSTALLED, **environment},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        yield process
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"a build failed: {command!r}\n{said.read().decode()}")


def _note(root: int, peaks: dict[int, _Peak]) -> None:
    for pid in _tree(root):
        with suppress(OSError, KeyError):  # it ended meanwhile
            rss, pss = _sizes(pid)
            peak = peaks.setdefault(pid, _Peak())
            peak.rss, peak.pss = max(peak.rss, rss), max(peak.pss, pss)


def _tree(root: int) -> Iterator[int]:
    """Yield a process and those that it started."""
    yield root
    for path in _PROC.glob(f"{root}/task/*/children"):
        with suppress(OSError):
            for child in path.read_text("ascii").split():
                yield from _tree(int(child))


def _sizes(pid: int) -> tuple[float, float]:
    lines = (_PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines()[1:]
    fields = dict(line.split(":", 1) for line in lines)
    rss, pss = (int(fields[name].split()[0]) * 1024 / 1e6 for name in ("Rss", "Pss"))
    return rss, pss
