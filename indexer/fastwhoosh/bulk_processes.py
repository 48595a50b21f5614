"""Worker processes that build segments, fed in batches by the writer.

A worker gets batches of documents (as keyword arguments, by field, or as what a callable of the
caller's turns into them), writes segment files into the index's folder and tells their names at
the end. It publishes nothing: the writer does, once, when all have finished. What workers are given
must be picklable: they are spawned, unless this process has one thread and can be forked, which
saves each of them the start of an interpreter and what was already learned here.
"""

import multiprocessing
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection, wait
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple

from indexer.fastwhoosh.bulk_flushing import Flushing, Setup
from indexer.fastwhoosh.bulk_values import Table, rows_in, table_of

# Batches that a worker may have in hand: one at work and one to go on with.
_IN_HAND: Final = 2
# How long a worker has to end after its pipe was closed, in seconds.
_PATIENCE: Final = 10

# Documents by field from some of those that the caller has in a form of its own.
Make = Callable[[Sequence[Any]], Table]


class Batch(NamedTuple):
    """Documents on their way: ``raw``, ``documents`` (keyword arguments) or a ``table``."""

    kind: Literal["raw", "documents", "table"]
    items: Any

    def __len__(self) -> int:
        """Return how many documents there are."""
        return rows_in(self.items) if self.kind == "table" else len(self.items)

    def table(self, make: Make | None) -> Table:
        """Return the documents by field."""
        if self.kind == "raw" and make is not None:
            return make(self.items)
        return table_of(self.items) if self.kind == "documents" else self.items

    def made(self, make: Make | None) -> "Batch":
        """Return the same documents, made of their bytes where they are given so."""
        return Batch("table", self.table(make)) if self.kind == "raw" else self

    def add_to(self, flushing: Flushing, make: Make | None) -> None:
        """Add the documents to segments in this process."""
        if self.kind == "documents":
            for document in self.items:
                flushing.add(document)
        else:
            flushing.add_table(self.table(make))


class WorkerFailed(RuntimeError):
    """A worker process raised, or ended before its work was done."""


@dataclass
class _Worker:
    """``sender`` is the thread that writes to the pipe, which holds less than one batch.

    ``sent`` are its messages, done or not, ``documents`` how many it was given.
    """

    process: Any
    pipe: Connection
    in_hand: int = field(default=0)
    documents: int = field(default=0)
    sender: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1))
    sent: list[Future[None]] = field(default_factory=list)


class Workers:
    """``count`` processes, dealt batches as they are ready for them.

    Until they are told the dictionary of the stored fields, which all segments share, they make
    documents of what they are given, and keep them.
    """

    def __init__(self, count: int, setup: Setup, make: Make | None) -> None:
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(_started(setup, make, [each.pipe for each in self._workers]))
        except BaseException:
            self.cancel()
            raise

    def give(self, batch: Batch) -> None:
        """Give a batch to the worker that has least, whatever it has.

        Raises:
            WorkerFailed: A worker raised or is gone.
        """
        self._collect()
        worker = min(self._workers, key=attrgetter("in_hand", "documents"))
        self._send(worker, tuple(batch))
        worker.in_hand += 1
        worker.documents += len(batch)

    def fewest(self) -> int:
        """Return how many documents the worker was given that was given fewest."""
        return min(worker.documents for worker in self._workers)

    def tell(self, dictionary: bytes) -> None:
        """Tell all workers the dictionary, once: they begin to write segments."""
        for worker in self._workers:
            self._send(worker, ("dictionary", dictionary))

    def deal(self, batch: Batch) -> bool:
        """Give a batch to a worker; return False where all have enough.

        Raises:
            WorkerFailed: A worker raised or is gone; no more can be dealt.
        """
        self._collect()
        if min(worker.in_hand for worker in self._workers) >= _IN_HAND:
            return False
        self.give(batch)
        return True

    def end(self) -> None:
        """Tell all workers to write their last segments; they do so beside the caller.

        Raises:
            WorkerFailed: One of them raised or is gone.
        """
        for worker in self._workers:
            self._send(worker, ("finish", None))

    def finish(self) -> list[Any]:
        """Return the segments of all workers, which were told to end, in order.

        Raises:
            WorkerFailed: One of them could not.
            PicklingError, AttributeError: a document could not be sent.
        """
        segments: list[Any] = []
        for worker in self._workers:
            while (answer := self._receive(worker)) is None:
                pass
            segments += answer
            for message in worker.sent:
                message.result()
        self._close()
        return segments

    def cancel(self) -> None:
        """End all workers at once; what they wrote is for the next commit to remove."""
        for worker in self._workers:
            worker.process.terminate()
            worker.process.join(_PATIENCE)
        self._close()

    def _collect(self) -> None:
        """Take the answers that are there."""
        pipes = {worker.pipe: worker for worker in self._workers if worker.in_hand}
        for pipe in wait(list(pipes), 0):
            self._receive(pipes[pipe])  # type: ignore[index]  # only connections were given

    def _send(self, worker: _Worker, message: tuple[str, Any]) -> None:
        """Send a message beside the caller; :meth:`finish` tells of one that could not be sent."""
        worker.sent.append(worker.sender.submit(_send_pickled, worker.pipe, message))

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
            worker.sender.shutdown(cancel_futures=True)
            worker.pipe.close()
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()
        self._workers.clear()


