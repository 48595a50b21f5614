"""Faults at exact moments: a process that dies, or a disk that is full, at the n-th step.

A step is a call that changes files: each ``fsync``, ``rename``, ``unlink`` and the like, and each
write to a file that was opened for it. Both kinds run in a forked process, so that nothing of the
fault stays in the one that tests.
"""

import builtins
import errno
import io
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final

CALLS: Final = ("fsync", "rename", "replace", "unlink", "rmdir", "mkdir", "link")
KILLED: Final = -signal.SIGKILL
# How a forked process says that an error came as it should.
REFUSED: Final = 71
_FAILED: Final = 70


class Faults:
    """Does ``strike`` instead of the step number ``at``; counts from 1.

    ``lasting`` strikes at every step after that as well.
    """

    def __init__(self, at: int, strike: Callable[[], Any], *, lasting: bool = False) -> None:
        self.at, self.strike, self.lasting = at, strike, lasting
        self.steps = 0

    def step(self) -> None:
        """Count a step, and strike if it is time."""
        self.steps += 1
        if self.steps == self.at or (self.lasting and self.steps > self.at):
            self.strike()

    def install(self, calls: Sequence[str] = CALLS) -> None:
        """Watch these calls of ``os`` and all writes from now on; there is no way back."""
        for name in calls:
            setattr(os, name, self._watched(getattr(os, name)))
        opened = io.open

        def watched(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if mode in {"wb", "w+b", "wb+"} and not options.get("opener"):
                raw = _WatchedFile(self, file, "w+" if "+" in mode else "w")
                return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return opened(file, mode, *arguments, **options)

        io.open = builtins.open = watched

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            self.step()
            return call(*arguments, **options)

        return watched


class _WatchedFile(io.FileIO):
    def __init__(self, faults: Faults, file: Any, mode: str) -> None:
        super().__init__(file, mode)
        self._faults = faults

    def write(self, data: Any) -> int:
        self._faults.step()
        return super().write(data)


def die() -> None:
    """End this process as a kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def full_disk() -> None:
    """Refuse, as a disk does that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def end(code: int) -> None:
    """End this process at once, with nothing of the fault in the way."""
    os._exit(code)


def in_a_fork(work: Callable[[], None]) -> int:
    """Run in a forked process; return how it ended, :data:`KILLED` or 0.

    Raises:
        AssertionError: it raised; what it raised is on the standard error.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads
        child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code != _FAILED, "the child raised"
        return code
    ended = _FAILED
    try:
        work()
        ended = 0
    except BaseException:  # noqa: BLE001 - this process ends here, and says why
        traceback.print_exc()
    finally:
        os._exit(ended)
