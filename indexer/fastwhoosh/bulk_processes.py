"""Worker processes that build segments, fed in batches by the writer.

A worker gets batches of documents (as keyword arguments, or as bytes that a callable of the
caller's turns into them), writes segment files into the index's folder and tells their names at
the end. It publishes nothing: the writer does, once, when all have finished. Workers are spawned,
so what they are given must be picklable.
"""

import multiprocessing
import signal
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final

from whoosh.fields import Schema

from indexer.fastwhoosh.bulk_documents import Documents
from indexer.fastwhoosh.bulk_flushing import Flushing

# Batches that a worker may have in hand: one at work and one to go on with.
_IN_HAND: Final = 2
# How long a worker has to end after its pipe was closed, in seconds.
_PATIENCE: Final = 10

Make = Callable[[bytes], dict[str, Any]]


class WorkerFailed(RuntimeError):
    """A worker process raised, or ended before its work was done."""


@dataclass(frozen=True)
class WorkerSetup:
    """What a worker needs to know; all of it picklable."""

    folder: Path
    indexname: str
    schema: Schema
    limit: int
    make: Make | None


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    in_hand: int = field(default=0)


class Workers:
    """``count`` processes, dealt batches as they are ready for them.

    They are told the ``dictionary`` of the stored fields, which all segments share, while they
    start: it is asked for meanwhile.
    """

    def __init__(self, count: int, setup: WorkerSetup, dictionary: Callable[[], bytes]) -> None:
        self._workers = [_started(setup) for _ in range(count)]
        try:
            shared = dictionary()
            for worker in self._workers:
                self._send(worker, ("dictionary", shared))
        except BaseException:
            self.cancel()
            raise

    def deal(self, batch: Sequence[Any], *, raw: bool) -> None:
        """Give a batch to a worker; waits while all have enough.

        Raises:
            WorkerFailed: A worker raised or is gone; no more can be dealt.
        """
        worker = self._free()
        self._send(worker, ("raw" if raw else "documents", batch))
        worker.in_hand += 1

    def finish(self) -> list[Any]:
        """Let all workers write their last segments; return all segments in order.

        Raises:
            WorkerFailed: One of them could not.
        """
        for worker in self._workers:
            self._send(worker, ("finish", None))
        segments: list[Any] = []
        for worker in self._workers:
            while (answer := self._receive(worker)) is None:
                pass
            segments += answer
        self._close()
        return segments

    def cancel(self) -> None:
        """End all workers at once; what they wrote is for the next commit to remove."""
        for worker in self._workers:
            worker.process.terminate()
        self._close()

    def _free(self) -> _Worker:
        """Return a worker with room for a batch; waits for one."""
        self._collect(0)
        while True:
            least = min(self._workers, key=lambda worker: worker.in_hand)
            if least.in_hand < _IN_HAND:
                return least
            self._collect(None)

    def _collect(self, timeout: float | None) -> None:
        """Take the answers that are there; with no timeout, wait for one."""
        pipes = {worker.pipe: worker for worker in self._workers if worker.in_hand}
        for pipe in wait(list(pipes), timeout):
            self._receive(pipes[pipe])  # type: ignore[index]  # only connections were given

    def _send(self, worker: _Worker, message: tuple[str, Any]) -> None:
        try:
            worker.pipe.send(message)
        except OSError:
            while True:  # until what it said last, or that it is gone
                self._receive(worker)

    def _receive(self, worker: _Worker) -> list[Any] | None:
        """Take one answer: the segments at the end, None for a batch."""
        try:
            kind, what = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(_PATIENCE)
            raise WorkerFailed(_gone(worker)) from None
        if kind == "failed":
            error, trace = what
            raise WorkerFailed(f"Un processus d'indexation a échoué : {error}\n{trace}")
        if kind == "segments":
            return list(what)
        worker.in_hand -= 1
        return None

    def _close(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()
        self._workers.clear()


def _started(setup: WorkerSetup) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(theirs, setup), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _gone(worker: _Worker) -> str:
    return f"Un processus d'indexation s'est arrêté (code {worker.process.exitcode})"


def work(pipe: Connection, setup: WorkerSetup) -> None:
    """Be a worker: take batches until told to finish or the writer is gone."""
    # The keyboard interrupts all processes; what it ends is for the writer to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    flushing = None
    try:
        _, dictionary = pipe.recv()
        documents = Documents(setup.schema)
        flushing = Flushing(setup.folder, setup.indexname, documents, setup.limit, dictionary)
        _take_batches(pipe, flushing, setup.make)
    except BaseException as error:  # noqa: BLE001 - told to the writer, which raises it
        if not isinstance(error, (EOFError, BrokenPipeError, ConnectionResetError)):
            with suppress(OSError):
                pipe.send(("failed", (f"{type(error).__name__}: {error}", traceback.format_exc())))
        if flushing is not None:
            flushing.cancel()
    finally:
        pipe.close()


def _take_batches(pipe: Connection, flushing: Flushing, make: Make | None) -> None:
    while True:
        kind, batch = pipe.recv()
        if kind == "finish":
            pipe.send(("segments", flushing.finish()))
            return
        for item in batch:
            flushing.add(make(item) if kind == "raw" and make else item)
        pipe.send(("taken", None))