def _started(setup: Setup, make: Make | None, pipes: list[Connection]) -> _Worker:
    """Start a process; ``pipes`` are our ends of those to the processes before."""
    method = _start_method()
    context: Any = multiprocessing.get_context(method)
    ours, theirs = context.Pipe()
    # A fork holds copies of our ends, and would keep others from seeing that we are gone.
    inherited = (*pipes, ours) if method == "fork" else ()
    process = context.Process(target=work, args=(theirs, setup, make, inherited), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _send_pickled(pipe: Connection, message: tuple[str, Any]) -> None:
    # Not pipe.send: it lends the memory of a buffer, and Python 3.13 complains where the collector
    # finds both in the traceback of a send that failed.
    pipe.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def _start_method() -> str:
    """Return how processes are started: another thread may hold a lock that a fork would keep."""
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    return "fork" if can_fork else "spawn"


def _gone(worker: _Worker) -> str:
    return f"Un processus d'indexation s'est arrêté (code {worker.process.exitcode})"


def work(
    pipe: Connection, setup: Setup, make: Make | None, inherited: Sequence[Connection] = ()
) -> None:
    """Be a worker: take batches until told to finish or the writer is gone."""
    for each in inherited:
        each.close()
    # The keyboard interrupts all processes; what it ends is for the writer to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work = _Work(setup, make)
    try:
        work.take_batches(pipe)
    except BaseException as error:  # noqa: BLE001 - told to the writer, which raises it
        if not isinstance(error, (EOFError, BrokenPipeError, ConnectionResetError)):
            with suppress(OSError):
                pipe.send(("failed", (f"{type(error).__name__}: {error}", traceback.format_exc())))
        work.cancel()
    finally:
        pipe.close()


class _Work:
    """What a worker has: batches that wait for the dictionary, then segments."""

    def __init__(self, setup: Setup, make: Make | None) -> None:
        self._setup = setup
        self._make = make
        self._waiting: list[Batch] = []
        self._flushing: Flushing | None = None

    def take_batches(self, pipe: Connection) -> None:
        """Take batches until told to finish."""
        while True:
            kind, items = pipe.recv()
            if kind == "dictionary":
                self._begin(items)
            elif kind == "finish":
                assert self._flushing is not None, "the dictionary comes first"
                pipe.send(("segments", self._flushing.finish()))
                return
            else:
                self._take(Batch(kind, items))
                pipe.send(("taken", None))

    def cancel(self) -> None:
        """Remove what was written."""
        if self._flushing is not None:
            self._flushing.cancel()

    def _begin(self, dictionary: bytes) -> None:
        self._flushing = Flushing(self._setup, dictionary)
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            batch.add_to(self._flushing, self._make)

    def _take(self, batch: Batch) -> None:
        if self._flushing is None:
            self._waiting.append(batch.made(self._make))
        else:
            batch.add_to(self._flushing, self._make)
