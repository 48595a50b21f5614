"""A command run to its end: seconds, processor seconds, and the memory of each of its processes.

Memory is read from ``/proc`` several times a second: of each process the highest resident and
proportional set sizes that were seen. Where there is no ``/proc`` it stays unknown.
"""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# Between two readings, which take some milliseconds each.
_INTERVAL: Final = 0.2
# Modules are compiled once and kept, as where nobody says otherwise.
_AS_INSTALLED: Final = {"PYTHONDONTWRITEBYTECODE": ""}
# Between two looks at whether the command has ended.
_PAUSE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took; memory in MB of its largest process, None where it is not told."""

    seconds: float
    processor: float
    rss: float | None
    pss: float | None
    processes: int


@dataclass(slots=True)
class _Peak:
    rss: float = 0.0
    pss: float = 0.0


def watched(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command and return what it took.

    Raises:
        RuntimeError: it failed; the message ends with its own.
    """
    peaks: dict[int, _Peak] = {}
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            env={**os.environ, **_AS_INSTALLED, **environment},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        usage = _waited_for(process, peaks)
        seconds = time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"a build failed: {command!r}\n{said.read().decode()}")
    return Run(
        seconds=seconds,
        processor=usage.ru_utime + usage.ru_stime,
        rss=max((peak.rss for peak in peaks.values()), default=None),
        pss=max((peak.pss for peak in peaks.values()), default=None),
        processes=len(peaks),
    )


def _waited_for(
    process: "subprocess.Popen[bytes]", peaks: dict[int, _Peak]
) -> resource.struct_rusage:
    """Wait for a process, reading its memory; return what it and its children used."""
    next_reading = 0.0
    while True:
        # Not process.wait: the usage of the children that the process waited for is wanted too.
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage
        if (now := time.perf_counter()) >= next_reading:
            _note(process.pid, peaks)
            next_reading = now + _INTERVAL
        time.sleep(_PAUSE)


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
